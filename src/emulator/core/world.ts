import type { Service } from './account/catalog.ts';
import type { Access, Identity, PlatformTarget } from './account/identities.ts';
import type { Instance } from './account/instances.ts';
import type { Role } from './account/roles.ts';
import type { Json, Members } from './json.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

export type { Identity } from './account/identities.ts';
export type { Json } from './json.ts';
export type { Settings } from './settings.ts';
export type { Store, Table } from './store.ts';

/** What is known of a request before its token and its body were looked at: what a Dialect words its errors with. */
export interface BareCall {
  readonly method: string;
  /** The raw pathname, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** One request header, whatever the case of its name. */
  header(name: string): string | undefined;
  /** `Transaction-Id` or `Correlation-Id` of the request, else made here; server.ts echoes it in both headers. */
  readonly transactionId: string;
  /** For example `http://127.0.0.1:4577`. */
  readonly origin: string;
  /** Emulator time at which the request came in. */
  readonly at: Date;
}

/** One request, authenticated and parsed. */
export interface Call extends BareCall {
  /** The `{name}` segments of the operation's path, decoded once, after routing. */
  readonly params: Readonly<Record<string, string>>;
  /** Parsed as JSON whatever the Content-Type says; `undefined` for an empty body and for a form. */
  readonly body: unknown;
  /** The body as it came, for forms. */
  readonly text: string;
  readonly identity: Identity;
}

/** One answer. Without a `body` the response is empty. */
export interface Reply {
  readonly status: number;
  /** Written as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by a handler to refuse: the reply is sent, and every write of the handler is taken back. */
export class ApiError extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.name = 'ApiError';
    this.reply = reply;
  }
}

/** How one API words the errors that come up outside its handlers. */
export interface Dialect {
  unauthorized(why: 'missing' | 'expired' | 'invalid', call: BareCall): Reply;
  badJson(call: BareCall): Reply;
  notImplemented(call: BareCall): Reply;
  unexpected(call: BareCall): Reply;
  /** The words for an answer that a fault rule gives. */
  injected(status: number, call: BareCall): Reply;
}

/** One row of an API's table of operations. */
export interface Operation {
  /** IBM's operation id, such as `listResourceInstances`. */
  readonly name: string;
  readonly method: string;
  /** `/v2/resource_instances/{id}`. Earlier rows win; a trailing slash is tolerated. */
  readonly path: string;
  readonly auth: 'bearer' | 'none';
  readonly dialect: Dialect;
  /** What of it is judged because no source says it; absent where the sources describe it. For the index of operations. */
  readonly judged?: string;
  /** How the body is to be read; `json` unless said otherwise. A form is left in `Call.text`. */
  readonly bodyIs?: 'json' | 'form';
  /**
   * Does the work, synchronously.
   * @throws ApiError to refuse; whatever is thrown, all store writes of the call are rolled back
   */
  handle(world: World, call: Call): Reply;
}

/** Why a broker refuses, in its words. */
export interface Refused {
  readonly text: string;
  readonly status: 400 | 409;
}

/** What one API or service asks another, which answers at once; who answers is named by each. */
export interface Ports {
  /** IAM: whom a bearer token names, or what is wrong with it. */
  verifyBearer(world: World, header: string | undefined): Identity | 'missing' | 'expired' | 'invalid';
  /** Policies: what they let an identity do in a Key Protect instance. */
  accessFromPolicies(world: World, iamId: string, target: PlatformTarget): readonly Access[];
  /** Policies: the roles that they give on an instance as a whole, on all of a service, or on what the target names. */
  rolesFromPolicies(world: World, iamId: string, target: PlatformTarget): readonly string[];
  /** Policies: a role that the account made for a service, by its CRN or display name. */
  customRole(store: Store, service: string, word: string): Role | undefined;
  /** Cloud Databases: what service credentials say of how to connect; undefined for what is no database. */
  databaseCredentials(origin: string, instance: Instance, keyGuid: string): Members | undefined;
  /** Tagging: the tags of a resource. */
  tagsOf(store: Store, crn: string, type: 'user' | 'access'): readonly string[];
  /** Search: the CRNs that a query finds. @throws ApiError 400 on a query that cannot be parsed */
  findByQuery(world: World, call: BareCall, query: string): readonly string[];
  /** Services: the row of a service of the catalog; every one has one. */
  serviceNamed(store: Store, name: string): Service;
  /** Services: the broker's decision on a new instance, which it then registers on the keys that it uses. */
  admit(world: World, instance: Instance): Refused | undefined;
  /** Services: the broker's decision on changed parameters. */
  admitUpdate(world: World, instance: Instance, changed: Members): Refused | undefined;
  /** Services: whether a deployment is disabled because of its key. */
  isLocked(store: Store, instanceGuid: string): boolean;
  /** Key Protect: why an instance of it cannot be deleted. */
  refusesDeletion(world: World, instance: Instance): Refused | undefined;
}

