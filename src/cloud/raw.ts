import { given } from '../model/json.ts';
import { type AddressedCall, type Api, type Call, type Endpoint, isRead } from './api.ts';
import { apis } from './apis.ts';
import type { Endpoints } from './endpoints.ts';
import { AttemptFailed } from './failure.ts';
import type { Transport } from './http.ts';
import { iam } from './login/api.ts';
import type { Session } from './login/session.ts';
import { classify, type Pace, withRetries } from './retry.ts';

/** What one request was answered, whatever its status: for who asks how the cloud answers, not what it holds. */
export interface RawAnswer {
  readonly status: number;
  /** In lower case; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; `undefined` when there was none. */
  readonly body: unknown;
  /** The API's own code for a refusal. */
  readonly code?: string;
  /** Milliseconds that the last try took, and the time in the middle of it by this machine's clock. */
  readonly tookMs: number;
  readonly atMs: number;
}

/** Requests whose answers are taken as they are. */
export interface Raw {
  /**
   * Asked again only after a 429, a 5xx or no answer at all.
   *
   * @param api as `Api.name` has it
   * @param region of a regional API, where the call names no instance
   * @throws CloudUnavailable, LostAnswer when no answer came; KeysteadError `LOGIN_REFUSED`, `UNTRUSTED_ENDPOINT`
   */
  ask(api: string, call: Call, region?: string): Promise<RawAnswer>;
  /** The base URL of an API in a region. */
  url(api: string, region?: string): string;
  /** The base URL for one instance. @throws KeysteadError `UNTRUSTED_ENDPOINT` */
  urlOf(api: string, instance: string): Promise<string>;
}

/** @param mayWrite without it a call that may change something is a TypeError, and is not sent */
export function createRaw(options: {
  readonly transport: Transport;
  readonly session: Session;
  readonly pace: Pace;
  readonly endpoints: Endpoints;
  readonly endpointOf: (api: Api, instance?: string) => Promise<Endpoint>;
  readonly mayWrite: boolean;
}): Raw {
  const { transport, session, pace, endpoints, endpointOf, mayWrite } = options;
  const attempt = async (call: AddressedCall, tries: number): Promise<RawAnswer> => {
    const token = (await session.token()).text;
    const startedAt = pace.clock.now();
    const timed = () => {
      const tookMs = Math.round(pace.clock.now() - startedAt);
      return { tookMs, atMs: startedAt + tookMs / 2 };
    };
    try {
      return { ...(await transport(call, tries, token)), ...timed() };
    } catch (error) {
      if (!(error instanceof AttemptFailed)) throw error;
      const { failure, facts, details, headers } = error;
      if (failure.is !== 'answered' || classify(failure, call) !== 'give-up') throw error;
      return { status: failure.status, headers, body: details, ...given({ code: facts.apiCode }), ...timed() };
    }
  };
  return {
    async ask(name, call, region) {
      if (!mayWrite && !isRead(call)) throw new TypeError(`${call.operation} may change something`);
      const api = named(name);
      const endpoint = region === undefined ? await endpointOf(api, call.instance) : endpoints.of(api.host, region);
      const addressed = { ...call, api, endpoint };
      return await withRetries(addressed, (tries) => attempt(addressed, tries), pace);
    },
    url: (name, region) => endpoints.of(named(name).host, region).url,
    urlOf: async (name, instance) => (await endpointOf(named(name), instance)).url,
  };
}

function named(name: string): Api {
  const found = [iam, ...apis.map(({ api }) => api)].find((api) => api.name === name);
  if (found === undefined) throw new TypeError(`there is no API ${name}`);
  return found;
}
