import type { World } from '../world.ts';
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