/** What happens to a thing of the account that others may have to do something about. */
export interface Events {
  /** It is about to be saved for the first time, with these tags as they were sent. */
  'instance.created': { readonly crn: string; readonly tags: readonly unknown[] };
  'instance.saved': { readonly guid: string };
  /** It can be restored. */
  'instance.deleted': { readonly guid: string };
  'instance.restored': { readonly guid: string };
  /** It never came to be, or was taken back. */
  'instance.failed': { readonly guid: string };
  /** It is gone for good. */
  'instance.removed': { readonly guid: string };
  /** It may have more members than it had. */
  'deployment.scaled': { readonly guid: string };
  'tags.changed': { readonly crn: string };
  'key.changed': { readonly keyId: string; readonly event: 'delete' | 'restore' | 'enable' | 'disable' | 'rotate' };
  /** It counts for the services from now on. */
  'policy.arrived': { readonly id: string };
  'policy.ended': { readonly id: string; readonly createdBy: string };
}

/** Who does what when something happens, within the same transaction. */
export type Reactions = { readonly [E in keyof Events]?: (world: World, event: Events[E]) => void };

/** What a handler is; see Operation. */
export type Handler = Operation['handle'];

/** A row of a table: IBM's operation id, `GET /v2/policies`, what does the work, and what of it is judged. */
export type Row = readonly [name: string, request: string, handle: Handler, judged?: string];

/** The operations of rows that have the rest in common. */
export function operationsOf(
  shared: Pick<Operation, 'auth' | 'dialect' | 'bodyIs' | 'judged'>,
  rows: readonly Row[],
): readonly Operation[] {
  return rows.map(([name, request, handle, judged]) => {
    const [method = '', path = ''] = request.split(' ');
    return { ...shared, name, method, path, handle, ...(judged === undefined ? {} : { judged }) };
  });
}

/** What handlers and timers may touch. */
export interface World {
  readonly store: Store;
  /** Live: a change made through the control API is seen at once. */
  readonly settings: Settings;
  /** Emulator time: real time plus an offset; while a timer runs, that timer's due time. */
  now(): Date;
  /** A new UUID v4. */
  newId(): string;
  /** Stores a timer, as part of the running transaction; it runs when emulator time reaches `dueAt`. */
  schedule(dueAt: Date, timer: { readonly kind: string; readonly payload: Json }): void;
  /** The same, so many milliseconds from now. */
  scheduleIn(ms: number, timer: { readonly kind: string; readonly payload: Json }): void;
  /** Adds to the activity log, as part of the running transaction: a success of now, unless it says otherwise. */
  record(event: Omit<ActivityEvent, 'at' | 'outcome'> & Partial<ActivityEvent>): void;
  /** Counts a call against a ration, which no roll-back gives back. @returns when there is more, if it is used up */
  spend(what: string, perMinute: number): Date | undefined;
  /** Says what happened; whoever reacts has done so when it returns. */
  emit<E extends keyof Events>(name: E, event: Events[E]): void;
  /** What others answer. */
  readonly ports: Ports;
  /** The one account there is. */
  readonly account: string;
}

/** What runs when a timer is due, by its kind. Each run is a transaction of its own. */
export type Timers = Readonly<Record<string, (world: World, payload: Json) => void>>;

/**
 * One entry of the activity log, such as IBM Cloud Activity Tracker shows.
 * Source: Key Protect docs, "Activity tracking events".
 */
export interface ActivityEvent {
  /** `kms.secrets.delete` and the like. */
  readonly action: string;
  /** ISO 8601, emulator time. */
  readonly at: string;
  /** The CRN of what it was done to. */
  readonly target: string;
  /** The IAM id of who did it; a service's CRN where a service did. */
  readonly initiator: string;
  readonly outcome: 'success' | 'failure';
  readonly severity: 'normal' | 'warning' | 'critical';
  /** The caller's transaction id, or one made for the timer; filled in by the engine where the event does not say it. */
  readonly correlationId?: string;
  readonly data?: Readonly<Record<string, Json>>;
}
