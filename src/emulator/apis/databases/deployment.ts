import type { PlatformRole } from '../../core/account/identities.ts';
import { findInstance, type Instance } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { isObject, type Members } from '../../core/json.ts';
import { ApiError, type BareCall, type Call, type Dialect, type Reply, type World } from '../../core/world.ts';
import { planned } from './queue.ts';
import { type Database, insideOf } from './state.ts';
import { type DatabaseType, typeOfPlan } from './types.ts';

/** A deployment of a classic plan that a call names. */
export interface Deployment {
  readonly instance: Instance;
  readonly type: DatabaseType;
  /** As it is now, for a call that reads; for one that changes, as it will be when what is queued is done. */
  readonly database: Database;
  /** Disabled because its key is. */
  readonly disabled: boolean;
}

/**
 * The deployment in the path, from the moment when it was asked for to its deletion.
 * @param role what the caller must at least be on it: to read a Viewer, to change an Operator, unless said otherwise
 * @throws ApiError 404; also for one in reclamation (UNSURE in the reference: could be 410). 403 without the role.
 * Source: deployments reference, "Endpoints" (Cloud Databases API v5), its roles.
 */
export function addressed(
  world: World,
  call: Call,
  role: PlatformRole = call.method === 'GET' ? 'Viewer' : 'Operator',
): Deployment {
  const instance = findInstance(world, call.params['id'] ?? '');
  const type = instance && typeOfPlan(instance.planId);
  if (type === undefined || (instance?.state !== 'active' && instance?.state !== 'provisioning')) throw noDeployment();
  requireRole(world, call, role, instance);
  const disabled = world.ports.isLocked(world.store, instance.guid);
  const inside = insideOf(world.store, instance, type);
  const database = call.method === 'GET' ? inside : planned(world.store, inside);
  return { instance, type, database, disabled };
}

/** @throws ApiError 403 */
export function requireRole(world: World, call: Call, role: PlatformRole, instance: Instance): void {
  if (!mayOnPlatform(world, call.identity.iamId, role, instance)) throw forbidden();
}

/** A member of the body that must be an object. */
export function objectIn(call: Call, name: string): Members | undefined {
  const inner = isObject(call.body) ? call.body[name] : undefined;
  return isObject(inner) ? inner : undefined;
}

/** A member that must be a number; providers send numbers as strings too. */
export function numberIn(value: unknown, member: string): number | undefined {
  const found = isObject(value) ? value[member] : undefined;
  return found === undefined || found === null ? undefined : Number(found);
}

/**
 * `errors` is an object or a text, never an array: SDKs show the plain status text.
 * Source: deployments reference, "Errors" (Cloud Databases API v5); bodies other than the 404 are UNSURE.
 */
function refusal(status: number, errors: Members): Reply {
  return { status, body: { errors } };
}

export function noDeployment(): ApiError {
  const hint = 'You may need to URL-encode the deployment id.';
  return new ApiError(refusal(404, { errors: 'not_found', hint }));
}

/**
 * What is looked for in a deployment that is there, or beside one.
 * Source: ManageIQ/manageiq-providers-ibm_cloud, the recorded 404 of a deployment's groups.
 */
export function notFound(): ApiError {
  return new ApiError({ status: 404, body: { errors: 'not_found' } });
}

/** The caller's platform role does not reach that far. */
function forbidden(): ApiError {
  return new ApiError(refusal(403, { errors: 'forbidden' }));
}

/** One field of the body cannot be what it is. */
export function unprocessable(field: string, text: string): ApiError {
  return new ApiError(refusal(422, { [field]: [text] }));
}

/** Another task runs, or the deployment is disabled because of its key (both UNSURE in the reference). */
export function conflict(text: string): ApiError {
  return new ApiError(refusal(409, { errors: text }));
}

/** `If-Match` of an allowlist that was changed meanwhile (UNSURE in the reference). */
export function preconditionFailed(): ApiError {
  return new ApiError(refusal(412, { errors: 'precondition_failed' }));
}

/** How Cloud Databases words what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: () => refusal(401, { errors: 'unauthorized' }),
  badJson: () => refusal(400, { errors: 'bad_request' }),
  notImplemented: (call: BareCall) => refusal(501, { errors: `${call.method} ${call.path} is not emulated.` }),
  unexpected: () => refusal(500, { errors: 'internal_server_error' }),
  injected: (status) => refusal(status, { errors: `A fault rule of the emulator answered ${status}.` }),
};
