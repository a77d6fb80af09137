import type { PlatformRole } from '../../core/account/identities.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { groupRoles, type Role, rolesOn } from '../../core/account/roles.ts';
import { inSnakeCase, isObject, type Members } from '../../core/json.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { badRequest, forbidden, malformed, roleConflict, roleNotFound } from './errors.ts';
import { policies } from './state.ts';
import { nextEtag } from './write.ts';

/**
 * `GET /v2/roles`: all three arrays are always there; an empty `source_service_name=` counts as absent, and no pair is
 * refused. Custom roles are those of the account and of the service, where they are named, and of nobody who may not see
 * them.
 */
export function listRoles(world: World, call: Call): Reply {
  const { query } = call;
  const policyType = query.get('policy_type') ?? '';
  if (!['', 'access', 'authorization'].includes(policyType)) {
    throw malformed(call, `policy_type '${policyType}' is neither 'access' nor 'authorization'.`);
  }
  const service = query.get('service_name') ?? undefined;
  const group = query.get('service_group_id');
  const roles = rolesOn(service);
  const account = query.get('account_id') ?? world.account;
  const seen = mayOnRoles(world, call, 'Viewer') ? customRoles(world.store).all() : [];
  const own = seen.filter(
    (role) => role.accountId === account && (service === undefined || role.serviceName === service),
  );
  return {
    status: 200,
    body: {
      custom_roles: own.map((role) => view(call, role)),
      service_roles: group === null ? roles.service : (groupRoles[group] ?? []),
      system_roles: roles.system,
    },
  };
}

/** Whether a role can be granted on a target: the service's, the system's, the account's, or one of another service. */
export function isRoleOn(world: World, targetService: string | undefined, crn: string): boolean {
  const { service, system } = rolesOn(targetService);
  return (
    [...service, ...system, ...customRoles(world.store).all()].some((role) => role.crn === crn) ||
    // Judged: services that are not emulated have roles of their own, which nothing here can know.
    /^crn:v1:bluemix:public:(?!iam:)[a-z0-9-]+::::serviceRole:\w+$/.test(crn)
  );
}

/** A role that the account made for a service, by its CRN or display name. */
export function customRole(store: Store, service: string, word: string): CustomRole | undefined {
  const own = customRoles(store).all();
  return own.find((role) => role.serviceName === service && (role.crn === word || role.display_name === word));
}

/**
 * `POST /v2/roles` → 201 with `ETag`.
 * @throws ApiError 400 for what is missing or malformed, 403 for another account, 409 for a name or display name that
 * the service has already (statuses of the last two judged).
 * Source: platform reference, "Roles"; members: platform-services-node-sdk.
 */
export function createRole(world: World, call: Call): Reply {
  const body = readObject(call);
  const name = readText(call, body, 'name');
  const accountId = readText(call, body, 'account_id');
  if (!/^[A-Z][A-Za-z0-9]{0,29}$/.test(name)) {
    throw malformed(call, 'name must be alphanumeric, capitalized and of at most 30 characters.');
  }
  if (accountId !== world.account) throw forbidden(call, 'You are not authorized to create roles in this account.');
  requireOnRoles(world, call, 'Administrator');
  const at = world.now().toISOString();
  const by = call.identity.iamId;
  const role: CustomRole = {
    id: world.newId().replaceAll('-', ''),
    name,
    accountId,
    serviceName: readText(call, body, 'service_name'),
    ...readCommon(call, body),
    crn: `crn:v1:bluemix:public:iam-access-management::a/${accountId}::customRole:${name}`,
    etag: nextEtag(world, undefined),
    createdAt: at,
    createdById: by,
    lastModifiedAt: at,
    lastModifiedById: by,
  };
  refuseTwin(world, call, role);
  customRoles(world.store).put(role.id, role);
  return { status: 201, body: view(call, role), headers: { ETag: role.etag } };
}

/** `GET /v2/roles/{role_id}` → 200 with `ETag`. */
export function getRole(world: World, call: Call): Reply {
  const role = addressed(world, call, 'Viewer');
  return { status: 200, body: view(call, role), headers: { ETag: role.etag } };
}

