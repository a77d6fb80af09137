import type { World } from '../../core/world.ts';
import { rolesFromPolicies } from '../policy/access.ts';
import { findIdentity } from './identities.ts';

/** Each contains the ones before it. Source: platform reference, "Roles" (the names); what each lets do is judged. */
export const platformRoles = ['Viewer', 'Operator', 'Editor', 'Administrator'] as const;

export type PlatformRole = (typeof platformRoles)[number];

/** What an identity may do on the platform; what is left out is not narrowed. */
export interface PlatformAccess {
  /** Catalog name, such as `kms`; `resource-controller` for resource groups, `iam-identity` for service IDs and profiles. */
  readonly service?: string;
  /** GUID or name of an instance; id or name of a resource group, service ID or profile. */
  readonly instance?: string;
  readonly roles: readonly PlatformRole[];
}

/** What it is done with: an instance, something else that a service keeps, or all of a service. */
export interface PlatformTarget {
  readonly serviceName: string;
  /** Of an instance its GUID; of anything else its id. */
  readonly guid?: string;
  readonly name?: string;
  readonly resourceGroupId?: string;
  /** One of the account management services, which policies for all services leave out. */
  readonly isAccountManagement?: true;
  /** What of the service it is, where that is no instance; as policies say it in `resourceType` and `resource`. */
  readonly resource?: { readonly type: string; readonly id?: string };
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
