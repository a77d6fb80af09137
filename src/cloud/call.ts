import type { Endpoint } from './endpoints.ts';

/** One API as errors and logs name it. */
export interface Api {
  /** For example `Key Protect`. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** The request header that takes our correlation id, and the answer's that gives it back. */
  readonly idHeader: 'Transaction-Id' | 'Correlation-Id' | 'x-correlation-id';
  /** What to do about a refusal, by the API's own code. */
  readonly remedies?: Readonly<Record<string, string>>;
}

/** One request to be made, as far as its API knows it. */
export interface Call {
  readonly api: Api;
  /** What is being done, for example `create key`. */
  readonly operation: string;
  /** The IAM role that it needs, for a 401 or 403. */
  readonly needs?: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint's URL; ids in it are encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as `application/x-www-form-urlencoded`, instead of `body`. */
  readonly form?: Readonly<Record<string, string>>;
  /** Reads by POST, and writes that may be repeated at will: after a lost answer they are simply sent again. */
  readonly idempotent?: true;
  /** A read in spite of its method: it changed nothing when it was given up. */
  readonly reads?: true;
  /** Milliseconds for the whole exchange; default 60 s. */
  readonly timeoutMs?: number;
}

/** A 2xx answer. */
export interface Answer {
  readonly status: number;
  /** In lower case; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; `undefined` when there was no body. */
  readonly body: unknown;
}

/** Makes a call to its end: with the login's token, with retries, its answer read by `read`. */
export type Ask = <T>(call: Call, read: (answer: Answer) => T) => Promise<T>;

/** For calls whose answer says nothing that is needed. */
export function nothing(): void {}

export function isRead(call: Call): boolean {
  return call.method === 'GET' || call.reads === true;
}
