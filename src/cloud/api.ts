/** One API as errors and logs name it, and where it is. */
export interface Api {
  /** For example `Key Protect`. */
  readonly name: string;
  readonly host: Host;
  /** The request header that takes our correlation id, and the answer's that gives it back. */
  readonly idHeader: 'Transaction-Id' | 'Correlation-Id' | 'x-correlation-id';
  /** What to do about a refusal, by the API's own code. */
  readonly remedies?: Readonly<Record<string, string>>;
  /** What else a 401 may mean beside a missing role, and what to do then. */
  readonly unauthorized?: string;
}

/** Where IBM has an API, and how a user says that it is elsewhere. */
export interface Host {
  /** The environment variable that sets the base URL, as IBM's provider for Terraform reads it. */
  readonly variable: string;
  /**
   * Host names below `cloud.ibm.com`; `{region}` stands for the region of a regional API, `{us}` for us-south or us-east,
   * which alone have private hosts of some APIs that answer everywhere.
   */
  readonly public: string;
  readonly private: string;
  /** Instances may have hosts of their own. */
  readonly perInstance?: true;
  /** The path of a base URL that has none. */
  readonly path?: string;
  /** What other tools allow after the base URL in the variable. */
  readonly tail?: RegExp;
}

/** One base URL, without a slash at its end, and the variable that sets it. */
export interface Endpoint {
  readonly url: string;
  readonly variable: string;
  readonly isOverride: boolean;
}

/** One request to be made, as its API knows it. */
export interface Call {
  /** What is being done, for example `create key`. */
  readonly operation: string;
  /** The IAM role that it needs, for a 401 or 403. */
  readonly needs?: string;
  /** Absent: `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint's URL; ids in it are encoded already, see `path`. */
  readonly path: string;
  /** The CRN of an instance, or of something in it, where each may have a host of its own. */
  readonly instance?: string;
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

/** A call and where it goes. */
export interface AddressedCall extends Call {
  readonly api: Api;
  readonly endpoint: Endpoint;
}

/** A 2xx answer. */
export interface Answer {
  readonly status: number;
  /** In lower case; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; `undefined` when there was no body. */
  readonly body: unknown;
}

/** What an answer of Resource Controller tells of where an instance is: `extensions.endpoints`, unread so far. */
export interface Extended {
  readonly crn: string;
  readonly extensions?: unknown;
}

/** What an API's calls are made with. */
export interface Wire {
  /** Makes a call to its end: with the login's token, with retries, its answer read by `read`. */
  readonly ask: <T>(call: Call, read: (answer: Answer) => T) => Promise<T>;
  /** The login's account. */
  accountId(): Promise<string>;
  /** Notes what an answer says of where an instance is. */
  learn(instance: Extended): void;
  /** Items a page, where a test wants fewer than the API gives at most. */
  readonly pageSize?: number;
}

/** For calls whose answer says nothing that is needed. */
export function nothing(): void {}

export function isRead({ method, reads }: Call): boolean {
  return method === undefined || method === 'GET' || reads === true;
}

/** A path whose ids are encoded: ``path`/keys/${id}` ``. */
export function path(fixed: TemplateStringsArray, ...ids: readonly string[]): string {
  return String.raw({ raw: fixed }, ...ids.map(encodeURIComponent));
}
