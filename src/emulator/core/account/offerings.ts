import { wordsOf } from '../json.ts';
/** A plan of a service, and where it is offered. */
export interface Plan {
  /** What Resource Controller calls `resource_plan_id`: a UUID for some services, readable for others. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly free: boolean;
  /** Catalog locations with a deployment of the plan. */
  readonly locations: readonly string[];
}

/** A service that can be provisioned. */
export interface Offering {
  /** What Resource Controller calls `resource_id`. */
  readonly id: string;
  readonly name: string;
  /** Object Storage is `iaas`, for history's sake. */
  readonly kind: 'service' | 'iaas';
  readonly displayName: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly plans: readonly Plan[];
}

const keyProtectLocations = wordsOf(
  'us-south us-east eu-gb eu-de eu-es au-syd jp-tok jp-osa ca-tor ca-mon br-sao in-mum',
);
const databaseLocations = wordsOf('us-south us-east eu-de eu-gb eu-es par01 jp-tok jp-osa au-syd ca-tor br-sao che01');
const multizoneLocations = wordsOf('us-south us-east eu-de eu-gb eu-es jp-tok jp-osa au-syd ca-tor br-sao');
const virtualizationLocations = wordsOf('us-south eu-de eu-gb jp-tok');

/**
 * The emulator's own catalog. Ids are IBM's where they could be found; UNSURE ones say so.
 * Source: platform reference, "Known ids"; deployments reference, "Binding table", "What was found" (Data
 * Virtualization), "Cloud Databases API v5" (locations). The ids of Event Streams and Secrets Manager were seen in
 * public code that names them.
 */
export const offerings: readonly Offering[] = [
  {
    ...service('ee41347f-b18e-4ca6-bf80-b5467c63f9a6', 'kms', 'Key Protect', 'security'),
    description: 'Encryption keys, kept in hardware security modules.',
    plans: [
      plan('eedd3585-90c6-4c8f-be3d-062069e99fc3', 'tiered-pricing', 'Tiered Pricing', keyProtectLocations),
      // Source: IBM/redstone (the id); Key Protect docs, "Understanding high availability" (regions).
      plan('4e853ad3-5820-49c7-8d07-a179fb15b9ee', 'cross-region-resiliency', 'Cross-region resiliency', [
        'us-south',
        'jp-tok',
        'eu-de',
      ]),
      // UNSURE: its id, which is made up. Source: Key Protect docs, "Regions and endpoints" (regions).
      plan('kms-dedicated', 'dedicated', 'Dedicated', wordsOf('us-south us-east eu-de eu-es')),
    ],
  },
  {
    // UNSURE: the service's and plans' ids; the plans' names are taken for their ids.
    ...service('data-virtualization', 'data-virtualization', 'Data Virtualization', 'data_management'),
    description: 'One view of data in many sources.',
    plans: [
      plan('data-virtualization-enterprise', 'data-virtualization-enterprise', 'Enterprise', virtualizationLocations),
      { ...plan('data-virtualization-lite', 'data-virtualization-lite', 'Lite', virtualizationLocations), free: true },
    ],
  },
  {
    ...service('dff97f5c-bc5e-4455-b470-411c3edbe49c', 'cloud-object-storage', 'Object Storage', 'storage'),
    kind: 'iaas',
    description: 'Unstructured data in buckets.',
    plans: [
      { ...plan('2fdf0c08-2d32-4f46-84b5-32e0c92fffd8', 'lite', 'Lite', ['global']), free: true },
      plan('744bfc56-d12c-4866-88d5-dac9139e0e5d', 'standard', 'Standard', ['global']),
      plan('1e4e33e4-cfa6-4f12-9016-be594a6d5f87', 'cos-one-rate-plan', 'One Rate', ['global']),
    ],
  },
  database('databases-for-postgresql', 'Databases for PostgreSQL', ['standard']),
  database('databases-for-mongodb', 'Databases for MongoDB', ['standard', 'enterprise']),
  database('databases-for-redis', 'Databases for Redis', ['standard']),
  database('databases-for-elasticsearch', 'Databases for Elasticsearch', ['enterprise', 'platinum']),
  database('databases-for-mysql', 'Databases for MySQL', ['standard']),
  database('databases-for-etcd', 'Databases for etcd', ['standard']),
  database('databases-for-enterprisedb', 'Databases for EnterpriseDB', ['standard']),
  database('messages-for-rabbitmq', 'Messages for RabbitMQ', ['standard']),
  {
    // UNSURE: the service's and plans' ids; their names are taken for them. Source: deployments reference, "Binding table".
    ...service('dashdb-for-transactions', 'dashdb-for-transactions', 'Db2', 'database'),
    description: 'Db2, managed.',
    plans: ['dashDBStandard', 'dashDBNebula', 'Performance'].map((name) => plan(name, name, name, multizoneLocations)),
  },
  {
    ...service('6a7f4e38-f218-48ef-9dd2-df408747568e', 'messagehub', 'Event Streams', 'integration'),
    description: 'Apache Kafka as a service.',
    plans: [
      // UNSURE: the standard plan's id; made by the pattern of the enterprise plan's.
      plan('ibm.message.hub.standard', 'standard', 'Standard', multizoneLocations),
      plan('ibm.message.hub.enterprise.3nodes.2tb', 'enterprise-3nodes-2tb', 'Enterprise', multizoneLocations),
    ],
  },
  {
    ...service('ebc0cdb0-af2a-11ea-98c7-29e5db822649', 'secrets-manager', 'Secrets Manager', 'security'),
    description: 'Passwords, certificates and other secrets.',
    plans: [
      { ...plan('869c191a-3c2a-4faf-98be-18d48f95ba1f', 'trial', 'Trial', multizoneLocations), free: true },
      plan('7713c3a8-3be8-4a9a-81bb-ee822fcaac3d', 'standard', 'Standard', multizoneLocations),
    ],
  },
];

/** The catalog's CRN of a plan in a location: what goes into a create's `target` and comes back as `target_crn`. */
export function deploymentCrn(planId: string, location: string): string {
  return `crn:v1:bluemix:public:globalcatalog::::deployment:${encodeURIComponent(`${planId}:${location}`)}`;
}

function plan(id: string, name: string, displayName: string, locations: readonly string[]): Plan {
  return { id, name, displayName, free: false, locations };
}

function service(id: string, name: string, displayName: string, tag: string): Omit<Offering, 'description' | 'plans'> {
  return { id, name, kind: 'service', displayName, tags: [tag, 'ibm_created'] };
}

/** Source: deployments reference, "Plans and ids": service id is the name, a plan's id is `<service>-<plan>`. */
function database(name: string, displayName: string, words: readonly string[]): Offering {
  const plans = words.map((word) => plan(`${name}-${word}`, word, word, databaseLocations));
  return { ...service(name, name, displayName, 'database'), description: `${displayName}, managed.`, plans };
}
