import type { LiveId } from '../model/address.ts';
import { instanceCrnOf, parseCrn } from '../model/crn.ts';
import { groupBy } from '../model/group-by.ts';

/** A provisioning parameter that carries a key's full CRN. */
export interface KeyParameter {
  /** Where it stands in `parameters`: member names joined by `/`. */
  readonly path: string;
  /** What the key protects. */
  readonly protects: 'data' | 'backups';
  /** Whether the service passes the key on to another one, for which it needs the role of a delegator besides. */
  readonly delegates?: true;
}

/** What one IBM Cloud service does with a customer's key, or some of its plans. Data only; kinds and rules read it. */
export interface ServiceRow {
  /** Catalog name, and the source service of its authorizations. */
  readonly service: string;
  /** The only plans that the row is about, by the end of their names; absent: those that no other row of the service names. */
  readonly plans?: RegExp;
  /** Every parameter that carries a key: any other one that does is misspelt. */
  readonly keyParameters: readonly KeyParameter[];
  /** What `encryption.key` sets; absent: the key is passed by the name of its parameter. */
  readonly encryption?: {
    readonly parameter: string;
    /** Plan names, without the service's prefix, that are known to take a key. */
    readonly plans: readonly string[];
    /** Plans that are known to take none. */
    readonly keyless: readonly string[];
    /** Where the service is known to be offered. */
    readonly regions: readonly string[];
    /** IBM has taken away the pages that said so. */
    readonly withdrawn?: true;
  };
  /** The API of its own that tells which keys a deployment is under. */
  readonly toldBy?: 'Cloud Databases';
  /** Whether every deployment under a key of its customer registers on that key; `unknown`: no source says so. */
  readonly registers: 'always' | 'unknown';
  /** Where IBM says so. */
  readonly source: string;
}

/** The catalog's name of Key Protect. */
export const KEY_PROTECT = 'kms';

/** The parameter that carries `serviceEndpoints`, for every service of the Resource Controller. */
export const ENDPOINTS_PARAMETER = 'service-endpoints';

/** The role that a service needs on a key whose CRN it is handed. Source: Key Protect docs, "Integrating services". */
export const KEY_ROLE = 'Reader';

const DISK: KeyParameter = { path: 'disk_encryption_key_crn', protects: 'data' };

/** The role that a service needs besides on a key that it passes on. Source: Cloud Databases docs, "Key Protect integration". */
export const DELEGATOR_ROLE = 'AuthorizationDelegator';

/** Services whose key parameters are known. Any other service takes its key through `parameters` unchecked. */
export const services: readonly ServiceRow[] = [
  {
    service: 'data-virtualization',
    keyParameters: [DISK],
    encryption: {
      parameter: DISK.path,
      plans: ['enterprise', 'enterprise-dev', 'enterprise-preprod', 'enterprise-dev-stable'],
      keyless: ['lite'],
      regions: ['us-south', 'eu-de', 'eu-gb', 'jp-tok'],
      withdrawn: true,
    },
    // Judged: the page tells how long it stays registered, not in so many words that it always does.
    registers: 'always',
    source:
      'Data Virtualization docs of 2022-12, "Key Protect integration", deleted 2023-03, and "Provisioning", which names no key since; regions: an example of IBM-Cloud/terraform-provider-ibm',
  },
  ...['postgresql', 'mysql', 'mongodb', 'redis', 'elasticsearch'].flatMap((type) => databases(`databases-for-${type}`)),
  ...databases('messages-for-rabbitmq'),
  ...['etcd', 'enterprisedb', 'valkey'].flatMap((type) => databases(`databases-for-${type}`, 'unknown')),
  {
    service: 'dashdb-for-transactions',
    keyParameters: [DISK, { path: 'backup_encryption_key_crn', protects: 'backups' }],
    registers: 'always',
    source: 'Db2 on Cloud docs, "Key Protect integration" and "Provisioning"',
  },
  {
    service: 'dashdb-for-transactions',
    plans: /performance/i,
    // Its backups are under the disk key, which it passes on.
    keyParameters: [{ ...DISK, delegates: true }],
    registers: 'always',
    source: 'Db2 on Cloud docs, "Key Protect integration": Performance plans',
  },
  {
    service: 'messagehub',
    keyParameters: [{ path: 'kms_key_crn', protects: 'data' }],
    registers: 'always',
    source: 'Event Streams docs, "Managing encryption": the key shows no registration once the instance is gone',
  },
  {
    service: 'secrets-manager',
    keyParameters: [{ path: 'kms_key', protects: 'data' }],
    registers: 'always',
    source:
      'Secrets Manager docs, "Creating a service instance" and "Integrations": the authorization is used to unregister',
  },
  {
    service: 'appid',
    keyParameters: [{ path: 'tek_id', protects: 'data' }],
    registers: 'unknown',
    source: 'terraform-ibm-modules/terraform-ibm-app-id, main.tf; `kms_info` holds the GUID of the instance',
  },
  {
    service: 'lakehouse',
    keyParameters: [{ path: 'kms_instance', protects: 'data' }],
    registers: 'unknown',
    source: "terraform-ibm-modules/terraform-ibm-watsonx-data, main.tf; `kms_key` is the key's id",
  },
];

