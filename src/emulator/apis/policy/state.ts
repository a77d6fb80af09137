import type { Store, Table } from '../../core/store.ts';

/** One condition on the source or the target of an authorization, in v2 spelling. */
export interface Attribute {
  readonly key: string;
  /** `stringEquals`, `stringExists`, and on targets `stringMatch`, `stringEqualsAnyOf`, `stringMatchAnyOf`. */
  readonly operator: string;
  /** A boolean for `stringExists`, a list for the `AnyOf` operators, else one string. */
  readonly value: string | boolean | readonly string[];
}

/** What an authorization grants: who (`subject`) may do what (`roles`, by CRN) on which target (`resource`). */
export interface Grant {
  readonly subject: readonly Attribute[];
  readonly resource: readonly Attribute[];
  readonly roles: readonly string[];
}

/** An access tag that a resource must carry. */
export interface Tag {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
}

/**
 * A policy: an authorization of a service, or the access of a user, service ID, profile or group. Attributes keep the order they came in; it means nothing for identity.
 * A deleted one stays as a tombstone (`state: 'deleted'`), readable by id.
 * Source: platform reference, "Shapes".
 */
export interface Policy extends Grant {
  readonly id: string;
  readonly type: 'access' | 'authorization';
  /** Of access policies; empty for authorizations. */
  readonly tags: readonly Tag[];
  /** What a rule in time is called, and the rule as it was sent; of access policies, and not looked at here. */
  readonly pattern: string | undefined;
  readonly rule: unknown;
  /** The account that holds the policy: the target's, also when the source is in another account. */
  readonly accountId: string;
  readonly description: string | undefined;
  readonly state: 'active' | 'deleted';
  /** `1-<32 hex>`, new with every write. */
  readonly etag: string;
  readonly createdAt: string;
  readonly createdById: string;
  readonly lastModifiedAt: string;
  readonly lastModifiedById: string;
}

/** All policies, tombstones included, by id. */
export function policies(store: Store): Table<Policy, 'identity' | 'asked' | 'creator' | 'role'> {
  return store.table('policy/policies', {
    identity: ifActive(identityOf),
    asked: ifActive(askedBy),
    creator: ifActive(({ createdById }) => createdById),
    role: ifActive(({ roles }) => roles),
  });
}

function ifActive<V>(read: (policy: Policy) => V): (policy: Policy) => V | undefined {
  return (policy) => (policy.state === 'active' ? read(policy) : undefined);
}

/** What two policies may not have in common: their type and the attributes of both sides, in whatever order. */
export function identityOf({ type, subject, resource }: Pick<Policy, 'type' | 'subject' | 'resource'>): string {
  return JSON.stringify([type, textOf(subject), textOf(resource)]);
}

/** Who may ask for what by it, as far as it says so plainly; `*` where it does not, or leaves it open. */
function askedBy({ subject, resource }: Grant): string {
  const parts = [plainly(subject, 'serviceName'), plainly(resource, 'serviceInstance'), plainly(resource, 'resource')];
  return parts.map((part) => part ?? '*').join(' ');
}

/** The active policies that may let a service at an instance, or at a key of it: to be looked at one by one. */
export function policiesAsked(
  store: Store,
  service: string,
  instance: string,
  key: string | undefined,
): readonly Policy[] {
  const table = policies(store);
  const keys = key === undefined ? ['*'] : [key, '*'];
  return [service, '*'].flatMap((one) =>
    [instance, '*'].flatMap((two) => keys.flatMap((three) => table.by('asked', `${one} ${two} ${three}`))),
  );
}

/**
 * What the services believe: the grant of each policy as it was when its last change had spread, by policy id.
 * A change of a policy gets here through a timer, `propagationMs` after it was made.
 */
export function enforcedGrants(store: Store): Table<Grant, 'holder'> {
  return store.table('policy/enforced', { holder: ({ subject }: Grant) => plainly(subject, 'iam_id') });
}

/** Grants on their way to the services, each as it was written. */
export function spreadingGrants(store: Store): Table<{ readonly policyId: string; readonly grant: Grant }> {
  return store.table('policy/spreading');
}

/** The one string value of an attribute; undefined when absent or not a plain string. */
export function attributeOf(attributes: readonly Attribute[], key: string): string | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** The one string that `stringEquals` says an attribute must be; undefined for any other condition. */
export function plainly(attributes: readonly Attribute[], key: string): string | undefined {
  const found = attributes.find((attribute) => attribute.key === key);
  return found?.operator === 'stringEquals' && typeof found.value === 'string' ? found.value : undefined;
}

/** What a role is called in IBM's own words, by its CRN; a custom role is none of those, however the account called it. */
export function roleWord(crn: string): string | undefined {
  return crn.includes(':customRole:') ? undefined : crn.slice(crn.lastIndexOf(':') + 1);
}

/** Whether two lists of attributes say the same, in whatever order. */
export function sameAttributes(one: readonly Attribute[], other: readonly Attribute[]): boolean {
  return textOf(one) === textOf(other);
}

function textOf(attributes: readonly Attribute[]): string {
  return JSON.stringify(attributes.map((a) => JSON.stringify([a.key, a.operator, a.value])).sort());
}
