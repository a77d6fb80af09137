import type { Reply } from '../../core/world.ts';
import { assertAllowed, assertRing, type Desk, openKey, recordAction } from './desk.ts';
import { badField, envelope, pageOf, readFlag, readMembers } from './envelope.ts';
import { dateOf, type Key, keys, materials } from './state.ts';
import { viewKey } from './view.ts';

/** `GET /keys/{id}`; destroyed ones too. The payload is a standard key's alone, and gone once it is destroyed. */
export function getKey(desk: Desk): Reply {
  const key = openKey(desk, 'kms.secrets.read');
  const hasPayload = key.extractable && key.state !== 5;
  const payload = hasPayload ? materials(desk.world.store).get(key.versions[0].id)?.base64 : undefined;
  return envelope(200, 'key', [{ ...viewKey(key, desk.world.now()), ...(payload === undefined ? {} : { payload }) }]);
}

/** `GET /keys/{id}/metadata`: never a payload. */
export function getKeyMetadata(desk: Desk): Reply {
  return envelope(200, 'key', [viewKey(openKey(desk, 'kms.secrets.readmetadata'), desk.world.now())]);
}

/** `PATCH /keys/{id}`: moves a key to another ring; nothing else can be changed. */
export function patchKey(desk: Desk): Reply {
  const { world } = desk;
  const key = openKey(desk, 'kms.secrets.patch');
  const { keyRingID: ring } = readMembers(desk, desk.call.body, ['keyRingID']);
  if (typeof ring !== 'string' || ring === '') throw badField(desk, 'keyRingID', 'the id of a key ring');
  assertAllowed(desk, 'kms.secrets.patch', { ring, key: key.id });
  assertRing(desk, ring);
  const moved: Key = { ...key, keyRingId: ring, lastUpdateDate: dateOf(world.now()) };
  keys(world.store).put(key.id, moved);
  const data = { keyId: key.id, 'initialValue.keyRingId': key.keyRingId, 'newValue.keyRingId': ring };
  recordAction(desk, 'kms.secrets.patch', key.crn, data);
  return envelope(200, 'key', [viewKey(moved, world.now())]);
}

/** `GET /keys/{id}/versions`, newest first. UNSURE in the reference: that a standard key has none. */
export function listVersions(desk: Desk): Reply {
  const key = openKey(desk, 'kms.secrets.listkeyversions');
  if (key.extractable) throw rootOnly(desk);
  if (key.state !== 1 && readFlag(desk, 'allKeyStates') !== true) throw wrongState(desk, 'active');
  const { shown, metadata } = pageOf(desk, key.versions);
  return envelope(200, 'key.version', shown, metadata);
}

/** 400 `KEY_ROOT_REQ_ERR`. */
export function rootOnly(desk: Desk): Error {
  return desk.refuse(400, 'KEY_ROOT_REQ_ERR', 'The requested action can only be completed with a root key');
}

/** 409 `KEY_ACTION_INVALID_STATE_ERR`, naming the state that is needed. */
export function wrongState(desk: Desk, needed: string): Error {
  const message = `Key is not in ${needed} state: the action cannot be performed on it`;
  return desk.refuse(409, 'KEY_ACTION_INVALID_STATE_ERR', message);
}
