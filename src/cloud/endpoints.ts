import { KeysteadError } from '../model/errors.ts';
import type { Endpoint, Host } from './api.ts';
import { hosts } from './apis.ts';

/** Which of IBM's hosts are meant. `IC_VISIBILITY` also knows `public-and-private`, which is public here. */
type Visibility = 'public' | 'private';

/** Where every API of a run is. */
export interface Endpoints {
  /**
   * @param region of a regional API, where it has no override; it may come out of a CRN in an answer
   * @throws KeysteadError `UNTRUSTED_ENDPOINT` when it would make another host than IBM's
   */
  of(host: Host, region?: string): Endpoint;
  readonly visibility: Visibility;
  /** Origins of the overrides, each once, sorted; empty when every host is IBM's own. */
  readonly custom: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The base URLs of a run, from the variables that IBM's provider for Terraform reads.
 *
 * @throws KeysteadError `BAD_ENDPOINT` when a variable holds no http or https URL
 */
export function endpointsFrom(env: Env, visibility: Visibility): Endpoints {
  const overrides = new Map(hosts.map((host) => [host.variable, overrideOf(host, env)]));
  const origins = [...overrides.values()].flatMap((url) => (url === undefined ? [] : new URL(url).origin));
  // As IBM's provider for Terraform does it, which knows these variables (ibm/conns/config.go).
  const home = env['IC_REGION']?.trim() || env['IBMCLOUD_REGION']?.trim();
  const us = home === 'us-east' ? 'us-east' : 'us-south';
  return {
    of(host, region = '') {
      const { variable, path = '' } = host;
      const override = overrides.get(variable);
      if (override === undefined && !REGION.test(region)) throw noRegion(region, variable);
      const name = host[visibility].replace('{region}', region).replace('{us}', us);
      const url = override ?? `https://${name}.cloud.ibm.com${path}`;
      return { url, variable, isOverride: override !== undefined };
    },
    visibility,
    custom: [...new Set(origins)].sort(),
  };
}

/**
 * The value of `IC_VISIBILITY`; public when it is not set, as in IBM's provider for Terraform.
 *
 * @throws KeysteadError `BAD_VISIBILITY`
 */
export function visibilityFrom(env: Env): Visibility {
  const given = env['IC_VISIBILITY']?.trim() || env['IBMCLOUD_VISIBILITY']?.trim() || 'public';
  if (given === 'private') return 'private';
  if (given === 'public' || given === 'public-and-private') return 'public';
  throw new KeysteadError('BAD_VISIBILITY', `IC_VISIBILITY is ${JSON.stringify(given)}`, {
    remedy: 'set it to public, private or public-and-private',
  });
}

/** Nothing that ends a label of a host's name, or the name itself. */
const REGION = /^[a-z0-9_-]*$/i;

function noRegion(region: string, variable: string): KeysteadError {
  return new KeysteadError('UNTRUSTED_ENDPOINT', `${JSON.stringify(region)} is no region of IBM Cloud`, {
    remedy: `correct the CRN that names it, or set ${variable} to where that instance is`,
  });
}

function overrideOf({ variable, tail, path = '' }: Host, env: Env): string | undefined {
  const value = env[variable]?.trim();
  if (value === undefined || value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new KeysteadError('BAD_ENDPOINT', `${variable} is no http or https URL: ${JSON.stringify(value)}`, {
      remedy: `set ${variable} to a base URL such as http://127.0.0.1:4577, or unset it to use IBM Cloud`,
    });
  }
  const given = url.pathname.replace(/\/+$/, '').replace(tail ?? /$^/, '');
  return `${url.origin}${given === '' ? path : given}`;
}
