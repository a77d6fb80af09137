import type { IamAttribute } from '../../cloud/iam-policies/shapes.ts';
import { parseCrn } from '../../model/crn.ts';
import type { Desired } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import type { AuthorizationSpec } from './spec.ts';

/** Subject and resource of a policy: together, whatever their order, they are its identity. */
export interface Sides {
  readonly subject: readonly IamAttribute[];
  readonly resource: readonly IamAttribute[];
}

/**
 * The attributes of a declared authorization, in the order in which IBM's own clients send them.
 *
 * @returns undefined while something that it names is not live
 * Source: IAM Policy Management API v2, "Create a v2 policy"; IAM docs, "Using authorizations".
 */
export function sidesOf(desired: Desired<AuthorizationSpec>, snapshot: Snapshot): Sides | undefined {
  const subject = subjectOf(desired, snapshot);
  const resource = resourceOf(desired, snapshot);
  return subject && resource && { subject, resource };
}

/** One text for one identity: order and operators of plain attributes do not count. */
export function identityOf({ subject, resource }: Sides): string {
  const side = (attributes: readonly IamAttribute[]): string =>
    attributes
      .map(({ key, operator, value }) => `${key}${operator === 'stringEquals' ? '=' : ` ${operator} `}${String(value)}`)
      .sort()
      .join('&');
  return `${side(subject)} → ${side(resource)}`;
}

function equals(key: string, value: string | undefined): readonly IamAttribute[] {
  return value === undefined ? [] : [{ key, operator: 'stringEquals', value }];
}

function subjectOf(
  { spec, refs }: Desired<AuthorizationSpec>,
  snapshot: Snapshot,
): readonly IamAttribute[] | undefined {
  const { source } = spec;
  const instance = snapshot.idOf(refs['/source/instance']);
  if (source.instance !== undefined && instance === undefined) return undefined;
  return [
    ...equals('serviceName', source.service),
    ...equals('accountId', source.account ?? snapshot.catalog.account),
    ...equals('serviceInstance', instance && parseCrn(instance)?.instance),
    ...equals('resourceType', source.resourceType),
    ...equals('resourceGroupId', source.resourceGroup && snapshot.catalog.group(source.resourceGroup)),
  ];
}

function resourceOf(
  { spec, refs }: Desired<AuthorizationSpec>,
  snapshot: Snapshot,
): readonly IamAttribute[] | undefined {
  const { target } = spec;
  const account = equals('accountId', snapshot.catalog.account);
  if (target.crn !== undefined || target.service !== undefined) {
    const crn = target.crn === undefined ? undefined : parseCrn(target.crn);
    const service = target.service ?? crn?.service;
    return [...equals('serviceName', service), ...account, ...equals('serviceInstance', crn?.instance)];
  }
  const id = snapshot.idOf(refs['/target/instance'] ?? refs['/target/ring'] ?? refs['/target/key']);
  if (id === undefined) return undefined;
  const [instance = '', ring] = id.split('#');
  const crn = parseCrn(instance);
  const key = crn?.type === 'key' ? crn.resource : undefined;
  return [
    ...equals('serviceName', crn?.service ?? KEY_PROTECT),
    ...account,
    ...equals('serviceInstance', crn?.instance),
    ...equals('keyRing', ring),
    ...equals('resourceType', key && 'key'),
    ...equals('resource', key),
  ];
}
