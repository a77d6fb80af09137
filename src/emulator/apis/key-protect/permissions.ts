import { type Access, findIdentity } from '../../core/account/identities.ts';
import type { Instance } from '../../core/account/instances.ts';
import { kmsActions } from '../../core/account/roles.ts';
import type { World } from '../../core/world.ts';

/** An action that IAM grants. */
export type Permission = keyof typeof kmsActions;

/** What is asked for: a key in its ring, a ring, or the whole instance. */
export interface Place {
  readonly ring?: string;
  readonly key?: string;
}

/** What an identity may do in an instance; `all` contains also what no role does. */
export type AccessHere = readonly Access[] | 'all';

/** What an identity was given, and what access policies add to it. */
export function accessIn(world: World, iamId: string, instance: Instance): AccessHere {
  const access = findIdentity(world.store, iamId)?.access ?? [];
  if (access === 'all') return access;
  const given = access.filter(
    (one) => one.instance === undefined || [instance.guid, instance.name].includes(one.instance),
  );
  return [...given, ...world.ports.accessFromPolicies(world, iamId, instance)];
}

/**
 * Whether that allows something in a place. An access that is narrowed to a ring or a key says nothing of what is wider.
 * Source: Key Protect reference, "IAM" (the attributes of a policy).
 */
export function allows(access: AccessHere, permission: Permission, place: Place): boolean {
  if (access === 'all') return true;
  const granting: readonly string[] = kmsActions[permission];
  return access.some(
    ({ ring, key, roles, actions }) =>
      (ring === undefined || ring === place.ring) &&
      (key === undefined || key === place.key) &&
      (roles.some((role) => granting.includes(role)) || actions?.includes(permission) === true),
  );
}
