import type { Members } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { addressed, type Deployment, notFound, objectIn, type User, unprocessable } from './state.ts';
import { start } from './tasks.ts';

/** Source: deployments reference, "Objects" (User rules); there the provider's, here the service's (judged). */
const word = /^[A-Za-z0-9_-]+$/;

/** `POST /deployments/{id}/users/{user_type}`. @throws ApiError 422 also for a name that is taken (judged) */
export function createUser(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const type = userTypeOf(deployment, call);
  const given = objectIn(call, 'user') ?? {};
  const name = given['username'];
  if (typeof name !== 'string' || name.length < 4 || name.length > 32) {
    throw unprocessable('username', 'must have 4 to 32 characters');
  }
  if (find(deployment, type, name) !== undefined) throw unprocessable('username', 'has already been taken');
  requirePassword(given['password'], type, 32);
  const user: User = { type, name, role: roleIn(given) };
  return start(world, deployment, 'user', `Creating user ${name}`, { users: [...deployment.database.users, user] });
}

/**
 * `PATCH /deployments/{id}/users/{user_type}/{username}`: a new password, a new role; by an Administrator. The role alone is
 * enough where users have roles of Redis.
 * @throws ApiError 404, 422
 * Source: cloud-databases-go-sdk, models UserUpdatePasswordSetting and UserUpdateRedisRoleSetting, and its integration tests.
 */
export function updateUser(world: World, call: Call): Reply {
  const deployment = addressed(world, call, 'Administrator');
  const user = addressedUser(deployment, call);
  const isAdmin = deployment.type.admins[user.type] === user.name;
  if (user.type === 'ops_manager' && !isAdmin) throw unprocessable('user', 'an ops_manager user cannot be changed');
  const given = objectIn(call, 'user') ?? {};
  const role = roleIn(given);
  const isRoleAlone = deployment.type.type === 'redis' && role !== '' && given['password'] === undefined;
  if (!isRoleAlone) requirePassword(given['password'], user.type, isAdmin ? 72 : 32);
  const changed: User = { ...user, role: role || user.role };
  const users = deployment.database.users.map((other) => (other === user ? changed : other));
  return start(world, deployment, 'password', `Changing user ${user.name}`, { users });
}

/** `DELETE …`. @throws ApiError 404; 422 for an admin, or another user that comes with the type (judged) */
export function deleteUser(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const user = addressedUser(deployment, call);
  const { admins, builtIn } = deployment.type;
  if (admins[user.type] === user.name || builtIn.includes(user.name)) {
    throw unprocessable('username', 'a user that comes with the deployment cannot be deleted');
  }
  const users = deployment.database.users.filter((other) => other !== user);
  return start(world, deployment, 'user', `Deleting user ${user.name}`, { users });
}

/** The user in the path. @throws ApiError 404 */
function addressedUser(deployment: Deployment, call: Call): User {
  const user = find(deployment, userTypeOf(deployment, call), call.params['username'] ?? '');
  if (user === undefined) throw notFound();
  return user;
}

function find({ database }: Deployment, type: string, name: string): User | undefined {
  return database.users.find((user) => user.type === type && user.name === name);
}

function userTypeOf({ type }: Deployment, call: Call): string {
  const userType = call.params['user_type'] ?? '';
  const known = ['database', 'read_only_replica', ...Object.keys(type.admins)];
  if (!known.includes(userType)) throw notFound();
  return userType;
}

function roleIn(given: Members): string {
  const role = given['role'];
  return typeof role === 'string' ? role : '';
}

function requirePassword(password: unknown, type: string, most: number): void {
  if (typeof password !== 'string' || password.length < 15 || password.length > most) {
    throw unprocessable('password', `must have 15 to ${most} characters`);
  }
  if (![/[a-z]/, /[A-Z]/, /[0-9]/].every((needed) => needed.test(password))) {
    throw unprocessable('password', 'must have a lower case letter, an upper case letter and a digit');
  }
  const isPlain = word.test(password);
  if (type === 'ops_manager' && isPlain) throw unprocessable('password', 'must have a special character');
  if (type === 'database' && (!isPlain || /^[_-]/.test(password))) {
    throw unprocessable('password', 'must have letters, digits, _ and - only, and start with a letter or digit');
  }
}

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

/** `DELETE /deployments/{id}/management/database_connections`: there are none to close, which takes a task. */
export function closeConnections(world: World, call: Call): Reply {
  return start(world, addressed(world, call), 'instance', 'Closing database connections', {});
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
  const { username: name = '' } = call.params;
  requireEndpoint(deployment, call.params['endpoint_type'] ?? '');
  const { type, instance } = deployment;
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
