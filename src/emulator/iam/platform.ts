import { rolesFromPolicies } from '../policy/access.ts';
import type { World } from '../world.ts';
import { findIdentity } from './identities.ts';

/** Each contains the ones before it. Source: platform reference, "Roles" (the names); what each lets do is judged. */
export const platformRoles = ['Viewer', 'Operator', 'Editor', 'Administrator'] as const;

export type PlatformRole = (typeof platformRoles)[number];

/** What an identity may do with instances as a whole; what is left out is not narrowed. */
export interface PlatformAccess {
  /** Catalog name, such as `kms`. */
  readonly service?: string;
  /** GUID or name of an instance. */
  readonly instance?: string;
  readonly roles: readonly PlatformRole[];
}

/** What it is done with: an instance, or all of a service. */
export interface PlatformTarget {
  readonly serviceName: string;
  readonly guid?: string;
  readonly name?: string;
  readonly resourceGroupId?: string;
}

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
  return isGiven || rolesFromPolicies(world, iamId, target).some((one) => enough.includes(one));
}
