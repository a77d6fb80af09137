import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isObject } from '../../core/json.ts';
import type { Reply } from '../../core/world.ts';
import { type Desk, openKey, type Permission, recordAction } from './desk.ts';
import { setKeyForDeletion, unsetKeyForDeletion } from './dual-authorization.ts';
import { badField, badQuery, readBase64, readOptionalBody } from './envelope.ts';
import { cipherOf } from './import-token.ts';
import { destroyed, disableKey, enableKey, restoreKey, syncKey } from './lifecycle.ts';
import { rootOnly, wrongState } from './read.ts';
import { rotateKey } from './rotate.ts';
import { type Key, materials } from './state.ts';

interface Action {
  readonly needs: Permission;
  /** Other states answer 409. Source: Key Protect reference, "States". */
  readonly states: readonly number[];
  /** Whether it is for standard keys too. */
  readonly standard?: true;
  readonly run: (desk: Desk, key: Key) => Reply;
}

const actions: Readonly<Record<string, Action>> = {
  wrap: { needs: 'kms.secrets.wrap', states: [1], run: wrapKey },
  unwrap: { needs: 'kms.secrets.unwrap', states: [1, 3], run: unwrapKey },
  rewrap: { needs: 'kms.secrets.rewrap', states: [1, 3], run: rewrapKey },
  // UNSURE in the reference: that a deactivated key can be rotated; the docs conflict.
  rotate: { needs: 'kms.secrets.rotate', states: [1, 3], run: rotateKey },
  enable: { needs: 'kms.secrets.enable', states: [2], run: enableKey },
  disable: { needs: 'kms.secrets.disable', states: [1], run: disableKey },
  setKeyForDeletion: { needs: 'kms.secrets.setkeyfordeletion', states: [1], standard: true, run: setKeyForDeletion },
  unsetKeyForDeletion: {
    needs: 'kms.secrets.unsetkeyfordeletion',
    states: [1],
    standard: true,
    run: unsetKeyForDeletion,
  },
  sync: { needs: 'kms.secrets.sync', states: [1, 2, 3, 5], run: syncKey },
};

/** `POST /keys/{id}/actions/{action}` and the deprecated `POST /keys/{id}?action=`: the same. */
export function actOnKey(desk: Desk): Reply {
  const name = desk.call.params['action'] ?? desk.call.query.get('action') ?? '';
  // Only the deprecated form knows it as an action.
  if (name === 'restore' && desk.call.params['action'] === undefined) return restoreKey(desk);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw badQuery(desk, 'action', `one of ${Object.keys(actions).join(', ')}`);
  const key = openKey(desk, action.needs);
  if (key.extractable && action.standard !== true) throw rootOnly(desk);
  if (action.states.includes(key.state)) return action.run(desk, key);
  throw key.state === 5 ? destroyed(desk) : wrongState(desk, name === 'enable' ? 'suspended' : 'active');
}

/** Size in bytes of what may be wrapped. UNSURE in the reference: not published. */
const largestPlaintext = 7500;

/** `actions/wrap`: without a plaintext the service makes a data key of 32 bytes and says it. */
function wrapKey(desk: Desk, key: Key): Reply {
  const given = readOptionalBody(desk, ['plaintext', 'aad']);
  const plain = given['plaintext'] === undefined ? undefined : readBase64(desk, given['plaintext'], 'plaintext');
  if (plain !== undefined && plain.length > largestPlaintext) {
    throw badField(desk, 'plaintext', `at most ${largestPlaintext} bytes`);
  }
  const data = plain ?? randomBytes(32);
  const [version] = key.versions;
  const ciphertext = seal(desk, version.id, data, readAad(desk, given['aad']));
  recordAction(desk, 'kms.secrets.wrap', key.crn, { keyId: key.id, keyVersionId: version.id });
  const made = plain === undefined ? { plaintext: data.toString('base64') } : {};
  return { status: 200, body: { ...made, ciphertext, keyVersion: { id: version.id } } };
}

