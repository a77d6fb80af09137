import type { Instance } from '../../core/account/instances.ts';
import { findInstance } from '../../core/account/instances.ts';
import type { ApiError, Call, Operation, Reply, World } from '../../core/world.ts';
import { dialect, type Reason, refuse } from './errors.ts';
import { type AccessHere, accessIn, allows, type Permission, type Place } from './permissions.ts';
import { aliases, type Key, keys, rings } from './state.ts';

/** One call to a live Key Protect instance, and how it says no. */
export interface Desk {
  readonly world: World;
  readonly call: Call;
  readonly instance: Instance;
  /** What the caller may do in the instance. */
  readonly access: AccessHere;
  /** Words a refusal; the caller throws it. */
  refuse(reason: Reason): ApiError;
}

/** A row of the table of operations. `failed` opens every error of it: "Key could not be created". */
export function operation(
  name: string,
  [method, path]: readonly [string, string],
  failed: string,
  handle: (desk: Desk) => Reply,
): Operation {
  return {
    name,
    method,
    path: `/api/v2${path}`,
    auth: 'bearer',
    dialect,
    handle: (world, call) => {
      const no = (reason: Reason): ApiError => refuse(failed, reason);
      const instance = openInstance(world, call, no);
      const access = accessIn(world, call.identity.iamId, instance);
      const desk: Desk = { world, call, instance, access, refuse: no };
      if (access !== 'all' && access.length === 0) throw unauthorized(desk);
      return handle(desk);
    },
  };
}

/** UNSURE in the reference: both codes are judged there ("Reason codes"). */
function openInstance(world: World, call: Call, no: (reason: Reason) => ApiError): Instance {
  const guid = call.header('bluemix-instance') ?? '';
  if (guid === '') {
    const target = { type: 'header', name: 'bluemix-instance' } as const;
    throw no({ status: 400, code: 'INVALID_FIELD_ERR', message: 'The header "Bluemix-Instance" is required', target });
  }
  const instance = guid.startsWith('crn:') ? undefined : findInstance(world, guid);
  const isOpen = instance?.serviceName === 'kms' && instance.state === 'active';
  if (!isOpen || instance.accountId !== call.identity.accountId) {
    throw no({ status: 404, code: 'INSTANCE_NOT_FOUND_ERR', message: `Instance ${guid} does not exist` });
  }
  return instance;
}

/**
 * Refuses a caller who may not do that there. Without a place the whole instance is meant.
 *
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
  const message = 'The user does not have access to the specified resource';
  return desk.refuse({ status: 401, code: 'UNAUTHORIZED_ERR', message });
}

/**
 * The key that `{id}` names, for a caller who may do that with it: by UUID, else by alias. A ring in the header must be
 * the key's own.
 *
 * @throws ApiError 404 `KEY_NOT_FOUND_ERR`, before anything is said of access (judged); 401 `UNAUTHORIZED_ERR`
 */
export function openKey(desk: Desk, permission: Permission): Key {
  const { world, call, instance } = desk;
  const id = call.params['id'] ?? '';
  const keyId = keys(world.store).get(id)?.id ?? aliases(world.store).get(`${instance.guid}/${id}`)?.keyId;
  const key = keyId === undefined ? undefined : keys(world.store).get(keyId);
  const ring = call.header('x-kms-key-ring');
  const isHere = key?.instanceGuid === instance.guid && (ring === undefined || ring === '' || key.keyRingId === ring);
  if (key === undefined || !isHere) {
    throw desk.refuse({ status: 404, code: 'KEY_NOT_FOUND_ERR', message: 'key does not exist' });
  }
  if (!mayOn(desk, permission)(key)) throw unauthorized(desk);
  return key;
}

/** Every key of the instance, in whatever state. */
export function keysOf({ world, instance }: Desk): readonly Key[] {
  return keys(world.store).by('instance', instance.guid);
}

/** @throws ApiError 404 `KEY_RING_NOT_FOUND_ERR` when the instance has no such ring */
export function assertRing(desk: Desk, ring: string): void {
  if (ring === 'default' || rings(desk.world.store).get(`${desk.instance.guid}/${ring}`) !== undefined) return;
  throw desk.refuse({ status: 404, code: 'KEY_RING_NOT_FOUND_ERR', message: `Key ring ${ring} does not exist` });
}

/** Writes one entry of the activity log. Source: Key Protect reference, "Activity tracking event names" (severities). */
export function recordAction(
  { world, call, instance }: Desk,
  action: string,
  target: string,
  data: Readonly<Record<string, string | number | boolean>> = {},
): void {
  const critical = ['kms.secrets.delete'];
  const warning = [
    'rotate',
    'restore',
    'enable',
    'disable',
    'expire',
    'write',
    'setkeyfordeletion',
    'unsetkeyfordeletion',
  ];
  const verb = action.split('.').at(-1) ?? '';
  world.record({
    action,
    at: world.now().toISOString(),
    target,
    initiator: call.identity.iamId,
    outcome: 'success',
    severity: critical.includes(action) ? 'critical' : warning.includes(verb) ? 'warning' : 'normal',
    data: { requestURI: call.path, instanceID: instance.guid, ...data },
  });
}
