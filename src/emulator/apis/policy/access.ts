import { findGroup } from '../../core/account/groups.ts';
import type { Access, PlatformRole, PlatformTarget } from '../../core/account/identities.ts';
import { findInstance } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { wordsOf } from '../../core/json.ts';
import type { Call, World } from '../../core/world.ts';
import { customRoles } from './custom-roles.ts';
import { forbidden } from './errors.ts';
import type { Attribute, Grant, Policy } from './state.ts';
import { enforcedGrants, plainly, policies, policiesAsked, roleWord } from './state.ts';

/** Attributes of what is inside an instance, which a service looks at for itself. */
const inside: readonly string[] = ['keyRing', 'resourceType', 'resource'];

/**
 * What access policies for this one identity let it do in a Key Protect instance, narrowed to a ring or a key if they
 * say so. A custom role lets it do its actions and no others.
 * Source: Key Protect reference, "IAM" (the attributes of a policy); IBM Cloud docs, "Creating custom roles".
 */
export function accessFromPolicies(world: World, iamId: string, target: PlatformTarget): readonly Access[] {
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
export function rolesFromPolicies(world: World, iamId: string, target: PlatformTarget): readonly string[] {
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
  target: PlatformTarget,
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

function fits(resource: readonly Attribute[], target: PlatformTarget): boolean {
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

/** Who asks for a key: a resource of a service, with what a policy can say of it. */
export interface Asker {
  /** The catalog name by which it is authorized, which is not always that of its CRN. */
  readonly service: string;
  readonly account: string;
  /** GUID of the instance. */
  readonly instance?: string;
  readonly resourceGroup?: string;
  readonly region?: string;
  readonly resourceType?: string;
  readonly resource?: string;
}

/** What a service wants to do: read, as itself, something in a Key Protect instance. */
export interface ServiceAccess {
  readonly source: Asker;
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
 * Source: deployments reference, "Clocks" (the lag) and "Emulator checklist";
 * that a deletion needs none is judged.
 */
export function authorizes(world: World, access: ServiceAccess): boolean {
  const enforced = enforcedGrants(world.store);
  const { source, target } = access;
  return policiesAsked(world.store, source.service, target.instance, target.key).some((policy) => {
    const spread = enforced.get(policy.id);
    return spread !== undefined && grants(world, policy, access) && grants(world, spread, access);
  });
}

function grants(world: World, grant: Grant, { source, target, role }: ServiceAccess): boolean {
  const roles = containedIn[role] ?? [role];
  return (
    grant.roles.some((one) => roles.includes(roleWord(one) ?? '')) &&
    grant.subject.some(({ key }) => key === 'serviceName' || key === 'resourceGroupId') &&
    matches(grant.subject, sourceFacts(source)) &&
    matches(grant.resource, targetFacts(world, target))
  );
}

type Facts = Readonly<Record<string, string | undefined>>;

function sourceFacts(source: Asker): Facts {
  return {
    accountId: source.account,
    serviceName: source.service,
    serviceInstance: source.instance,
    resourceGroupId: source.resourceGroup,
    region: source.region,
    resourceType: source.resourceType,
    resource: source.resource,
  };
}

/**
 * Source: Key Protect reference, "IAM": a key is `resourceType=key` with `resource=<id>`. The group is the instance's:
 * terraform-provider-ibm docs, "ibm_iam_authorization_policy", `target_resource_group_id`.
 */
function targetFacts(world: World, { service, instance, keyRing, key }: ServiceAccess['target']): Facts {
  const holder = findInstance(world, instance);
  return {
    accountId: world.account,
    serviceName: service,
    serviceInstance: instance,
    resourceGroupId: holder?.resourceGroupId,
    region: holder?.region,
    keyRing,
    resourceType: key === undefined ? undefined : 'key',
    resource: key,
  };
}

/**
 * Every attribute has to match; one that is not known here matches nothing (judged: the service is refused).
 * Source: Key Protect docs, "Migrating keys" (the optional attributes must match too; serviceName or resourceGroupId of
 * the source must, an accountId alone does not do).
 */
function matches(attributes: readonly Attribute[], facts: Facts): boolean {
  return attributes.every((attribute) => attribute.key in facts && holds(attribute, facts[attribute.key]));
}

function holds({ operator, value }: Attribute, fact: string | undefined): boolean {
  const wanted = Array.isArray(value) ? value : [value];
  switch (operator) {
    case 'stringExists':
      return (fact !== undefined) === value;
    case 'stringEquals':
    case 'stringEqualsAnyOf':
      return fact !== undefined && (wanted.includes(fact) || wanted.includes('*'));
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

/**
 * Account management services, which nobody may open by a role on all (other) services.
 * Source: IBM Cloud docs, "Account management service names"; resource groups: their CRN.
 */
const accountManagement: readonly string[] = wordsOf(`
  billing context-based-restrictions enterprise entitlement globalcatalog globalcatalog-collection
  iam-access-management iam-groups iam-identity project resource-controller security-compliance support
  user-management
`);

/**
 * Whether the caller has that platform role on what a policy opens: its target's service, one instance or resource group
 * of it, or all that is in a group. Lists show such policies only, which for some callers is none.
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
