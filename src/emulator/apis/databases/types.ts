import { wordsOf } from '../../core/json.ts';
/** A size of one group, for each member: totals are these times the members. Memory and disk in MB. */
export interface Size {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export interface Version {
  readonly version: string;
  readonly status: 'stable' | 'beta' | 'deprecated';
  readonly isPreferred: boolean;
}

/** One kind of database, as the Cloud Databases API knows it. */
export interface DatabaseType {
  readonly type: string;
  /** Plan ids of Resource Controller that make it. */
  readonly plans: readonly string[];
  readonly members: { readonly least: number; readonly most: number };
  readonly memory: Size;
  readonly disk: Size;
  readonly cpu: Size;
  readonly versions: readonly Version[];
  /** Names of the settings that PATCH takes; none: not supported. */
  readonly configuration: readonly string[];
  /** Admin names by user type. */
  readonly admins: Readonly<Record<string, string>>;
  /** Users beside the admins that it has from the start. */
  readonly builtIn: readonly string[];
  /** Only on compute of its own: no `multitenant`. */
  readonly isolated: boolean;
}

/** MB, for each member. Source: deployments reference, "Default and limit data for the emulator". */
const mostMemory = 114_688;
const mostDisk = 4_194_304;
const mostCpu = 28;

const postgresqlSettings = wordsOf(`
  archive_timeout deadlock_timeout effective_io_concurrency log_connections log_disconnections
  log_min_duration_statement max_connections max_locks_per_transaction max_prepared_transactions
  max_replication_slots max_wal_senders shared_buffers synchronous_commit tcp_keepalives_count tcp_keepalives_idle
  tcp_keepalives_interval wal_level
`);

const mysqlSettings = wordsOf(`
  default_authentication_plugin innodb_buffer_pool_size_percentage innodb_flush_log_at_trx_commit
  innodb_log_buffer_size innodb_log_file_size innodb_lru_scan_depth innodb_read_io_threads innodb_write_io_threads
  max_allowed_packet max_connections max_prepared_stmt_count mysql_max_binlog_age_sec net_read_timeout
  net_write_timeout sql_mode wait_timeout
`);

/**
 * Source: deployments reference, "Plans and ids", "Default and limit data for the emulator", "Objects" (configuration
 * fields). Versions are judged; sizes other than those of PostgreSQL and MongoDB are UNSURE there.
 */
export const types: readonly DatabaseType[] = [
  database('postgresql', ['databases-for-postgresql-standard'], {
    members: { least: 2, most: 20 },
    versions: ['15', '16', '17'],
    configuration: postgresqlSettings,
    // Source: IBM Cloud docs, "Configuring Wal2json".
    builtIn: ['repl'],
  }),
  database('mongodb', ['databases-for-mongodb-standard'], {
    members: { least: 3, most: 3 },
    disk: { min: 10_240, step: 1024 },
    cpu: { min: 2 },
    versions: ['7.0', '8.0'],
  }),
  database('mongodbee', ['databases-for-mongodb-enterprise'], {
    members: { least: 3, most: 3 },
    disk: { min: 20_480, step: 1024 },
    versions: ['7.0', '8.0'],
    admins: { database: 'admin', ops_manager: 'admin' },
    isolated: true,
  }),
  database('redis', ['databases-for-redis-standard'], {
    members: { least: 2, most: 2 },
    disk: { min: 1024, step: 1024 },
    versions: ['6.2', '7.2'],
    configuration: ['maxmemory', 'maxmemory-policy', 'appendonly', 'maxmemory-samples', 'stop-writes-on-bgsave-error'],
  }),
  database('elasticsearch', ['databases-for-elasticsearch-enterprise'], {
    members: { least: 3, most: 20 },
    versions: ['8.15', '8.19'],
  }),
  database('elasticsearchpl', ['databases-for-elasticsearch-platinum'], {
    members: { least: 3, most: 20 },
    versions: ['8.15', '8.19'],
    isolated: true,
  }),
  database('mysql', ['databases-for-mysql-standard'], {
    members: { least: 3, most: 3 },
    versions: ['8.0', '8.4'],
    configuration: mysqlSettings,
  }),
  database('etcd', ['databases-for-etcd-standard'], {
    members: { least: 3, most: 3 },
    versions: ['3.4', '3.5'],
    admins: { database: 'root' },
  }),
  database('enterprisedb', ['databases-for-enterprisedb-standard'], {
    members: { least: 3, most: 20 },
    versions: ['14', '15'],
    configuration: postgresqlSettings,
  }),
  database('rabbitmq', ['messages-for-rabbitmq-standard'], {
    members: { least: 3, most: 3 },
    memory: { min: 8192 },
    // Source: terraform-provider-ibm, acceptance tests of messages-for-rabbitmq (3,072 MB over three members).
    disk: { min: 1024, step: 1024 },
    versions: ['3.13', '4.0'],
    configuration: ['delete_undefined_queues'],
  }),
];

export function typeNamed(name: string): DatabaseType | undefined {
  return types.find(({ type }) => type === name);
}

/** The type that a plan makes; `undefined` for what is no classic Cloud Database. */
export function typeOfPlan(planId: string): DatabaseType | undefined {
  return types.find(({ plans }) => plans.includes(planId));
}

/** Compute of its own. Sizes are for each member, memory in MB. Source: deployments reference, "Endpoints" (flavors). */
export const flavors: Readonly<
  Record<string, { readonly cpu: number; readonly memory: number; readonly size: string }>
> = {
  'b3c.4x16.encrypted': { cpu: 4, memory: 16_384, size: 'xs' },
  'b3c.8x32.encrypted': { cpu: 8, memory: 32_768, size: 's' },
  'm3c.8x64.encrypted': { cpu: 8, memory: 65_536, size: 's+' },
  'b3c.16x64.encrypted': { cpu: 16, memory: 65_536, size: 'm' },
  'b3c.32x128.encrypted': { cpu: 32, memory: 131_072, size: 'l' },
  'm3c.30x240.encrypted': { cpu: 30, memory: 245_760, size: 'xl' },
};

export const multitenant = 'multitenant';

function database(
  type: string,
  plans: readonly string[],
  more: {
    readonly members: DatabaseType['members'];
    readonly versions: readonly string[];
    readonly memory?: { readonly min: number };
    readonly disk?: { readonly min: number; readonly step: number };
    readonly cpu?: { readonly min: number };
    readonly configuration?: readonly string[];
    readonly admins?: DatabaseType['admins'];
    readonly builtIn?: readonly string[];
    readonly isolated?: true;
  },
): DatabaseType {
  return {
    type,
    plans,
    members: more.members,
    memory: { min: 4096, ...more.memory, max: mostMemory, step: 128 },
    disk: { min: 5120, step: 512, ...more.disk, max: mostDisk },
    cpu: { min: 3, ...more.cpu, max: mostCpu, step: 1 },
    versions: more.versions.map((version, index) => ({
      version,
      status: 'stable',
      // The newest but one, or the newest where there are two.
      isPreferred: index === Math.max(1, more.versions.length - 2),
    })),
    configuration: more.configuration ?? [],
    admins: more.admins ?? { database: 'admin' },
    builtIn: more.builtIn ?? [],
    isolated: more.isolated ?? false,
  };
}
