import type { Instance } from '../../core/account/instances.ts';
import type { Members } from '../../core/json.ts';
import type { Store, Table } from '../../core/store.ts';
import { type DatabaseType, flavors, multitenant, typeOfPlan } from './types.ts';

/** What is set of a group, in totals over its members; sizes in MB. `cpu` 0: as the memory gives. */
export interface Sizes {
  readonly members: number;
  readonly memory: number;
  readonly cpu: number;
  readonly disk: number;
  readonly flavor: string;
}

export interface Address {
  readonly address: string;
  readonly description: string;
}

/** Without its password: nobody asks for it again. */
export interface User {
  readonly type: string;
  readonly name: string;
  readonly role: string;
}

export interface Backup {
  /** A CRN of the deployment. */
  readonly id: string;
  /** Absent in data files of old: `on_demand`. */
  readonly type?: 'on_demand' | 'scheduled';
  readonly at: string;
}

/** The inside of a deployment, which the Cloud Databases API shows and changes. */
export interface Database {
  /** Of the instance. */
  readonly guid: string;
  readonly sizes: Sizes;
  readonly allowlist: readonly Address[];
  readonly users: readonly User[];
  /** What was set; the API shows defaults only. */
  readonly configuration: Members;
  readonly autoscaling: Members;
  readonly backups: readonly Backup[];
  /** What it was upgraded to. */
  readonly version?: string;
  /** It was a read replica, and stands by itself since. */
  readonly promoted?: boolean;
  /** Names of logical replication slots. */
  readonly slots?: readonly string[];
}

/** Databases whose inside was changed since they were made, by their instance's GUID. */
export function databases(store: Store): Table<Database> {
  return store.table('databases/databases');
}

/**
 * As it was made, until something was changed: with the admins of its type, the users that it has built in, and a backup.
 * Source of the last: terraform-ibm-modules, whose example restores from the first backup right after the create.
 */
export function insideOf(store: Store, instance: Instance, type: DatabaseType): Database {
  return (
    databases(store).get(instance.guid) ?? {
      guid: instance.guid,
      sizes: sizesOf(instance.parameters, type),
      allowlist: [],
      users: [
        ...Object.entries(type.admins).map(([kind, name]) => ({ type: kind, name, role: '' })),
        ...type.builtIn.map((name) => ({ type: 'database', name, role: '' })),
      ],
      configuration: {},
      autoscaling: {},
      backups: [{ id: backupId(instance, instance.guid), type: 'scheduled', at: instance.createdAt }],
    }
  );
}

/** How many members a deployment has; undefined for what is no Cloud Database of a classic plan. */
export function membersOf(store: Store, instance: Instance): number | undefined {
  const type = typeOfPlan(instance.planId);
  return type && insideOf(store, instance, type).sizes.members;
}

/**
 * Sizes as the create's parameters give them: totals, as numbers or as strings.
 * Source: deployments reference, "Parameters (classic plans)"; that `members_cpu_allocation_count` is a total is UNSURE.
 */
export function sizesOf(parameters: Members, type: DatabaseType): Sizes {
  const members = type.members.least;
  const wanted = String(parameters['members_host_flavor'] || multitenant);
  const flavor = type.isolated && flavors[wanted] === undefined ? 'b3c.4x16.encrypted' : wanted;
  const fixed = flavors[flavor];
  return {
    members,
    flavor,
    memory: fixed
      ? fixed.memory * members
      : number(parameters['members_memory_allocation_mb'], type.memory.min * members),
    cpu: fixed ? fixed.cpu * members : number(parameters['members_cpu_allocation_count'], 0),
    disk: number(parameters['members_disk_allocation_mb'], type.disk.min * members),
  };
}

/** What is no number was refused when it was created; a data file of old may still hold it. */
function number(value: unknown, otherwise: number): number {
  const found = Number(value);
  return value === '' || value === null || value === undefined || Number.isNaN(found) ? otherwise : found;
}

/** The CRN of a backup of a deployment. */
export function backupId({ crn }: Instance, uuid: string): string {
  return `${crn.slice(0, -1)}backup:${uuid}`;
}