/** `PUT /v2/roles/{role_id}`, with `If-Match`: display name, actions and description. */
export function replaceRole(world: World, call: Call): Reply {
  const standing = addressed(world, call, 'Editor');
  const expected = call.header('If-Match') ?? '';
  if (expected === '') throw badRequest(call, 'missing_required_header', 'The If-Match header is required.');
  if (expected !== standing.etag) throw roleConflict(call, 'The If-Match header does not match the current ETag.');
  const role: CustomRole = {
    ...standing,
    ...readCommon(call, readObject(call)),
    etag: nextEtag(world, standing),
    lastModifiedAt: world.now().toISOString(),
    lastModifiedById: call.identity.iamId,
  };
  refuseTwin(world, call, role);
  customRoles(world.store).put(role.id, role);
  return { status: 200, body: view(call, role), headers: { ETag: role.etag } };
}

/** `DELETE /v2/roles/{role_id}` → 204; 409 while a policy grants it (judged). */
export function deleteRole(world: World, call: Call): Reply {
  const role = addressed(world, call, 'Administrator');
  if (policies(world.store).ids('role', role.crn).length > 0)
    throw roleConflict(call, `The role '${role.id}' is granted by at least one policy.`);
  customRoles(world.store).delete(role.id);
  return { status: 204 };
}

/**
 * Whether the caller has that platform role on the service that keeps custom roles: a Viewer reads them, an Editor changes
 * them, an Administrator makes and deletes them.
 * Source: IBM Cloud docs, "Actions and roles for account management services", Role Management.
 */
function mayOnRoles(world: World, call: Call, role: PlatformRole): boolean {
  const target = { serviceName: 'iam-access-management', isAccountManagement: true } as const;
  return mayOnPlatform(world, call.identity.iamId, role, target);
}

/** @throws ApiError 403 `insufficent_permissions` */
function requireOnRoles(world: World, call: Call, role: PlatformRole): void {
  if (mayOnRoles(world, call, role)) return;
  throw forbidden(call, `The platform role ${role} on iam-access-management is required.`);
}

function addressed(world: World, call: Call, needed: PlatformRole): CustomRole {
  const id = call.params['id'] ?? '';
  const role = customRoles(world.store).get(id);
  if (role === undefined) throw roleNotFound(call, id);
  requireOnRoles(world, call, needed);
  return role;
}

function refuseTwin(world: World, call: Call, role: CustomRole): void {
  const twin = customRoles(world.store)
    .all()
    .find(
      (other) =>
        other.id !== role.id &&
        other.serviceName === role.serviceName &&
        (other.name === role.name || other.display_name === role.display_name),
    );
  if (twin !== undefined) throw roleConflict(call, `A role '${twin.display_name}' exists for ${role.serviceName}.`);
}

function view(call: Call, role: CustomRole): Members {
  const { display_name, description, actions, crn } = role;
  const shown = inSnakeCase(role, 'id', 'name', 'accountId', 'serviceName', 'createdAt', 'createdById');
  const changed = inSnakeCase(role, 'lastModifiedAt', 'lastModifiedById');
  const href = `${call.origin}/v2/roles/${role.id}`;
  return { ...shown, ...changed, display_name, description, actions, crn, href };
}

/** What a replace may change as well. */
function readCommon(call: Call, body: Members): Pick<CustomRole, 'display_name' | 'description' | 'actions'> {
  const { actions, description = '' } = body;
  if (!Array.isArray(actions) || actions.length === 0 || !actions.every((action) => typeof action === 'string')) {
    throw malformed(call, 'actions must be a list of names of actions.');
  }
  if (typeof description !== 'string') throw malformed(call, 'description must be a string.');
  return { display_name: readText(call, body, 'display_name'), description, actions };
}

function readText(call: Call, body: Members, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') throw malformed(call, `${key} must be a string.`);
  return value;
}

function readObject(call: Call): Members {
  if (!isObject(call.body)) throw malformed(call, 'The body must be an object.');
  return call.body;
}

/** A role that the account made of a service's actions. */
export interface CustomRole extends Role {
  /** 32 hex digits. */
  readonly id: string;
  /** Last word of its CRN. */
  readonly name: string;
  readonly accountId: string;
  readonly serviceName: string;
  readonly etag: string;
  readonly createdAt: string;
  readonly createdById: string;
  readonly lastModifiedAt: string;
  readonly lastModifiedById: string;
}

/** All custom roles, by id. */
export function customRoles(store: Store): Table<CustomRole> {
  return store.table<CustomRole>('policy/custom-roles');
}