/**
 * Cloud Databases. A real answer of Key Protect shows one registration a volume, so a deployment is registered more than once.
 * No source tells whether the Gen 2 plans register, nor of types that IBM's list of integrated services leaves out.
 */
function databases(service: string, registers: ServiceRow['registers'] = 'always'): readonly ServiceRow[] {
  return [
    {
      service,
      keyParameters: [
        DISK,
        // What the console wrote before, and what restores write.
        { path: 'key_protect_key', protects: 'data' },
        { path: 'backup_encryption_key_crn', protects: 'backups', delegates: true },
      ],
      toldBy: 'Cloud Databases',
      registers,
      source: 'Cloud Databases docs, "Key Protect integration"; Key Protect docs, "Viewing associations"',
    },
    {
      service,
      plans: /-gen2$/,
      keyParameters: [{ path: 'dataservices/encryption/disk', protects: 'data' }],
      registers: 'unknown',
      source: 'IBM-Cloud/terraform-provider-ibm, resource_ibm_database_gen2.go',
    },
  ];
}

const rowsOf: ReadonlyMap<string, readonly ServiceRow[]> = groupBy(services, ({ service }) => service);

/**
 * The rows of a service that a deployment of this plan may be about.
 *
 * @param plan absent: its plan is not known, and any of them may
 */
export function serviceRows(service: string, plan?: string): readonly ServiceRow[] {
  const rows = rowsOf.get(service) ?? [];
  if (plan === undefined) return rows;
  const own = rows.filter(({ plans }) => plans?.test(plan) === true);
  return own.length > 0 ? own : rows.filter(({ plans }) => plans === undefined);
}

/** Every parameter that carries a key, of all the rows that a deployment may be about. */
export function keyParameters(service: string, plan?: string): readonly KeyParameter[] {
  return serviceRows(service, plan).flatMap(({ keyParameters: own }) => own);
}

/**
 * Who uses a key, of a registration on it: the deployment, where its service puts all of it under one key and may register
 * each of its volumes; otherwise the registrant itself, as a bucket.
 */
export function userOf(registrant: LiveId): LiveId {
  return rowsOf.has(parseCrn(registrant)?.service ?? '') ? instanceCrnOf(registrant) : registrant;
}

/** How `encryption.key` is passed to a service; `undefined`: by the name of its parameter alone. */
export function encryptionOf(service: string): ServiceRow['encryption'] {
  return rowsOf.get(service)?.[0]?.encryption;
}

/** The roles that a service needs on the key in one of its parameters. */
export function rolesOn(parameter: KeyParameter | undefined): readonly string[] {
  return parameter?.delegates ? [KEY_ROLE, DELEGATOR_ROLE] : [KEY_ROLE];
}

/**
 * Whether every deployment of a service that uses a key is registered on it: only then does no registration mean no use.
 *
 * @param plan absent: all its plans are meant, and one of which no source tells is enough to say no
 */
export function alwaysRegisters(service: string, plan?: string): boolean {
  const rows = serviceRows(service, plan);
  return rows.length > 0 && rows.every(({ registers }) => registers === 'always');
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
