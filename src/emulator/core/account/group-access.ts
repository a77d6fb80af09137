import { refuse } from '../words/resources.ts';
import type { Call, World } from '../world.ts';
import type { ResourceGroup } from './groups.ts';
import type { PlatformRole, PlatformTarget } from './identities.ts';
import { mayOnPlatform } from './platform.ts';

const serviceName = 'resource-controller';

/**
 * Whether the caller has that platform role on a resource group itself; without one, on whichever there may be. An access
 * policy names it with `resourceType=resource-group` and its id as `resource`; one for all account management services has
 * them all. Whoever may see all services, in the account or in the group, sees the group too.
 *
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
