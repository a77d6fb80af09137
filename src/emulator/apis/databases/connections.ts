import type { Call, Json, Reply, World } from '../../core/world.ts';
import { unprocessable } from './errors.ts';
import { addressed, type Deployment } from './state.ts';
import { start } from './tasks.ts';
import { addressedUser } from './users.ts';

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

/**
 * By type of database. Source: cloud-databases-go-sdk, model Connection (members); schemes, ports and databases are judged.
 */
const uris: Readonly<Record<string, readonly Uri[]>> = {
  postgresql: [{ member: 'postgres', scheme: 'postgres', port: 31_000, path: '/ibmclouddb', database: 'ibmclouddb' }],
  enterprisedb: [{ member: 'postgres', scheme: 'postgres', port: 31_000, path: '/ibmclouddb', database: 'ibmclouddb' }],
  mysql: [{ member: 'mysql', scheme: 'mysql', port: 31_000, path: '/ibmclouddb', database: 'ibmclouddb' }],
  mongodb: [{ member: 'mongodb', scheme: 'mongodb', port: 31_000, path: '/ibmclouddb', database: 'ibmclouddb' }],
  mongodbee: [{ member: 'mongodb', scheme: 'mongodb', port: 31_000, path: '/ibmclouddb', database: 'ibmclouddb' }],
  redis: [{ member: 'rediss', scheme: 'rediss', port: 31_000, path: '/0', database: 0 }],
  elasticsearch: [{ member: 'https', scheme: 'https', port: 31_000 }],
  elasticsearchpl: [{ member: 'https', scheme: 'https', port: 31_000 }],
  etcd: [{ member: 'grpc', scheme: 'https', port: 31_000 }],
  rabbitmq: [
    { member: 'amqps', scheme: 'amqps', port: 31_000 },
    { member: 'https', scheme: 'https', port: 31_001 },
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
  return {
    status: 200,
    body: { connection: connection(world, call, typeof given === 'string' ? given : unknownPassword) },
  };
}

/** `DELETE /deployments/{id}/management/database_connections`: there are none to close, which takes a task. */
export function closeConnections(world: World, call: Call): Reply {
  return start(world, addressed(world, call), 'instance', 'Closing database connections', {});
}

/**
 * There is no database to connect to: the host's name can never be resolved, and the certificate is empty (judged).
 *
 * @throws ApiError 404 for an unknown user; 422 for an endpoint that the deployment does not have (judged)
 */
function connection(world: World, call: Call, password: string): Json {
  const deployment = addressed(world, call, 'Viewer');
  const { name } = addressedUser(deployment, call);
  requireEndpoint(deployment, call.params['endpoint_type'] ?? '');
  const { type, instance } = deployment;
  const hostname = `${instance.guid}.databases.invalid`;
  const certificate = { name: instance.guid, certificate_base64: '' };
  const authentication = { method: 'direct', username: name, password };
  const members = (uris[type.type] ?? []).map(({ member, scheme, port, path = '', database }) => {
    const composed = `${scheme}://${encodeURIComponent(name)}:${password}@${hostname}:${port}${path}`;
    const uri = {
      type: 'uri',
      composed: [composed],
      scheme,
      hosts: [{ hostname, port }],
      path,
      query_options: {},
      authentication,
      certificate,
      ssl: true,
      browser_accessible: false,
      ...(database === undefined ? {} : { database }),
    };
    return [member, uri] as const;
  });
  const [first] = members;
  const cli = {
    type: 'cli',
    composed: first === undefined ? [] : first[1].composed,
    environment: {},
    bin: '',
    arguments: [],
    certificate,
  };
  return { ...Object.fromEntries(members), cli };
}

function requireEndpoint({ instance }: Deployment, endpoint: string): void {
  const { parameters } = instance;
  const said = String(parameters['service-endpoints'] || parameters['service_endpoints'] || 'public');
  if (!said.split('-and-').includes(endpoint)) {
    throw unprocessable('endpoint_type', `must be an endpoint of the deployment: ${said}`);
  }
}
