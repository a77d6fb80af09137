import type { IamAttribute, IamPolicy } from '../../cloud/iam-policies/shapes.ts';
import { type LiveId, type Mark, sameMark } from '../../model/address.ts';
import { unlocated, wholeService } from '../../model/containment.ts';
import { given } from '../../model/json.ts';
import { type Party, type Ref, unrelated } from '../../model/relation.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { roleWord } from '../../services/roles.ts';
import { identityOf } from './attributes.ts';

export interface LivePolicy {
  readonly policy: IamPolicy;
  /** The description without marks. */
  readonly text: string;
  /** Role words, sorted. */
  readonly roles: readonly string[];
}

/** The live id of a policy: IAM gives policies no CRN. */
export function livePolicyId(policy: string): LiveId {
  return `policy:${policy}`;
}

export function toObserved(policy: IamPolicy, snapshot: Snapshot): Observed<LivePolicy> {
  const subject = policy.subject?.attributes ?? [];
  const resource = policy.resource?.attributes ?? [];
  const { text, marks } = readDescription(policy.description ?? '');
  const roles = policy.control.grant.roles.map(({ role_id }) => roleWord(role_id)).sort();
  const changedAt = policy.last_modified_at ?? policy.created_at;
  const grant = {
    source: partyOf(policy, snapshot),
    target: targetOf(policy, snapshot),
    roles,
    ...given({ changedAt }),
  };
  return {
    kind: 'authorization',
    id: livePolicyId(policy.id),
    name: policy.id,
    identity: identityOf({ subject, resource }),
    marks,
    life: { is: 'active' },
    version: policy.etag ?? changedAt ?? '',
    relations: { ...unrelated, grants: isPlain([...subject, ...resource]) ? [grant] : [] },
    facts: { policy, text, roles },
    ...given({ madeBy: policy.created_by_id, madeAt: policy.created_at, managedBy: keeperOf(policy) }),
  };
}

/** A policy stamped by a template, or made by a deployment for its own dependants, is kept by its maker. */
function keeperOf(policy: IamPolicy): string | undefined {
  if (policy.template !== undefined) return 'a policy template';
  return policy.created_by_id?.startsWith('crn:') ? policy.created_by_id : undefined;
}

function read(attributes: readonly IamAttribute[], key: string): string | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** Other operators than equality (any group, patterns) are not judged: such a policy covers nothing for us. */
function isPlain(attributes: readonly IamAttribute[]): boolean {
  return attributes.every(({ operator, value }) => operator === 'stringEquals' && typeof value === 'string');
}

/** Who is authorized. */
export function partyOf({ subject }: IamPolicy, snapshot: Snapshot): Party {
  const attributes = subject?.attributes ?? [];
  const guid = read(attributes, 'serviceInstance');
  const account = read(attributes, 'accountId');
  return {
    service: serviceOf(attributes),
    ...given({
      instance: guid && (snapshot.instanceOfGuid(guid) ?? unlocated(guid)),
      resourceGroup: read(attributes, 'resourceGroupId'),
      resourceType: read(attributes, 'resourceType'),
      account: account === snapshot.catalog.account ? undefined : account,
    }),
  };
}

/** The live id of what a policy is about: a key, a ring, an instance, or a whole service. */
export function targetOf({ resource }: IamPolicy, snapshot: Snapshot): Ref {
  const attributes = resource?.attributes ?? [];
  const guid = read(attributes, 'serviceInstance');
  if (guid === undefined) return wholeService(serviceOf(attributes));
  const instance = snapshot.instanceOfGuid(guid) ?? unlocated(guid);
  const ring = read(attributes, 'keyRing');
  if (ring !== undefined) return `${instance}#${ring}`;
  const key = read(attributes, 'resourceType') === 'key' ? read(attributes, 'resource') : undefined;
  return key === undefined ? instance : `${instance.slice(0, -1)}key:${key}`;
}

export function serviceOf(attributes: readonly IamAttribute[]): string {
  return read(attributes, 'serviceName') ?? '';
}

const MARK = /\s*\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g;

/** Whether a text that people wrote would read as a mark, or nearly so. */
export function mentionsMark(text: string): boolean {
  return /\[keystead:/i.test(text);
}

function markText(mark: Mark): string {
  return `[keystead:${mark.stack}/${mark.name}]`;
}

/** A policy's description in two halves: what people wrote, and whose it is. */
export function readDescription(description: string): { readonly text: string; readonly marks: readonly Mark[] } {
  const marks = [...description.matchAll(MARK)].map(([, stack = '', name = '']) => ({ stack, name }));
  return { text: description.replaceAll(MARK, '').trim(), marks };
}

export function writeDescription(text: string, marks: readonly Mark[]): string {
  return [text.trim(), ...marks.map(markText)].filter((part) => part !== '').join(' ');
}

/** With a mark that may be there already. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return marks.some((other) => sameMark(other, mark)) ? marks : [...marks, mark];
}
