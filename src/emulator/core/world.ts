import type { ActivityEvent } from './activity.ts';
import type { Json } from './json.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

export type { ActivityEvent } from './activity.ts';
export type { Json } from './json.ts';
export type { Settings } from './settings.ts';
export type { Store, Table } from './store.ts';

/** Whom a bearer token names. */
export interface Identity {
  /** `IBMid-…`, `iam-ServiceId-…` or `iam-Profile-…`. */
  readonly iamId: string;
  /** The 32 hexadecimal digits of the account; empty for a call without a token. */
  readonly accountId: string;
  readonly kind: 'user' | 'serviceId' | 'profile' | 'anonymous';
  readonly name: string;
}

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
   *
   * @throws ApiError to refuse; whatever is thrown, all store writes of the call are rolled back
   */
  handle(world: World, call: Call): Reply;
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
  /** Adds to the activity log, as part of the running transaction. */
  record(event: ActivityEvent): void;
  /** The one account there is. */
  readonly account: string;
}

/** What runs when a timer is due, by its kind. Each run is a transaction of its own. */
export type Timers = Readonly<Record<string, (world: World, payload: Json) => void>>;
