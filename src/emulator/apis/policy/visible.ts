import { findGroup } from '../../core/account/groups.ts';
import type { PlatformRole, PlatformTarget } from '../../core/account/identities.ts';
import { findInstance } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import type { Call, World } from '../../core/world.ts';
import { forbidden } from './errors.ts';
import { type Attribute, type Policy, plainly } from './state.ts';

/**
 * Account management services, which nobody may open by a role on all (other) services.
 * Source: IBM Cloud docs, "Account management service names"; resource groups: their CRN.
 */
const accountManagement: readonly string[] = [
  'billing',
  'context-based-restrictions',
  'enterprise',
  'entitlement',
  'globalcatalog',
  'globalcatalog-collection',
  'iam-access-management',
  'iam-groups',
  'iam-identity',
  'project',
  'resource-controller',
  'security-compliance',
  'support',
  'user-management',
];

/**
 * Whether the caller has that platform role on what a policy opens: its target's service, one instance or resource group
 * of it, or all that is in a group. Lists show such policies only, which for some callers is none.
 *
 * Source: platform reference, "Operations" (IAM policy management): an unreadable account is an empty list, not 403; IBM
 * Cloud docs, "IAM Access Management service": its Viewer sees access policies; how else the role is found is judged.
 */
export function hasRoleOn(
  world: World,
  call: Call,
  role: PlatformRole,
  { type, resource }: Pick<Policy, 'type' | 'resource'>,
): boolean {
  const has = (target: PlatformTarget): boolean => mayOnPlatform(world, call.identity.iamId, role, target);
  const seesAll =
    role === 'Viewer' && type === 'access' && has({ serviceName: 'iam-access-management', isAccountManagement: true });
  return seesAll || targetsOf(world, resource).every(has);
}

/** Writing a policy takes Administrator on its target. @throws ApiError 403 `insufficent_permissions` */
export function requireAdministrator(world: World, call: Call, policy: Pick<Policy, 'type' | 'resource'>): void {
  if (hasRoleOn(world, call, 'Administrator', policy)) return;
  throw forbidden(call, 'The platform role Administrator on the target of the policy is required.');
}

/** One target, or two where the attributes open account management and all other services. */
function targetsOf(world: World, resource: readonly Attribute[]): readonly PlatformTarget[] {
  // A pattern or a list opens more than one thing, which takes a role on all.
  const said = (key: string): string | undefined => plainly(resource, key);
  const type = said('resourceType');
  const serviceName = said('serviceName') ?? (type === 'resource-group' ? 'resource-controller' : undefined);
  const target: PlatformTarget = { serviceName: serviceName ?? '', ...placeOf(world, resource) };
  const managed: PlatformTarget = { ...target, isAccountManagement: true };
  if (serviceName !== undefined) return [accountManagement.includes(serviceName) ? managed : target];
  const kind = said('serviceType');
  if (kind === 'platform_service') return [managed];
  return kind === 'service' || said('resourceGroupId') !== undefined ? [target] : [target, managed];
}

/** An instance with the group that it is in, a group, or another thing that a service keeps. */
function placeOf(world: World, resource: readonly Attribute[]): Partial<PlatformTarget> {
  const type = plainly(resource, 'resourceType');
  const id = plainly(resource, 'resource');
  const guid = plainly(resource, 'serviceInstance') ?? (type === undefined || type === 'key' ? undefined : id);
  const instance = guid === undefined ? undefined : findInstance(world, guid);
  const group = type === 'resource-group' && id !== undefined ? findGroup(world, id) : undefined;
  const name = instance?.name ?? group?.name;
  const resourceGroupId = plainly(resource, 'resourceGroupId') ?? instance?.resourceGroupId;
  return {
    ...(guid === undefined ? {} : { guid }),
    ...(name === undefined ? {} : { name }),
    ...(resourceGroupId === undefined ? {} : { resourceGroupId }),
    ...(type === undefined ? {} : { resource: { type, ...(id === undefined ? {} : { id }) } }),
  };
}
