import type { World } from '../../core/world.ts';
import { type Attribute, enforcedGrants, type Grant, policiesAsked, roleWord } from './state.ts';

/** What a service wants to do: read, as itself, something in a Key Protect instance. */
export interface Access {
  readonly sourceService: string;
  /** GUID of the instance that asks. */
  readonly sourceInstance?: string;
  readonly sourceResourceGroup?: string;
  readonly target: {
    readonly service: string;
    /** GUID. */
    readonly instance: string;
    readonly keyRing?: string;
    readonly key?: string;
  };
  /** Last word of a role's CRN, e.g. `Reader`, `AuthorizationDelegator`. */
  readonly role: string;
}

/** Which roles contain another. Source: Key Protect reference, "IAM" (roles are additive but for KeyPurge). */
const containedIn: Readonly<Record<string, readonly string[]>> = {
  Reader: ['Reader', 'ReaderPlus', 'Writer', 'Manager'],
  ReaderPlus: ['ReaderPlus', 'Writer', 'Manager'],
  Writer: ['Writer', 'Manager'],
};

/**
 * Whether an authorization that stands and has spread lets the service in. A change counts only `propagationMs` after
 * it was made; a deletion counts at once. In between, what both the old and the new text grant is granted.
 *
 * Source: deployments reference, "Clocks" (the lag) and "Emulator checklist";
 * that a deletion needs none is judged.
 */
export function authorizes(world: World, access: Access): boolean {
  const enforced = enforcedGrants(world.store);
  const { sourceService, target } = access;
  return policiesAsked(world.store, sourceService, target.instance, target.key).some((policy) => {
    const spread = enforced.get(policy.id);
    return spread !== undefined && grants(world, policy, access) && grants(world, spread, access);
  });
}

function grants(world: World, grant: Grant, access: Access): boolean {
  const roles = containedIn[access.role] ?? [access.role];
  const source: Facts = {
    accountId: world.account,
    serviceName: access.sourceService,
    serviceInstance: access.sourceInstance,
    resourceGroupId: access.sourceResourceGroup,
  };
  return (
    grant.roles.some((role) => roles.includes(roleWord(role) ?? '')) &&
    matches(grant.subject, source) &&
    matches(grant.resource, { accountId: world.account, ...targetFacts(access.target) })
  );
}

type Facts = Readonly<Record<string, string | undefined>>;

/** Source: Key Protect reference, "IAM": a key is `resourceType=key` with `resource=<id>`. */
function targetFacts(target: Access['target']): Facts {
  const key = target.key === undefined ? {} : { resourceType: 'key', resource: target.key };
  return { serviceName: target.service, serviceInstance: target.instance, keyRing: target.keyRing, ...key };
}

/** A condition on a fact that is not known does not hold. */
function matches(attributes: readonly Attribute[], facts: Facts): boolean {
  return attributes.every((attribute) => holds(attribute, facts[attribute.key]));
}

function holds({ operator, value }: Attribute, fact: string | undefined): boolean {
  const wanted = Array.isArray(value) ? value : [value];
  switch (operator) {
    case 'stringExists':
      return (fact !== undefined) === value;
    case 'stringEquals':
    case 'stringEqualsAnyOf':
      return fact !== undefined && wanted.includes(fact);
    case 'stringMatch':
    case 'stringMatchAnyOf':
      return fact !== undefined && wanted.some((pattern) => wildcard(String(pattern)).test(fact));
    default:
      return false;
  }
}

/** `*` any run, `?` one character (judged: the references name the operator only). */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
