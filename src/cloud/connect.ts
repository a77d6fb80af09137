import packageJson from '../../package.json' with { type: 'json' };
import type { Log } from '../log.ts';
import { apiKeyLogin } from './api-key-login.ts';
import { createAsk } from './ask.ts';
import type { Ask } from './call.ts';
import { catalogReads } from './catalog.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoints } from './endpoints.ts';
import { createTransport } from './http.ts';
import { iamPolicyReads, iamPolicyWrites } from './iam-policies.ts';
import { keyProtectReads } from './key-protect/reads.ts';
import { keyProtectWrites } from './key-protect/writes.ts';
import { once } from './once.ts';
import { profileLogin } from './profile-login.ts';
import type { HttpsProxy } from './proxy.ts';
import type { Cloud, Reader, Writer } from './reader.ts';
import { resourceControllerReads, resourceControllerWrites } from './resource-controller.ts';
import { resourceManagerReads } from './resource-manager.ts';
import type { Pace } from './retry.ts';
import { searchReads } from './search.ts';
import { taggingReads, taggingWrites } from './tagging.ts';
import { createSession } from './token.ts';
import type { Login } from './wire.ts';

/** One login, and any number of views through it. */
export interface Connection {
  /** A fresh memory of lists, and no writing method, at run time either. */
  reader(): Reader;
  /** The same with the writing half. */
  cloud(): Cloud;
  /** The login answer's `Date` and the time since; before the login, this machine's clock. */
  now(): Date;
  readonly endpoints: Endpoints;
}

/**
 * Asks nothing yet: the first call logs in.
 *
 * @param config.signal cuts waits between tries short; what is in flight is finished
 * @param config.proxy  `proxyFrom(env)`
 */
export function connect(config: {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  readonly proxy?: HttpsProxy | undefined;
}): Connection {
  const { credentials, endpoints, log, clock = systemClock, random = Math.random, signal, proxy } = config;
  const pace: Pace = { clock, random, ...(signal === undefined ? {} : { signal }) };
  const secret = 'apiKey' in credentials ? credentials.apiKey : '';
  const transport = createTransport({ log, clock, version: packageJson.version, secret, proxy });
  const logIn =
    credentials.type === 'iam'
      ? apiKeyLogin({ apiKey: credentials.apiKey, endpoints, transport, pace })
      : profileLogin(credentials, endpoints);
  const session = createSession({ logIn, pace });
  const ask = createAsk({ transport, session, pace });
  const login = async () => (await session.token()).login;
  const writer = writerOf(ask, endpoints);
  const reader = () => readerOf(ask, endpoints, login);
  const cloud = (): Cloud => ({ ...reader(), ...writer, fresh: cloud });
  return { reader, cloud, now: () => session.now(), endpoints };
}

/** A Reader with an empty memory. */
function readerOf(ask: Ask, endpoints: Endpoints, login: () => Promise<Login>): Reader {
  const controller = resourceControllerReads(ask, endpoints, login);
  const catalog = catalogReads(ask, endpoints);
  const policies = iamPolicyReads(ask, endpoints, login);
  const keyProtect = keyProtectReads(ask, endpoints);
  return {
    login,
    resourceGroups: once(resourceManagerReads(ask, endpoints, login).resourceGroups),
    catalogService: once(catalog.catalogService),
    catalogPlans: once(catalog.catalogPlans),
    instances: once(controller.instances),
    instancesOf: once(controller.instancesOf),
    instancesNamed: controller.instancesNamed,
    instance: controller.instance,
    reclamations: once(controller.reclamations),
    taggedInstances: once(searchReads(ask, endpoints, login).taggedInstances),
    tagsOf: taggingReads(ask, endpoints).tagsOf,
    authorizations: once(policies.authorizations),
    authorization: policies.authorization,
    roles: once(policies.roles),
    keys: once(keyProtect.keys),
    key: keyProtect.key,
    rotationPolicy: keyProtect.rotationPolicy,
    instancePolicies: keyProtect.instancePolicies,
    keyRings: once(keyProtect.keyRings),
    registrations: once(keyProtect.registrations),
    registrationsOf: keyProtect.registrationsOf,
  };
}

/** The writing half. It makes no list forgotten: who wants to see what was written takes a fresh view. */
function writerOf(ask: Ask, endpoints: Endpoints): Writer {
  return {
    ...resourceControllerWrites(ask, endpoints),
    ...taggingWrites(ask, endpoints),
    ...iamPolicyWrites(ask, endpoints),
    ...keyProtectWrites(ask, endpoints, keyProtectReads(ask, endpoints)),
  };
}
