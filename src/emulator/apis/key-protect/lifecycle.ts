import { isObject } from '../../core/json.ts';
import type { Json, Reply, World } from '../../core/world.ts';
import { after, dateOf, secondMs } from './dates.ts';
import { type Desk, openKey, recordAction } from './desk.ts';
import { assertAuthorized } from './dual-authorization.ts';
import { badBody, badField, envelope, readOptionalBody, readResources, wantsRepresentation } from './envelope.ts';
import { materialMembers, readMaterial } from './material.ts';
import { notifyServices } from './notify.ts';
import { assertTokenUsed } from './prescriptions.ts';
import { purgeLater } from './purge.ts';
import { readFlag } from './query.ts';
import { wrongState } from './read.ts';
import { scheduleRotation } from './scheduled-rotation.ts';
import { type Key, type KeyEvent, keys, materials, registrationsOn } from './state.ts';
import { restorableUntil, viewKey } from './view.ts';

/** The kind of the timer that deactivates keys. */
export const expirationTimer = 'key-protect/expire';

/** Enable and restore must wait so long after the last change of state. */
const settleMs = 30 * secondMs;

/** `actions/disable`: from active to suspended. */
export function disableKey(desk: Desk, key: Key): Reply {
  readOptionalBody(desk, []);
  if (key.state !== 1) throw wrongState(desk, 'active');
  moveTo(desk, key, 2, 'disable');
  return { status: 204 };
}

/** `actions/enable`: from suspended to active. */
export function enableKey(desk: Desk, key: Key): Reply {
  readOptionalBody(desk, []);
  if (key.state !== 2) throw wrongState(desk, 'suspended');
  assertSettled(desk, key);
  scheduleRotation(desk.world, moveTo(desk, key, 1, 'enable'));
  return { status: 204 };
}

/** `DELETE /keys/{id}`. The order of the checks is judged. Source: Key Protect reference, "Delete". */
export function deleteKey(desk: Desk): Reply {
  const { world, call } = desk;
  const key = openKey(desk, 'kms.secrets.delete');
  if (key.state === 5) throw destroyed(desk);
  assertAuthorized(desk, key);
  assertUnused(desk, key, readFlag(desk, 'force') === true);
  const deletionDate = dateOf(world.now());
  const deletedBy = call.identity.iamId;
  const gone = moveTo(desk, key, 5, 'delete', { deletionDate, deletedBy, setForDeletion: undefined });
  purgeLater(world, key.id, deletionDate);
  return wantsRepresentation(desk) ? envelope(200, 'key', [viewKey(gone, world.now())]) : { status: 204 };
}

/** `force` lifts the protection of a registered resource, and never that of one with retention. */
function assertUnused(desk: Desk, key: Key, force: boolean): void {
  const uses = registrationsOn(desk.world.store, key.id);
  const target = { type: 'query_param', name: 'force' } as const;
  if (uses.some((use) => use.preventKeyDeletion)) {
    const message = 'The key cannot be deleted because it protects a resource with a retention policy';
    throw desk.refuse({ status: 409, code: 'PREV_KEY_DEL_ERR', message });
  }
  if (uses.length > 0 && !force) {
    const message = 'The key protects at least one cloud resource: remove it, or delete the key by force';
    throw desk.refuse({ status: 409, code: 'PROTECTED_RESOURCE_ERR', message, target });
  }
}

/** `POST /keys/{id}/restore`: 201. Registrations stayed where they were. UNSURE in the reference: a suspended key too comes back active. */
export function restoreKey(desk: Desk): Reply {
  const { world } = desk;
  const key = openKey(desk, 'kms.secrets.restore');
  if (key.state !== 5 || key.deletionDate === undefined) throw wrongState(desk, 'destroyed');
  assertSettled(desk, key);
  const now = world.now();
  if (key.expirationDate !== undefined && now >= new Date(key.expirationDate)) {
    throw desk.refuse({ status: 400, code: 'KEY_EXPIRED_ERR', message: 'The expiration date of the key has passed' });
  }
  if (now > restorableUntil(key, key.deletionDate)) {
    const message = 'The key was deleted more than 30 days ago and cannot be restored';
    throw desk.refuse({ status: 400, code: 'KEY_RESTORE_EXPIRED', message });
  }
  assertSameMaterial(desk, key);
  const back = moveTo(desk, key, 1, 'restore', { deletionDate: undefined, deletedBy: undefined });
  scheduleRotation(world, back);
  return envelope(201, 'key', [viewKey(back, now)]);
}

/**
 * An older flow sends the material of an imported key once more: it must be what the key has.
 * Source: Key Protect reference, "Restore"; the code for another one is judged there.
 */
function assertSameMaterial(desk: Desk, key: Key): void {
  const { body } = desk.call;
  if (body === undefined || body === null || (isObject(body) && Object.keys(body).length === 0)) return;
  const [given, ...more] = readResources(desk, materialMembers);
  if (given === undefined || more.length > 0) throw badBody(desk, 'exactly one resource is expected');
  const material = readMaterial(desk, given, !key.extractable);
  assertTokenUsed(desk, material);
  const own = materials(desk.world.store).get(key.versions[0].id)?.base64;
  if (material === undefined || material.bytes.toString('base64') === own) return;
  throw badField(desk, 'payload', 'the material that the key had when it was deleted');
}

function moveTo(desk: Desk, key: Key, state: Key['state'], event: KeyEvent, more: Partial<Key> = {}): Key {
  const now = desk.world.now();
  const moved = { ...key, ...more, state, stateChangedAt: now.toISOString(), lastUpdateDate: dateOf(now) };
  const next = notifyServices(desk.world, moved, event);
  keys(desk.world.store).put(key.id, next);
  recordAction(desk, `kms.secrets.${event}`, key.crn, { keyId: key.id, keyState: state });
  return next;
}

function assertSettled(desk: Desk, key: Key): void {
  if (desk.world.now() >= after(key.stateChangedAt, settleMs)) return;
  const message = 'The key was updated recently: Please wait and try again';
  throw desk.refuse({ status: 409, code: 'REQ_TOO_EARLY_ERR', message });
}

/** 410 `KEY_DELETED_ERR`. UNSURE in the reference: that actions answer so too, and not 409. */
export function destroyed(desk: Desk): Error {
  return desk.refuse({ status: 410, code: 'KEY_DELETED_ERR', message: 'Key has already been deleted' });
}

/** Sets the timer of a key that expires. The job that deactivates it runs `expirationLagMs` after its expiration. */
export function expireLater(world: World, key: Key): void {
  if (key.expirationDate === undefined) return;
  const at = after(key.expirationDate, world.settings.expirationLagMs);
  world.schedule(at, { kind: expirationTimer, payload: { keyId: key.id } });
}

/** Timer: a key whose expiration has passed is deactivated. */
export function expireKey(world: World, payload: Json): void {
  const key = isObject(payload) ? keys(world.store).get(String(payload['keyId'])) : undefined;
  if (key === undefined || key.state === 5) return;
  const at = world.now().toISOString();
  keys(world.store).put(key.id, { ...key, state: 3, stateChangedAt: at, lastUpdateDate: dateOf(world.now()) });
  world.record({
    action: 'kms.secrets.expire',
    at,
    target: key.crn,
    initiator: 'kms',
    outcome: 'success',
    severity: 'warning',
    data: { keyId: key.id, instanceID: key.instanceGuid, keyState: 3 },
  });
}
