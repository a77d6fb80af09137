import { type Access, findIdentity } from '../../core/account/identities.ts';
import { findInstance, type Instance } from '../../core/account/instances.ts';
import { kmsActions } from '../../core/account/roles.ts';
import { wordsOf } from '../../core/json.ts';
import type { ApiError, Call, Operation, Reply, World } from '../../core/world.ts';
import { dialect, type Refuse, refuserOf } from './errors.ts';
import { aliases, type Key, keys, rings } from './state.ts';

/** One call to a live Key Protect instance, and how it says no. */
export interface Desk {
  readonly world: World;
  readonly call: Call;
  readonly instance: Instance;
  /** What the caller may do in the instance. */
  readonly access: AccessHere;
  /** Words a refusal; the caller throws it. */
  readonly refuse: Refuse;
}

/** A row of the table of operations. `failed` opens every error of it: "Key could not be created". */
export function operation(name: string, request: string, failed: string, handle: (desk: Desk) => Reply): Operation {
  const [method = '', path = ''] = request.split(' ');
  return {
    name,
    method,
    path: `/api/v2${path}`,
    auth: 'bearer',
    dialect,
    handle: (world, call) => {
      const no = refuserOf(failed);
      const instance = openInstance(world, call, no);
      const access = accessIn(world, call.identity.iamId, instance);
      const desk: Desk = { world, call, instance, access, refuse: no };
      if (access !== 'all' && access.length === 0) throw unauthorized(desk);
      return handle(desk);
    },
  };
}

/** UNSURE in the reference: both codes are judged there ("Reason codes"). */
function openInstance(world: World, call: Call, no: Refuse): Instance {
  const guid = call.header('bluemix-instance') ?? '';
  if (guid === '') {
    const target = { type: 'header', name: 'bluemix-instance' } as const;
    throw no(400, 'INVALID_FIELD_ERR', 'The header "Bluemix-Instance" is required', target);
  }
  const instance = guid.startsWith('crn:') ? undefined : findInstance(world, guid);
  const isOpen = instance?.serviceName === 'kms' && instance.state === 'active';
  if (!isOpen || instance.accountId !== call.identity.accountId) {
    throw no(404, 'INSTANCE_NOT_FOUND_ERR', `Instance ${guid} does not exist`);
  }
  return instance;
}

/**
 * Refuses a caller who may not do that there. Without a place the whole instance is meant.
 * @throws ApiError 401 `UNAUTHORIZED_ERR`: Key Protect does not answer 403. Source: Key Protect reference, "Reason codes".
 */
export function assertAllowed(desk: Desk, permission: Permission, place: Place = {}): void {
  if (!allows(desk.access, permission, place)) throw unauthorized(desk);
}

/** Whether the caller may do that with that key: what lists leave out silently. */
export function mayOn({ access }: Desk, permission: Permission): (key: Key) => boolean {
  return (key) => allows(access, permission, { ring: key.keyRingId, key: key.id });
}

function unauthorized(desk: Desk): ApiError {
  return desk.refuse(401, 'UNAUTHORIZED_ERR', 'The user does not have access to the specified resource');
}

/**
 * The key that `{id}` names, for a caller who may do that with it: by UUID, else by alias. A ring in the header must be
 * the key's own.
 * @throws ApiError 404 `KEY_NOT_FOUND_ERR`, or what the settings say of an alias that no key has, before anything is said
 * of access (judged); 401 `UNAUTHORIZED_ERR`
 */
export function openKey(desk: Desk, permission: Permission): Key {
  const { world, call, instance } = desk;
  const id = call.params['id'] ?? '';
  const keyId = keys(world.store).get(id)?.id ?? aliases(world.store).get(`${instance.guid}/${id}`)?.keyId;
  const key = keyId === undefined ? undefined : keys(world.store).get(keyId);
  const ring = call.header('x-kms-key-ring');
  const isHere = key?.instanceGuid === instance.guid && (ring === undefined || ring === '' || key.keyRingId === ring);
  if (key === undefined || !isHere) {
    const isAlias = keyId === undefined && !isUuid(id);
    throw desk.refuse(404, isAlias ? world.settings.absentAliasCode : 'KEY_NOT_FOUND_ERR', 'key does not exist');
  }
  if (!mayOn(desk, permission)(key)) throw unauthorized(desk);
  return key;
}

function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}

/** Every key of the instance, in whatever state. */
export function keysOf({ world, instance }: Desk): readonly Key[] {
  return keys(world.store).by('instance', instance.guid);
}

/** @throws ApiError 404 `KEY_RING_NOT_FOUND_ERR` when the instance has no such ring */
export function assertRing(desk: Desk, ring: string): void {
  if (ring === 'default' || rings(desk.world.store).get(`${desk.instance.guid}/${ring}`) !== undefined) return;
  throw desk.refuse(404, 'KEY_RING_NOT_FOUND_ERR', `Key ring ${ring} does not exist`);
}

/** Writes one entry of the activity log. Source: Key Protect reference, "Activity tracking event names" (severities). */
export function recordAction(
  { world, call, instance }: Desk,
  action: string,
  target: string,
  data: Readonly<Record<string, string | number | boolean>> = {},
): void {
  const critical = ['kms.secrets.delete'];
  const warning = wordsOf(`
    rotate restore enable disable expire write setkeyfordeletion unsetkeyfordeletion
  `);
  const verb = action.split('.').at(-1) ?? '';
  world.record({
    action,
    target,
    initiator: call.identity.iamId,
    severity: critical.includes(action) ? 'critical' : warning.includes(verb) ? 'warning' : 'normal',
    data: { requestURI: call.path, instanceID: instance.guid, ...data },
  });
}

/** An action that IAM grants. */
export type Permission = keyof typeof kmsActions;

/** What is asked for: a key in its ring, a ring, or the whole instance. */
export interface Place {
  readonly ring?: string;
  readonly key?: string;
}

/** What an identity may do in an instance; `all` contains also what no role does. */
export type AccessHere = readonly Access[] | 'all';

/** What an identity was given, and what access policies add to it. */
function accessIn(world: World, iamId: string, instance: Instance): AccessHere {
  const access = findIdentity(world.store, iamId)?.access ?? [];
  if (access === 'all') return access;
  const given = access.filter(
    (one) => one.instance === undefined || [instance.guid, instance.name].includes(one.instance),
  );
  return [...given, ...world.ports.accessFromPolicies(world, iamId, instance)];
}

/**
 * Whether that allows something in a place. An access that is narrowed to a ring or a key says nothing of what is wider.
 * Source: Key Protect reference, "IAM" (the attributes of a policy).
 */
function allows(access: AccessHere, permission: Permission, place: Place): boolean {
  if (access === 'all') return true;
  const granting: readonly string[] = kmsActions[permission];
  return access.some(
    ({ ring, key, roles, actions }) =>
      (ring === undefined || ring === place.ring) &&
      (key === undefined || key === place.key) &&
      (roles.some((role) => granting.includes(role)) || actions?.includes(permission) === true),
  );
}
