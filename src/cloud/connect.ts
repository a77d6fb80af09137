import packageJson from '../../package.json' with { type: 'json' };
import type { Log } from '../log.ts';
import { given } from '../model/json.ts';
import type { Api, Wire } from './api.ts';
import { apis } from './apis.ts';
import { createAsk } from './ask.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Endpoints } from './endpoints.ts';
import { createGates } from './gates.ts';
import { createTransport } from './http.ts';
import { iamHost } from './login/api.ts';
import { apiKeyLogin } from './login/api-key.ts';
import type { Credentials } from './login/credentials.ts';
import { profileLogin } from './login/profile.ts';
import { createSession } from './login/session.ts';
import { ownEndpoints } from './own-endpoints.ts';
import type { HttpsProxy } from './proxy.ts';
import { rateLimit } from './rate-limit.ts';
import { createRaw, type Raw } from './raw.ts';
import type { Cloud, Reader, Writer } from './reader.ts';
import type { Pace } from './retry.ts';

/** One login, and any number of views through it. */
export interface Connection {
  /** With an empty memory of lists, and without a writing method, at run time either. */
  reader(): Reader;
  /** The same with the writing half. It makes no list forgotten: who wants to see what was written takes a fresh view. */
  cloud(): Cloud;
  /** Answers as they are, of requests that read; `writing`: of any. */
  raw(use: 'reading' | 'writing'): Raw;
  /** The login answer's `Date` and the time since; before the login, this machine's clock. */
  now(): Date;
}

/**
 * Asks nothing yet: the first call logs in.
 *
 * @param config.signal cuts waits between tries short; what is in flight is finished
 * @param config.proxy  `proxyFrom(env)`
 * @param config.maxRps most requests a second, to all hosts together. Default: no limit
 * @param config.pageSize items a page of a list, where a test wants fewer than the APIs give at most
 */
export function connect(config: {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  readonly proxy?: HttpsProxy | undefined;
  readonly pageSize?: number;
  readonly maxRps?: number | undefined;
}): Connection {
  const {
    credentials,
    endpoints,
    log,
    clock = systemClock,
    random = Math.random,
    signal,
    proxy,
    pageSize,
    maxRps,
  } = config;
  const pace: Pace = { clock, random, ...given({ signal }) };
  const secret = 'apiKey' in credentials ? credentials.apiKey : '';
  const transport = createTransport({
    log,
    clock,
    version: packageJson.version,
    secret,
    proxy,
    turn: rateLimit(maxRps, pace),
    gates: createGates(pace),
    signal,
  });
  const endpoint = endpoints.of(iamHost);
  const logIn =
    credentials.type === 'iam'
      ? apiKeyLogin({ apiKey: credentials.apiKey, endpoint, transport, pace })
      : profileLogin(credentials, endpoint);
  const session = createSession({ logIn, pace });
  const ask = createAsk({ transport, session, pace });
  const login = async () => (await session.token()).login;
  const own = ownEndpoints(endpoints, (crn) => reader().instance(crn));
  const endpointOf = async ({ host }: Api, instance?: string) =>
    instance === undefined ? endpoints.of(host) : await own.of(host, instance);
  const wireOf = (api: Api): Wire => ({
    ask: async (call, read) => await ask({ ...call, api, endpoint: await endpointOf(api, call.instance) }, read),
    accountId: async () => (await login()).accountId,
    learn: own.learn,
    ...given({ pageSize }),
  });
  // The types of both come from the same list, see reader.ts; `Object.assign` puts together what it says.
  const reader = (): Reader => Object.assign({ login }, ...apis.map(({ api, reads }) => reads(wireOf(api))));
  const writer: Writer = Object.assign({}, ...apis.map((one) => ('writes' in one ? one.writes(wireOf(one.api)) : {})));
  const cloud = (): Cloud => ({ ...reader(), ...writer });
  const raw = (use: 'reading' | 'writing') =>
    createRaw({ transport, session, pace, endpointOf, endpoints, mayWrite: use === 'writing' });
  return { reader, cloud, raw, now: () => session.now() };
}