/** `actions/unwrap`: what an older version wrapped comes back wrapped by the newest as well. */
function unwrapKey(desk: Desk, key: Key): Reply {
  const { data, aad, version } = open(desk, key);
  recordAction(desk, 'kms.secrets.unwrap', key.crn, { keyId: key.id, keyVersionId: version });
  const [newest] = key.versions;
  const body = { plaintext: data.toString('base64'), keyVersion: { id: version } };
  if (version === newest.id) return { status: 200, body };
  const ciphertext = seal(desk, newest.id, data, aad);
  return { status: 200, body: { ...body, ciphertext, rewrappedKeyVersion: { id: newest.id } } };
}

/** `actions/rewrap`: the same by the newest version, the plaintext staying inside. */
function rewrapKey(desk: Desk, key: Key): Reply {
  const { data, aad, version } = open(desk, key);
  const [newest] = key.versions;
  const ciphertext = seal(desk, newest.id, data, aad);
  recordAction(desk, 'kms.secrets.rewrap', key.crn, { keyId: key.id, keyVersionId: newest.id });
  return { status: 200, body: { ciphertext, keyVersion: { id: version }, rewrappedKeyVersion: { id: newest.id } } };
}

interface Opened {
  readonly data: Buffer;
  readonly aad: Buffer;
  readonly version: string;
}

function open(desk: Desk, key: Key): Opened {
  const given = readOptionalBody(desk, ['ciphertext', 'aad']);
  if (Object.keys(given).length === 0) {
    throw desk.refuse(400, 'NO_BODY_ERR', 'The request has no body');
  }
  const sealed = readSealed(readBase64(desk, given['ciphertext'], 'ciphertext'));
  const aad = readAad(desk, given['aad']);
  const isOwn = sealed !== undefined && key.versions.some((version) => version.id === sealed.handle);
  if (!isOwn) throw unprocessable(desk);
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  try {
    const key = material(desk, sealed.handle);
    const decipher = createDecipheriv(cipherOf(key), key, Buffer.from(sealed.iv, 'base64'));
    decipher.setAAD(aad);
    decipher.setAuthTag(bytes.subarray(-16));
    const data = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    return { data, aad, version: sealed.handle };
  } catch {
    // Whatever is wrong with it, the cipher cannot tell one from another.
    throw unprocessable(desk);
  }
}

/** Source: Key Protect reference, "Actions": base64 of JSON, the version's id in `handle`. */
function seal(desk: Desk, version: string, data: Buffer, aad: Buffer): string {
  const iv = randomBytes(12);
  const key = material(desk, version);
  const cipher = createCipheriv(cipherOf(key), key, iv);
  cipher.setAAD(aad);
  const bytes = Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  const sealed = { ciphertext: bytes.toString('base64'), iv: iv.toString('base64'), version: '4.0.0', handle: version };
  return Buffer.from(JSON.stringify(sealed)).toString('base64');
}

function readSealed(bytes: Buffer): { ciphertext: string; iv: string; handle: string } | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (!isObject(value)) return undefined;
    const { ciphertext, iv, handle } = value;
    const isSealed = typeof ciphertext === 'string' && typeof iv === 'string' && typeof handle === 'string';
    return isSealed ? { ciphertext, iv, handle } : undefined;
  } catch {
    // Not a ciphertext of this service.
    return undefined;
  }
}

function material(desk: Desk, version: string): Buffer {
  const found = materials(desk.world.store).get(version);
  if (found === undefined) throw new Error(`no material of version ${version}`);
  return Buffer.from(found.base64, 'base64');
}

/** The list as JSON, so that neither order nor boundaries can be swapped unnoticed. */
function readAad(desk: Desk, value: unknown = []): Buffer {
  const isAad = Array.isArray(value) && value.every((item) => typeof item === 'string' && item.length <= 255);
  if (!isAad) throw badField(desk, 'aad', 'an array of strings of at most 255 characters');
  return Buffer.from(JSON.stringify(value));
}

function unprocessable(desk: Desk): Error {
  const message = 'The ciphertext cannot be processed: it is damaged, or the aad is another';
  return desk.refuse(422, 'UNPROCESSABLE_CIPHERTEXT_ERR', message);
}
