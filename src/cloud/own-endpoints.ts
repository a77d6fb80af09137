import { instanceCrnOf, parseCrn } from '../model/crn.ts';
import { CloudRefused, KeysteadError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { Endpoint, Extended, Host } from './api.ts';
import type { Endpoints } from './endpoints.ts';

/** Where instances are that have hosts of their own: Key Protect Dedicated has one an instance. */
export interface OwnEndpoints {
  /** Remembers what an answer says of an instance. */
  learn(instance: Extended): void;
  /**
   * The endpoint of an instance: the override, else what Resource Controller says of one that may have its own, else its region's.
   *
   * @param crn the instance, or something in it
   * @throws KeysteadError `UNTRUSTED_ENDPOINT` when an answer names a host that is not Key Protect's
   */
  of(host: Host, crn: string): Promise<Endpoint>;
}

/** Hosts of Key Protect, Standard and Dedicated. Source: Key Protect docs, "Regions and endpoints", "Provisioning Dedicated". */
const TRUSTED = /^[a-z0-9.-]+\.kms\.(cloud\.ibm\.com|appdomain\.cloud)$/;

/** @param find asks for an instance of which no answer has told yet */
export function ownEndpoints(endpoints: Endpoints, find: (crn: string) => Promise<Extended | undefined>): OwnEndpoints {
  const known = new Map<string, unknown>();
  const asked = new Map<string, Promise<unknown>>();
  const ask = async (crn: string): Promise<unknown> => {
    try {
      return (await find(crn))?.extensions;
    } catch (error) {
      // Whoever may use the keys of an instance need not see the instance itself.
      if (error instanceof CloudRefused) return undefined;
      asked.delete(crn);
      throw error;
    }
  };
  const extensionsOf = async (crn: string): Promise<unknown> => {
    if (known.has(crn)) return known.get(crn);
    const asking = asked.get(crn) ?? ask(crn);
    asked.set(crn, asking);
    return await asking;
  };
  return {
    learn({ crn, extensions }) {
      if (extensions !== undefined) known.set(instanceCrnOf(crn), extensions);
    },
    async of(host, crn) {
      const regional = endpoints.of(host, parseCrn(crn)?.location);
      if (regional.isOverride || !host.perInstance) return regional;
      const instance = instanceCrnOf(crn);
      const said = saidIn(await extensionsOf(instance), endpoints.visibility);
      return said === undefined ? regional : { ...regional, url: trusted(said, instance, regional) };
    },
  };
}

function saidIn(extensions: unknown, visibility: Endpoints['visibility']): string | undefined {
  const said =
    isObject(extensions) && isObject(extensions['endpoints']) ? extensions['endpoints'][visibility] : undefined;
  return typeof said === 'string' ? said : undefined;
}

/** The token goes to no host but Key Protect's, whatever an answer says. */
function trusted(said: string, instance: string, { variable, url }: Endpoint): string {
  const parsed = URL.canParse(said) ? new URL(said) : undefined;
  const isTrusted =
    parsed !== undefined &&
    parsed.protocol === 'https:' &&
    `${parsed.username}${parsed.password}${parsed.port}` === '' &&
    TRUSTED.test(parsed.hostname);
  if (isTrusted) return parsed.origin;
  const message = `Resource Controller says that ${instance} is at ${JSON.stringify(said)}, which is no host of Key Protect`;
  throw new KeysteadError('UNTRUSTED_ENDPOINT', message, {
    remedy: `set ${variable} to where it is, such as ${url}, if you trust that host`,
  });
}
