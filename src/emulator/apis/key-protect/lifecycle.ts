import type { Instance } from '../../core/account/instances.ts';
import { isObject } from '../../core/json.ts';
import type { Json, Refused, Reply, World } from '../../core/world.ts';
import { type Desk, openKey, recordAction } from './desk.ts';
import { assertAuthorized } from './dual-authorization.ts';
import {
  badBody,
  badField,
  envelope,
  readFlag,
  readOptionalBody,
  readResources,
  wantsRepresentation,
} from './envelope.ts';
import { eraseToken, materialMembers, readMaterial } from './import-token.ts';
import { assertTokenUsed, eraseInstancePolicies } from './instance-policies.ts';
import { wrongState } from './read.ts';
import { scheduleRotation } from './rotate.ts';
import type { Key, KeyEvent } from './state.ts';
import {
  after,
  aliases,
  dateOf,
  hourMs,
  isHeld,
  keys,
  leavingKeys,
  materials,
  notifyServices,
  recordByItself,
  registrations,
  registrationsOn,
  rings,
  secondMs,
} from './state.ts';
import { purgeableMs, purgedMs, restorableUntil, viewKey } from './view.ts';

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
  leaveSlowly(world, key.id);
  return wantsRepresentation(desk) ? envelope(200, 'key', [viewKey(gone, world.now())]) : { status: 204 };
}

/** `force` lifts the protection of a registered resource, and never that of one with retention. */
function assertUnused(desk: Desk, key: Key, force: boolean): void {
  const uses = registrationsOn(desk.world.store, key.id);
  const target = { type: 'query_param', name: 'force' } as const;
  if (uses.some((use) => use.preventKeyDeletion)) {
    const message = 'The key cannot be deleted because it protects a resource with a retention policy';
    throw desk.refuse(409, 'PREV_KEY_DEL_ERR', message);
  }
  if (uses.length > 0 && !force) {
    const message = 'The key protects at least one cloud resource: remove it, or delete the key by force';
    throw desk.refuse(409, 'PROTECTED_RESOURCE_ERR', message, target);
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
    throw desk.refuse(400, 'KEY_EXPIRED_ERR', 'The expiration date of the key has passed');
  }
  if (now > restorableUntil(key, key.deletionDate)) {
    throw desk.refuse(400, 'KEY_RESTORE_EXPIRED', 'The key was deleted more than 30 days ago and cannot be restored');
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
  throw desk.refuse(409, 'REQ_TOO_EARLY_ERR', 'The key was updated recently: Please wait and try again');
}

/** 410 `KEY_DELETED_ERR`. UNSURE in the reference: that actions answer so too, and not 409. */
export function destroyed(desk: Desk): Error {
  return desk.refuse(410, 'KEY_DELETED_ERR', 'Key has already been deleted');
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
  recordByItself(world, key, 'expire', 'warning', { keyState: 3 });
}

/**
 * `actions/sync`: the services are told of the last event once more, in whatever state the key is, and an hour after
 * they were told last. Source: Key Protect reference, "Actions" (sync). Of a key without an event there is nothing to
 * tell (judged).
 */
export function syncKey(desk: Desk, key: Key): Reply {
  const { world } = desk;
  if (key.notified !== undefined) {
    const from = after(key.notified.at, hourMs);
    if (world.now() < from) {
      const message = `The key was updated recently: Sync cannot be performed until at least ${dateOf(from)}`;
      throw desk.refuse(409, 'REQ_TOO_EARLY_ERR', message);
    }
    keys(world.store).put(key.id, notifyServices(world, key, key.notified.event));
  }
  // The event's name is judged: the reference lists none for it.
  recordAction(desk, 'kms.secrets.sync', key.crn, { keyId: key.id, keyState: key.state });
  return { status: 204 };
}

/** The kind of the timer that purges a destroyed key. */
export const purgeTimer = 'key-protect/purge';

/** `DELETE /keys/{id}/purge`: the record, its registrations, policies, aliases and material are gone. */
export function purgeKey(desk: Desk): Reply {
  const { world } = desk;
  const key = openKey(desk, 'kms.secrets.purge');
  if (key.state !== 5 || key.deletionDate === undefined) throw wrongState(desk, 'destroyed');
  if (world.now() < after(key.deletionDate, purgeableMs)) {
    const message =
      'The key was updated recently: Please wait and try again: Purge operation is allowed 4h0m0s after key is deleted';
    throw desk.refuse(409, 'REQ_TOO_EARLY_ERR', message);
  }
  eraseKey(world, key);
  recordAction(desk, 'kms.secrets.purge', key.crn, { keyId: key.id });
  return wantsRepresentation(desk) ? envelope(200, 'key', [viewKey(key, world.now())]) : { status: 204 };
}

function leaveSlowly({ store, settings, now }: World, keyId: string): void {
  if (settings.emptyingMs === 0) return;
  leavingKeys(store).put(keyId, { until: new Date(now().getTime() + settings.emptyingMs).toISOString() });
}

/** Sets the timer of a key that was just destroyed. */
function purgeLater(world: World, keyId: string, deletionDate: string): void {
  world.schedule(after(deletionDate, purgedMs), { kind: purgeTimer, payload: { keyId, deletionDate } });
}

/** Timer: the key was destroyed 90 days ago, unless it was restored since. */
export function purgeByItself(world: World, payload: Json): void {
  const { keyId, deletionDate } = isObject(payload) ? payload : {};
  const key = keys(world.store).get(String(keyId));
  if (key?.state !== 5 || key.deletionDate !== deletionDate) return;
  eraseKey(world, key);
  recordByItself(world, key, 'purge', 'normal');
}

/** An instance with keys that are not destroyed, or only just, is not deleted. */
export function refusesDeletion(world: World, { guid }: Instance): Refused | undefined {
  const held = keys(world.store)
    .by('instance', guid)
    .filter((key) => isHeld(world, key));
  if (held.length === 0) return undefined;
  const message = `Remove all keys before de-provisioning: Instance contains ${held.length} active keys`;
  return { text: `CONTAINS_ACTIVE_KEYS: ${message}`, status: 409 };
}

/** What goes when a Key Protect instance is removed: everything in it, restorable keys too. */
export function eraseInstance(world: World, instanceGuid: string): void {
  eraseToken(world.store, instanceGuid);
  eraseInstancePolicies(world.store, instanceGuid);
  for (const key of keys(world.store).by('instance', instanceGuid)) eraseKey(world, key);
  for (const { id } of rings(world.store).by('instance', instanceGuid))
    rings(world.store).delete(`${instanceGuid}/${id}`);
}

function eraseKey({ store }: World, key: Key): void {
  for (const registration of registrationsOn(store, key.id)) {
    registrations(store).delete(`${key.id}/${registration.resourceCrn}`);
  }
  for (const alias of key.aliases) aliases(store).delete(`${key.instanceGuid}/${alias}`);
  for (const version of key.versions) materials(store).delete(version.id);
  keys(store).delete(key.id);
  leavingKeys(store).delete(key.id);
}
