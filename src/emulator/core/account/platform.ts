import { refuse } from '../words/resources.ts';
import type { Call, World } from '../world.ts';
import type { ResourceGroup } from './groups.ts';
import { findIdentity, type PlatformRole, type PlatformTarget, platformRoles } from './identities.ts';

/**
 * Whether an identity has that platform role, or one that contains it, of what it was given or by an access policy.
 * Whom the start, a seed or a control call gave none in particular has all, on everything; whom the identity API made
 * has none.
 */
export function mayOnPlatform(world: World, iamId: string, role: PlatformRole, target: PlatformTarget): boolean {
  const identity = findIdentity(world.store, iamId);
  if (identity === undefined) return false;
  if (identity.platform === undefined) return true;
  const enough: readonly string[] = platformRoles.slice(platformRoles.indexOf(role));
  const isGiven = identity.platform.some(
    ({ service, instance, roles }) =>
      (service === undefined || service === target.serviceName) &&
      (instance === undefined || instance === target.guid || instance === target.name) &&
      roles.some((one) => enough.includes(one)),
  );
  return isGiven || world.ports.rolesFromPolicies(world, iamId, target).some((one) => enough.includes(one));
}

const serviceName = 'resource-controller';

/**
 * Whether the caller has that platform role on a resource group itself; without one, on whichever there may be. An access
 * policy names it with `resourceType=resource-group` and its id as `resource`; one for all account management services has
 * them all. Whoever may see all services, in the account or in the group, sees the group too.
 * Source: platform reference, "Resource Manager" (the CRN, whose service this is); the attributes:
 * terraform-provider-ibm, access policies; what else opens a group is judged.
 */
export function mayOnGroup(world: World, call: Call, role: PlatformRole, group?: ResourceGroup): boolean {
  const { iamId } = call.identity;
  const named = group === undefined ? {} : { guid: group.id, name: group.name };
  const itself: PlatformTarget = {
    serviceName,
    isAccountManagement: true,
    resource: { type: 'resource-group', ...(group === undefined ? {} : { id: group.id }) },
    ...named,
  };
  if (mayOnPlatform(world, iamId, role, itself)) return true;
  const within = group === undefined ? {} : { resourceGroupId: group.id };
  return role === 'Viewer' && mayOnPlatform(world, iamId, role, { serviceName, ...within, ...named });
}

/** @throws ApiError 403 (judged, as for instances) */
export function requireOnGroup(world: World, call: Call, role: PlatformRole, group?: ResourceGroup): void {
  if (mayOnGroup(world, call, role, group)) return;
  const which = group === undefined ? 'all resource groups' : `the resource group ${group.name}`;
  throw refuse(call, 403, `You are not authorized: the platform role ${role} on ${which} is required.`);
}
