import { added, type Service } from '../core/account/catalog.ts';
import type { Store } from '../core/store.ts';

const day = 24 * 60 * 60 * 1000;

/**
 * Source: deployments reference, "Parameters (classic plans)", backup-key region rule; elsewhere backup keys are not
 * offered.
 */
const backupKeyRegions = { 'us-south': ['us-south'], 'us-east': ['us-south'], 'eu-de': ['eu-de'] };

/**
 * The emulator's own table of what IBM's services do with keys. Reclamation windows: design 9; deployments reference,
 * "Reclamation windows".
 */
export const services: readonly Service[] = [
  { ...plain('kms', 7), provisions: 'sync', judged: 'the seven days' },
  {
    // A bucket's key is set through S3, not when the instance is made. Source: deployments reference, "COS bucket".
    ...plain('cloud-object-storage', 7),
    provisions: 'sync',
    unreclaimable: ['2fdf0c08-2d32-4f46-84b5-32e0c92fffd8'],
    judged: 'nothing of the instance; buckets are played through the control calls',
  },
  {
    // Source: deployments reference, "What was found" (Data Virtualization).
    ...plain('data-virtualization', 3),
    keyParameters: [{ name: 'disk_encryption_key_crn', roles: ['Reader'] }],
    keyPlans: ['data-virtualization-enterprise'],
    judged: 'rotate, disable, enable, restore: as Cloud Databases',
  },
  database('databases-for-postgresql', ['standard']),
  database('databases-for-mongodb', ['standard', 'enterprise']),
  database('databases-for-redis', ['standard']),
  database('databases-for-elasticsearch', ['enterprise', 'platinum']),
  database('databases-for-mysql', ['standard']),
  database('databases-for-etcd', ['standard']),
  database('databases-for-enterprisedb', ['standard']),
  database('messages-for-rabbitmq', ['standard']),
  {
    // Source: deployments reference, "Db2". That Performance needs the delegation for its disk key too is as documented.
    ...plain('dashdb-for-transactions', 7),
    keyParameters: [
      { name: 'disk_encryption_key_crn', roles: ['Reader'], plansWithDelegation: ['Performance'] },
      { name: 'backup_encryption_key_crn', roles: ['Reader'], plans: ['dashDBStandard', 'dashDBNebula'] },
    ],
    keyPlans: ['dashDBStandard', 'dashDBNebula', 'Performance'],
    judged: 'disable, enable, restore; that a destroyed key locks without being asked for',
  },
  {
    // Source: deployments reference, "Event Streams", "Behaviour on key lifecycle" (no way back from a destroyed key).
    ...plain('messagehub', 3),
    keyParameters: [{ name: 'kms_key_crn', roles: ['Reader'] }],
    keyPlans: ['ibm.message.hub.enterprise.3nodes.2tb'],
    destructionIsFinal: true,
    // Source: terraform-provider-ibm issue 5472 (PREV_KEY_DEL_ERR on a key of Event Streams in reclamation).
    holdsKeyUntilReclaimed: true,
    judged: 'how long it stays registered; that it asks daily to unregister',
  },
  {
    // Source: deployments reference, "Secrets Manager / App ID".
    ...plain('secrets-manager', 7),
    keyParameters: [{ name: 'kms_key', roles: ['Reader'] }],
    keyPlans: ['869c191a-3c2a-4faf-98be-18d48f95ba1f', '7713c3a8-3be8-4a9a-81bb-ee822fcaac3d'],
    judged: 'every reaction to its key; how long it stays registered',
  },
];

/** The row of a service of the catalog. Every service in the catalog has one. */
export function serviceNamed(store: Store, name: string): Service {
  const service = services.find((row) => row.name === name) ?? added(store).get(name)?.service;
  if (service === undefined)
    throw new Error(`The catalog offers ${name}, but the table of services has no row for it.`);
  return service;
}

/** Provisions in the background, and takes no key. */
function plain(name: string, days: number): Omit<Service, 'judged'> {
  return { name, provisions: 'async', keyParameters: [], keyPlans: [], reclamationMs: days * day, unreclaimable: [] };
}

/** Source: deployments reference, "Parameters (classic plans)"; `key_protect_key` is the older name of the disk key. */
function database(name: string, plans: readonly string[]): Service {
  return {
    ...plain(name, 3),
    keyParameters: [
      { name: 'disk_encryption_key_crn', roles: ['Reader'] },
      { name: 'key_protect_key', roles: ['Reader'] },
      {
        name: 'backup_encryption_key_crn',
        roles: ['Reader', 'AuthorizationDelegator'],
        delegatesTo: 'cloud-object-storage',
        keyRegions: backupKeyRegions,
      },
    ],
    keyPlans: plans.map((word) => `${name}-${word}`),
    judged: 'disable, enable, restore',
  };
}
