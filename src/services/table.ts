/** What one IBM Cloud service does with a customer's key. Data only; kinds and rules read it. */
export interface ServiceRow {
  /** Catalog name, and the source service of its authorizations. */
  readonly service: string;
  /** The provisioning parameter that carries the key's full CRN. */
  readonly keyParameter: string;
  /** Plan names, without the service's prefix, that can take a key. */
  readonly keyPlans: readonly string[];
  /** Roles on the key that the service needs. */
  readonly roles: readonly string[];
  /** Where the service is offered; absent: not checked. */
  readonly regions?: readonly string[];
  /** Where IBM says so. */
  readonly source: string;
}

/** The catalog's name of Key Protect. */
export const KEY_PROTECT = 'kms';

/** The parameter that carries `serviceEndpoints`, for every service of the Resource Controller. */
export const ENDPOINTS_PARAMETER = 'service-endpoints';

/** The role that a service needs on a key whose CRN it is handed. Source: Key Protect docs, "Integrating services". */
export const KEY_ROLE = 'Reader';

/** Services whose key goes through `encryption.key`. Any other service takes its key through `parameters`. */
export const services: readonly ServiceRow[] = [
  {
    service: 'data-virtualization',
    keyParameter: 'disk_encryption_key_crn',
    keyPlans: ['enterprise', 'enterprise-dev', 'enterprise-preprod', 'enterprise-dev-stable'],
    roles: [KEY_ROLE],
    regions: ['us-south', 'eu-de', 'eu-gb', 'jp-tok'],
    source: 'Data Virtualization docs, "Provisioning" and "Key Protect integration"',
  },
];

export function serviceRow(service: string): ServiceRow | undefined {
  return services.find((row) => row.service === service);
}

/** A plan word without its service's prefix: `data-virtualization-enterprise` is `enterprise`. */
export function planWord(service: string, plan: string): string {
  return plan.startsWith(`${service}-`) ? plan.slice(service.length + 1) : plan;
}

/** Regions in which Key Protect is offered. Source: Key Protect docs, "Regions and endpoints". */
export const keyProtectRegions: readonly string[] = [
  'us-south',
  'us-east',
  'eu-gb',
  'eu-de',
  'eu-es',
  'au-syd',
  'jp-tok',
  'jp-osa',
  'ca-tor',
  'ca-mon',
  'br-sao',
  'in-mum',
  'in-che',
];
