import type { Access } from '../iam/identities.ts';
import type { World } from '../world.ts';
import { type Attribute, enforcedGrants, policies } from './state.ts';

/** What a service knows of an instance that somebody wants to use. */
interface Target {
  readonly serviceName: string;
  readonly guid: string;
  readonly resourceGroupId: string;
}

/**
 * What access policies for this one identity let it do in an instance. Like authorizations they count when they have
 * spread, and are gone at once. Groups have no members here, and a rule in time grants nothing (judged).
 *
 * Source: Key Protect reference, "IAM" (the attributes of a policy).
 */
export function accessFromPolicies(world: World, iamId: string, target: Target): readonly Access[] {
  const enforced = enforcedGrants(world.store);
  return policies(world.store)
    .all()
    .flatMap((policy): readonly Access[] => {
      const spread = enforced.get(policy.id);
      if (policy.type !== 'access' || policy.state !== 'active' || spread === undefined) return [];
      if (policy.rule !== undefined || policy.tags.length > 0) return [];
      if (textOf(spread.subject, 'iam_id') !== iamId) return [];
      return narrowed(spread.resource, target, spread.roles.map(lastWord));
    });
}

/** The access if every attribute fits, narrowed to a ring or a key if one is named. */
function narrowed(resource: readonly Attribute[], target: Target, roles: readonly string[]): readonly Access[] {
  const facts: Readonly<Record<string, string>> = {
    serviceName: target.serviceName,
    serviceType: 'service',
    serviceInstance: target.guid,
    resourceGroupId: target.resourceGroupId,
  };
  const own = ['accountId', 'keyRing', 'resourceType', 'resource'];
  const fits = resource.every(({ key, operator, value }) => {
    if (own.includes(key)) return true;
    return operator === 'stringEquals' && facts[key] === value;
  });
  if (!fits) return [];
  const ring = textOf(resource, 'keyRing');
  const key = textOf(resource, 'resourceType') === 'key' ? textOf(resource, 'resource') : undefined;
  return [{ roles, ...(ring === undefined ? {} : { ring }), ...(key === undefined ? {} : { key }) }];
}

function textOf(attributes: readonly Attribute[], key: string): string | undefined {
  const found = attributes.find((attribute) => attribute.key === key);
  return found?.operator === 'stringEquals' && typeof found.value === 'string' ? found.value : undefined;
}

function lastWord(crn: string): string {
  return crn.slice(crn.lastIndexOf(':') + 1);
}
