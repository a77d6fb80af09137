import type { Members } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { addressed, type Deployment, notFound, objectIn, unprocessable } from './deployment.ts';
import type { User } from './state.ts';
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

/** The kind of user in the path. @throws ApiError 404 */
export function userTypeOf({ type }: Deployment, call: Call): string {
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
