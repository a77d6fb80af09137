import { randomBytes } from 'node:crypto';
import type { Reply } from '../world.ts';
import { after, dateOf, hourMs } from './dates.ts';
import { type Desk, openKey, recordAction } from './desk.ts';
import { setKeyForDeletion, unsetKeyForDeletion } from './dual-authorization.ts';
import { badQuery, readOptionalBody } from './envelope.ts';
import { destroyed, disableKey, enableKey } from './lifecycle.ts';
import { notifyServices, syncKey } from './notify.ts';
import { rootOnly, wrongState } from './read.ts';
import { type Key, keys, materials } from './state.ts';
import { rewrapKey, unwrapKey, wrapKey } from './wrap.ts';

interface Action {
  /** Other states answer 409. Source: Key Protect reference, "States". */
  readonly states: readonly number[];
  /** Whether it is for standard keys too. */
  readonly standard?: true;
  readonly run: (desk: Desk, key: Key) => Reply;
}

const actions: Readonly<Record<string, Action>> = {
  wrap: { states: [1], run: wrapKey },
  unwrap: { states: [1, 3], run: unwrapKey },
  rewrap: { states: [1, 3], run: rewrapKey },
  // UNSURE in the reference: that a deactivated key can be rotated; the docs conflict.
  rotate: { states: [1, 3], run: rotateKey },
  enable: { states: [2], run: enableKey },
  disable: { states: [1], run: disableKey },
  setKeyForDeletion: { states: [1], standard: true, run: setKeyForDeletion },
  unsetKeyForDeletion: { states: [1], standard: true, run: unsetKeyForDeletion },
  sync: { states: [1, 2, 3, 5], run: syncKey },
};

/** `POST /keys/{id}/actions/{action}` and the deprecated `POST /keys/{id}?action=`: the same. */
export function actOnKey(desk: Desk): Reply {
  const name = desk.call.params['action'] ?? desk.call.query.get('action') ?? '';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw badQuery(desk, 'action', `one of ${Object.keys(actions).join(', ')}`);
  const key = openKey(desk);
  if (key.extractable && action.standard !== true) throw rootOnly(desk);
  if (action.states.includes(key.state)) return action.run(desk, key);
  throw key.state === 5 ? destroyed(desk) : wrongState(desk, name === 'enable' ? 'suspended' : 'active');
}

/** A new version, at most once an hour; the first one at once. Source: Key Protect reference, "Actions" (rotate). */
function rotateKey(desk: Desk, key: Key): Reply {
  const { world } = desk;
  const given = readOptionalBody(desk, ['payload', 'encryptionAlgorithm', 'encryptedNonce', 'iv']);
  // Odd, and documented so: a query parameter's error for a member of the body.
  if (Object.keys(given).length > 0) throw badQuery(desk, 'payload', 'provided only if key is imported');
  const now = world.now();
  if (key.lastRotateDate !== undefined && now < after(key.lastRotateDate, hourMs)) {
    const message = 'The key was rotated within the last hour: Please wait and try again';
    throw desk.refuse({ status: 409, code: 'KEY_ROTATION_NOT_PERMITTED', message });
  }
  const date = dateOf(now);
  const version = { id: world.newId(), creationDate: date };
  materials(world.store).put(version.id, { base64: randomBytes(32).toString('base64') });
  const versions = [version, ...key.versions] as const;
  const rotated = { ...key, versions, lastRotateDate: date, lastUpdateDate: date };
  keys(world.store).put(key.id, notifyServices(world, rotated, 'rotate'));
  recordAction(desk, 'kms.secrets.rotate', key.crn, { keyId: key.id, keyVersionId: version.id });
  return { status: 204 };
}
