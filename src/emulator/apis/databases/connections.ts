import { randomBytes } from 'node:crypto';
import type { Instance } from '../../core/account/instances.ts';
import type { Members } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { addressed, type Deployment, unprocessable } from './deployment.ts';
import { start } from './tasks.ts';
import { typeOfPlan } from './types.ts';
import { userTypeOf } from './users.ts';

/** How one kind of client reaches a type of database. */
interface Uri {
  /** Its member of the answer. */
  readonly member: string;
  readonly scheme: string;
  readonly port: number;
  readonly path?: string;
  /** What it is called, or which of them it is, where the URI leads to one database. */
  readonly database?: string | number;
}

const relational = { port: 31_000, path: '/ibmclouddb', database: 'ibmclouddb' };
const postgres: Uri = { member: 'postgres', scheme: 'postgres', ...relational };
const mongodb: Uri = { member: 'mongodb', scheme: 'mongodb', ...relational };
const https: Uri = { member: 'https', scheme: 'https', port: 31_000 };

/** By type of database. Source: cloud-databases-go-sdk, model Connection (members); schemes, ports, databases are judged. */
const uris: Readonly<Record<string, readonly Uri[]>> = {
  postgresql: [postgres],
  enterprisedb: [postgres],
  mysql: [{ member: 'mysql', scheme: 'mysql', ...relational }],
  mongodb: [mongodb],
  mongodbee: [mongodb],
  redis: [{ member: 'rediss', scheme: 'rediss', port: 31_000, path: '/0', database: 0 }],
  elasticsearch: [https],
  elasticsearchpl: [https],
  etcd: [{ ...https, member: 'grpc' }],
  rabbitmq: [
    { member: 'amqps', scheme: 'amqps', port: 31_000 },
    { ...https, port: 31_001 },
    { member: 'mqtts', scheme: 'mqtts', port: 31_002 },
    { member: 'stomp_ssl', scheme: 'stomp', port: 31_003 },
  ],
};

/** Stands for the password, which nobody kept. Source: cloud-databases-go-sdk ("substituted"); its spelling is judged. */
const unknownPassword = '$PASSWORD';

/** `GET /deployments/{id}/users/{user_type}/{user_id}/connections/{endpoint_type}`. */
export function getConnection(world: World, call: Call): Reply {
  return { status: 200, body: { connection: connection(world, call, unknownPassword) } };
}

/** `POST …`: the same, with the password that the caller gives; it is kept nowhere. */
export function completeConnection(world: World, call: Call): Reply {
  const given: unknown = Reflect.get(Object(call.body), 'password');
  const password = typeof given === 'string' ? given : unknownPassword;
  return { status: 200, body: { connection: connection(world, call, password) } };
}

/**
 * There is no database to connect to: the host's name can never be resolved, and the certificate is empty (judged). A user
 * that nobody made is filled in all the same.
 * @throws ApiError 422 for an endpoint that the deployment does not have (judged)
 * Source of the second: cloud-databases-go-sdk, integration tests (GetConnection); terraform-provider-ibm, acceptance test
 * of ibm_database_connection.
 */
function connection(world: World, call: Call, password: string): Members {
  const deployment = addressed(world, call, 'Viewer');
  userTypeOf(deployment, call);
  requireEndpoint(deployment, call.params['endpoint_type'] ?? '');
  return connectionOf(deployment, call.params['username'] ?? '', password);
}

function connectionOf(
  { type, instance }: Pick<Deployment, 'type' | 'instance'>,
  name: string,
  password: string,
): Members {
  const hostname = `${instance.guid}.databases.invalid`;
  const certificate = { name: instance.guid, certificate_base64: '' };
  const authentication = { method: 'direct', username: name, password };
  const members = (uris[type.type] ?? []).map(({ member, scheme, port, path = '', database }) => {
    const composed = `${scheme}://${encodeURIComponent(name)}:${password}@${hostname}:${port}${path}`;
    const where = { scheme, hosts: [{ hostname, port }], path, query_options: {}, database };
    const how = { authentication, certificate, ssl: true, browser_accessible: false };
    return [member, { type: 'uri', composed: [composed], ...where, ...how }] as const;
  });
  const composed = members[0]?.[1].composed ?? [];
  const cli = { type: 'cli', composed, environment: {}, bin: '', arguments: [], certificate };
  return { ...Object.fromEntries(members), cli };
}

function requireEndpoint({ instance }: Deployment, endpoint: string): void {
  const { parameters } = instance;
  const said = String(parameters['service-endpoints'] || parameters['service_endpoints'] || 'public');
  if (!said.split('-and-').includes(endpoint)) {
    throw unprocessable('endpoint_type', `must be an endpoint of the deployment: ${said}`);
  }
}

/**
 * What service credentials of a database say beside what all say: how a user of their own connects, and where its API is.
 * Whether that user is there is not looked at, as for any other.
 * @param origin the address of the emulator
 * @returns undefined for what is no classic Cloud Database
 * Source: IBM Cloud docs, Databases for PostgreSQL ("ICD for PostgreSQL credentials"), and credentials of Databases for etcd
 * that were published; which endpoint they are for is judged, since all lead to the same host here.
 */
export function databaseCredentials(origin: string, instance: Instance, keyGuid: string): Members | undefined {
  const type = typeOfPlan(instance.planId);
  if (type === undefined) return undefined;
  const user = `ibm_cloud_${keyGuid.replaceAll('-', '_')}`;
  return {
    connection: connectionOf({ type, instance }, user, randomBytes(32).toString('hex')),
    instance_administration_api: { deployment_id: instance.crn, instance_id: instance.crn, root: `${origin}/v5/ibm` },
  };
}

/** `DELETE /deployments/{id}/management/database_connections`: there are none to close, which takes a task. */
export function closeConnections(world: World, call: Call): Reply {
  return start(world, addressed(world, call), 'instance', 'Closing database connections', {});
}
