import type { Access } from '../../core/account/identities.ts';
import type { World } from '../../core/world.ts';
import { customRoles } from './custom-roles-state.ts';
import { type Attribute, enforcedGrants, plainly, policies, roleWord } from './state.ts';

/** What somebody wants to use; a fact that is not known fits no policy that asks for it. */
interface Target {
  readonly serviceName: string;
  readonly guid?: string;
  readonly resourceGroupId?: string;
  readonly isAccountManagement?: true;
  readonly resource?: { readonly type: string; readonly id?: string };
}

/** Attributes of what is inside an instance, which a service looks at for itself. */
const inside: readonly string[] = ['keyRing', 'resourceType', 'resource'];

/**
 * What access policies for this one identity let it do in a Key Protect instance, narrowed to a ring or a key if they
 * say so. A custom role lets it do its actions and no others.
 *
 * Source: Key Protect reference, "IAM" (the attributes of a policy); IBM Cloud docs, "Creating custom roles".
 */
export function accessFromPolicies(world: World, iamId: string, target: Target): readonly Access[] {
  return grantsTo(world, iamId, target).map(({ resource, roles }) => {
    const ring = plainly(resource, 'keyRing');
    const key = plainly(resource, 'resourceType') === 'key' ? plainly(resource, 'resource') : undefined;
    const custom = customRoles(world.store)
      .all()
      .filter(({ crn }) => roles.includes(crn));
    const actions = custom.flatMap((role) => role.actions);
    return {
      roles: words(roles),
      actions,
      ...(ring === undefined ? {} : { ring }),
      ...(key === undefined ? {} : { key }),
    };
  });
}

/** The roles that they give on an instance as a whole, on all of a service, or on what else the target names. */
export function rolesFromPolicies(world: World, iamId: string, target: Target): readonly string[] {
  const named: Readonly<Record<string, string | undefined>> = {
    resourceType: target.resource?.type,
    resource: target.resource?.id,
  };
  const isNamed = ({ key, operator, value }: Attribute): boolean => operator === 'stringEquals' && named[key] === value;
  return grantsTo(world, iamId, target)
    .filter(({ resource }) => resource.filter(({ key }) => inside.includes(key)).every(isNamed))
    .flatMap(({ roles }) => words(roles));
}

/**
 * Like authorizations, access policies count when they have spread, and are gone at once. Groups have no members here,
 * and what is under tags or a rule in time grants nothing (judged).
 */
function grantsTo(
  world: World,
  iamId: string,
  target: Target,
): readonly { readonly resource: readonly Attribute[]; readonly roles: readonly string[] }[] {
  const enforced = enforcedGrants(world.store);
  return enforced.ids('holder', iamId).flatMap((id) => {
    const policy = policies(world.store).get(id);
    const spread = enforced.get(id);
    if (policy?.type !== 'access' || policy.state !== 'active' || spread === undefined) return [];
    if (policy.rule !== undefined || policy.tags.length > 0 || !fits(spread.resource, target)) return [];
    return [{ resource: spread.resource, roles: spread.roles }];
  });
}

function fits(resource: readonly Attribute[], target: Target): boolean {
  const facts: Readonly<Record<string, string | undefined>> = {
    serviceName: target.serviceName,
    serviceType: target.isAccountManagement ? 'platform_service' : 'service',
    serviceInstance: target.guid,
    resourceGroupId: target.resourceGroupId,
  };
  return resource.every(({ key, operator, value }) => {
    if (key === 'accountId' || inside.includes(key)) return true;
    return operator === 'stringEquals' && facts[key] === value;
  });
}

function words(crns: readonly string[]): readonly string[] {
  return crns.flatMap((crn) => roleWord(crn) ?? []);
}
