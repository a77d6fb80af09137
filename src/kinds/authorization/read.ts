import type { IamAttribute, IamPolicy } from '../../cloud/iam-policies/shapes.ts';
import { isUnlocated, unlocated, wholeService } from '../../model/containment.ts';
import { given } from '../../model/json.ts';
import { ANY_GROUP, type Grant, type Party, type Ref } from '../../model/relation.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { roleWord } from '../../services/roles.ts';
import { KEY_PROTECT } from '../../services/table.ts';

/**
 * What a policy grants, or, where some of it is not understood, why, and what it reaches at most.
 *
 * Sources: IAM Policy Management API v2, "Create a v2 policy" (attributes, operators); Key Protect docs, "Migration tool": the
 * matching criteria of `authz-check`; IBM's provider for Terraform, `iam_authorization_policy`.
 */
export function grantOf(policy: IamPolicy, snapshot: Snapshot): Grant {
  const subject = policy.subject?.attributes ?? [];
  const resource = policy.resource?.attributes ?? [];
  const changedAt = policy.last_modified_at ?? policy.created_at;
  return {
    source: partyOf(subject, snapshot),
    target: targetOf(resource, snapshot),
    roles: policy.control.grant.roles.map(({ role_id }) => roleWord(role_id)).sort(),
    ...given({
      within: withinOf(resource),
      changedAt,
      opaque: notUnderstood(policy, snapshot),
    }),
  };
}

type Reading = 'text' | 'any' | undefined;

/** How an attribute is compared; `undefined`: not in a way that is understood. */
function readingOf({ key, operator, value }: IamAttribute): Reading {
  if (operator === 'stringEquals' && typeof value === 'string' && !/[*?]/.test(value)) return 'text';
  // The provider's `"*"` is sent as `stringExists` true; an older one sent it as it is.
  const isAny = (operator === 'stringExists' && value === true) || (operator === 'stringEquals' && value === '*');
  return isAny && key === 'resourceGroupId' ? 'any' : undefined;
}

const SUBJECT = [
  'serviceName',
  'accountId',
  'serviceInstance',
  'region',
  'resource',
  'resourceType',
  'resourceGroupId',
];
const RESOURCE = [
  'serviceName',
  'accountId',
  'serviceInstance',
  'keyRing',
  'resourceType',
  'resource',
  'resourceGroupId',
  'region',
];

/**
 * Why it cannot be told what a policy allows: an attribute, an operator, a condition or a member that is not known here. One
 * such word is enough, since each may narrow the policy.
 */
function notUnderstood(policy: IamPolicy, { catalog }: Snapshot): string | undefined {
  const subject = policy.subject?.attributes ?? [];
  const resource = policy.resource?.attributes ?? [];
  const [member] = policy.unknown;
  if (member !== undefined) return `it has "${member}", which Keystead does not know`;
  return (
    oddAttribute('source', subject, SUBJECT) ??
    oddAttribute('target', resource, RESOURCE) ??
    (subject.some(({ key }) => key === 'accountId') ? undefined : 'its source names no account') ??
    (subject.some(({ key }) => key === 'serviceName' || key === 'resourceGroupId')
      ? undefined
      : 'its source names neither a service nor a resource group') ??
    oddTarget(resource, catalog.account)
  );
}

function oddAttribute(side: string, attributes: readonly IamAttribute[], known: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const attribute of attributes) {
    const { key, operator } = attribute;
    if (!known.includes(key)) return `its ${side} is narrowed by ${key}`;
    if (seen.has(key)) return `its ${side} names ${key} twice`;
    seen.add(key);
    const reading = readingOf(attribute);
    if (reading === undefined || (reading === 'any' && side === 'target')) {
      return `its attribute ${key} is compared by ${operator}, which Keystead does not know`;
    }
  }
  return undefined;
}

/** A target without a service is about no key; one of Key Protect names an instance's parts with their holder. */
function oddTarget(resource: readonly IamAttribute[], account: string): string | undefined {
  if (textOf(resource, 'serviceName') === undefined) return undefined;
  const owner = textOf(resource, 'accountId');
  if (owner === undefined) return 'its target names no account';
  if (owner !== account) return 'its target is in another account';
  const parts = ['keyRing', 'resource', 'resourceType'].filter((key) => textOf(resource, key) !== undefined);
  if (parts.length > 0 && textOf(resource, 'serviceInstance') === undefined)
    return `its target names ${parts[0]} alone`;
  if (textOf(resource, 'keyRing') !== undefined && textOf(resource, 'resource') !== undefined) {
    return 'its target names a key ring and a key';
  }
  const type = textOf(resource, 'resourceType');
  return type === undefined || type === 'key' ? undefined : `its target is of the type ${type}`;
}

function textOf(attributes: readonly IamAttribute[], key: string): string | undefined {
  const [found, ...more] = attributes.filter((attribute) => attribute.key === key);
  // Of several it is not known which counts.
  return found !== undefined && more.length === 0 && readingOf(found) === 'text' ? String(found.value) : undefined;
}

/** Who is authorized, as far as it is understood. */
function partyOf(subject: readonly IamAttribute[], snapshot: Snapshot): Party {
  const guid = textOf(subject, 'serviceInstance');
  const account = textOf(subject, 'accountId');
  const group = subject.find(({ key }) => key === 'resourceGroupId');
  return given({
    service: textOf(subject, 'serviceName'),
    instance: guid && (snapshot.instanceOfGuid(guid) ?? unlocated(guid)),
    resourceGroup: group && (readingOf(group) === 'any' ? ANY_GROUP : textOf(subject, 'resourceGroupId')),
    region: textOf(subject, 'region'),
    resourceType: textOf(subject, 'resourceType'),
    resource: textOf(subject, 'resource'),
    account: account === snapshot.catalog.account ? undefined : account,
  });
}

/** The live id of what a policy is about: a key, a ring, an instance, or a whole service; at most, where it is not understood. */
function targetOf(resource: readonly IamAttribute[], snapshot: Snapshot): Ref {
  const guid = textOf(resource, 'serviceInstance');
  const isOdd = resource.some(({ key }) => key === 'serviceName') && textOf(resource, 'serviceName') === undefined;
  if (guid === undefined) return wholeService(isOdd ? KEY_PROTECT : serviceOf(resource));
  const instance = snapshot.instanceOfGuid(guid) ?? unlocated(guid);
  const ring = textOf(resource, 'keyRing');
  if (ring !== undefined) return `${instance}#${ring}`;
  const type = textOf(resource, 'resourceType');
  const key = type === undefined || type === 'key' ? textOf(resource, 'resource') : undefined;
  return key === undefined || isUnlocated(instance) ? instance : `${instance.slice(0, -1)}key:${key}`;
}

function withinOf(resource: readonly IamAttribute[]): Grant['within'] {
  const within = given({ resourceGroup: textOf(resource, 'resourceGroupId'), region: textOf(resource, 'region') });
  return Object.keys(within).length === 0 ? undefined : within;
}

export function serviceOf(attributes: readonly IamAttribute[]): string {
  return textOf(attributes, 'serviceName') ?? '';
}
