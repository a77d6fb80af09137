import { KeysteadError } from '../model/errors.ts';

/** Which of IBM's hosts are meant. `IC_VISIBILITY` also knows `public-and-private`, which is public here. */
export type Visibility = 'public' | 'private';

/** One base URL, without a slash at its end, and the variable that sets it. */
export interface Endpoint {
  readonly url: string;
  readonly variable: string;
  readonly isOverride: boolean;
}

/** Where each API is. Plain data, so that a plan can show it. */
export interface Endpoints {
  /** Tokens, policies and roles. */
  readonly iam: Endpoint;
  /** Holds `{region}` unless it is an override: Key Protect is regional. */
  readonly keyProtect: Endpoint;
  readonly resourceController: Endpoint;
  readonly resourceManager: Endpoint;
  /** Ends in `/api/v1`. */
  readonly catalog: Endpoint;
  readonly tagging: Endpoint;
  readonly search: Endpoint;
  readonly visibility: Visibility;
  /** Origins of the overrides, each once, sorted; empty when every host is IBM's own. */
  readonly custom: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Public hosts: Key Protect API reference, "Endpoint URLs", and the platform APIs' "Endpoint URLs". Private hosts are the
 * global ones for VPC infrastructure of the same pages.
 */
const hosts = {
  iam: { variable: 'IBMCLOUD_IAM_API_ENDPOINT', public: 'iam', private: 'private.iam' },
  keyProtect: { variable: 'IBMCLOUD_KP_API_ENDPOINT', public: '{region}.kms', private: 'private.{region}.kms' },
  resourceController: {
    variable: 'IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT',
    public: 'resource-controller',
    private: 'private.resource-controller',
  },
  resourceManager: {
    variable: 'IBMCLOUD_RESOURCE_MANAGEMENT_API_ENDPOINT',
    public: 'resource-controller',
    private: 'private.resource-controller',
  },
  catalog: {
    variable: 'IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT',
    public: 'globalcatalog',
    private: 'private.globalcatalog',
  },
  tagging: {
    variable: 'IBMCLOUD_GT_API_ENDPOINT',
    public: 'tags.global-search-tagging',
    private: 'tags.private.global-search-tagging',
  },
  search: {
    variable: 'IBMCLOUD_GS_API_ENDPOINT',
    public: 'api.global-search-tagging',
    private: 'api.private.global-search-tagging',
  },
} as const;

/** What other tools allow after the base URL in these variables; terraform-provider-ibm, populateKPClient and config.go. */
const tails: Readonly<Record<string, RegExp>> = {
  IBMCLOUD_KP_API_ENDPOINT: /\/api\/v2(\/keys)?$/,
  IBMCLOUD_IAM_API_ENDPOINT: /\/identity\/token$/,
};

/**
 * The base URLs of a run, from the variables that IBM's provider for Terraform reads (design 7).
 *
 * @throws KeysteadError `BAD_ENDPOINT` when a variable holds no http or https URL
 */
export function endpointsFrom(env: Env, visibility: Visibility): Endpoints {
  const at = (api: keyof typeof hosts): Endpoint => {
    const { variable } = hosts[api];
    const override = env[variable]?.trim();
    if (override === undefined || override === '') {
      return { url: `https://${hosts[api][visibility]}.cloud.ibm.com`, variable, isOverride: false };
    }
    return { url: baseUrl(variable, override), variable, isOverride: true };
  };
  const all = {
    iam: at('iam'),
    keyProtect: at('keyProtect'),
    resourceController: at('resourceController'),
    resourceManager: at('resourceManager'),
    catalog: withApiPath(at('catalog')),
    tagging: at('tagging'),
    search: at('search'),
  };
  const origins = Object.values(all).flatMap(({ url, isOverride }) => (isOverride ? [new URL(url).origin] : []));
  return { ...all, visibility, custom: [...new Set(origins)].sort() };
}

/** One line for a plan's header: `public`, `private`, or `custom (ORIGIN, …)`. */
export function endpointsLabel(endpoints: Endpoints): string {
  return endpoints.custom.length === 0 ? endpoints.visibility : `custom (${endpoints.custom.join(', ')})`;
}

/** The Key Protect endpoint of a region. */
export function keyProtectIn(endpoints: Endpoints, region: string): Endpoint {
  return { ...endpoints.keyProtect, url: endpoints.keyProtect.url.replace('{region}', region) };
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
  throw new KeysteadError('BAD_VISIBILITY', `IC_VISIBILITY is ${JSON.stringify(given)}.`, {
    remedy: 'Set it to public, private or public-and-private.',
  });
}

function baseUrl(variable: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new KeysteadError('BAD_ENDPOINT', `${variable} is no http or https URL: ${JSON.stringify(value)}.`, {
      remedy: `Set ${variable} to a base URL such as http://127.0.0.1:4577, or unset it to use IBM Cloud.`,
    });
  }
  const path = url.pathname.replace(/\/+$/, '').replace(tails[variable] ?? /$^/, '');
  return `${url.origin}${path}`;
}

/** The provider's rule: `/api/v1` is appended when the URL has no path. */
function withApiPath(catalog: Endpoint): Endpoint {
  return new URL(catalog.url).pathname === '/' ? { ...catalog, url: `${catalog.url}/api/v1` } : catalog;
}
