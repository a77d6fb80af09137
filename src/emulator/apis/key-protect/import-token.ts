import {
  constants,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
} from 'node:crypto';
import type { Members } from '../../core/json.ts';
import { secretPrefix } from '../../core/tables.ts';
import type { Reply, Store, Table } from '../../core/world.ts';
import { assertAllowed, type Desk, recordAction } from './desk.ts';
import { badField, readBase64, readOptionalBody } from './envelope.ts';
import { after, dateOf, secondMs } from './state.ts';

/** The import token of an instance; there is one at a time. */
interface ImportToken {
  readonly creationDate: string;
  readonly expirationDate: string;
  readonly maxAllowedRetrievals: number;
  readonly remainingRetrievals: number;
}

/** What imports are opened and checked with. */
export interface TokenSecret {
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
  /** Base64 of 12 bytes. */
  readonly nonce: string;
}

/** UNSURE in the reference: 4096 is judged there and 2048 said to work; the larger one takes a second to make. */
const modulusLength = 2048;

/** `POST /import_token`: a new token, and the end of the one before. Source: Key Protect reference, "Import tokens". */
export function createImportToken(desk: Desk): Reply {
  assertAllowed(desk, 'kms.importtoken.create');
  const { world, instance } = desk;
  const given = readOptionalBody(desk, ['expiration', 'maxAllowedRetrievals']);
  const seconds = readCount(desk, given, 'expiration', { absent: 600, least: 300, most: 86_400 });
  const retrievals = readCount(desk, given, 'maxAllowedRetrievals', { absent: 1, least: 1, most: 500 });
  const creationDate = dateOf(world.now());
  const expirationDate = dateOf(after(creationDate, seconds * secondMs));
  const counts = { maxAllowedRetrievals: retrievals, remainingRetrievals: retrievals };
  const token: ImportToken = { creationDate, expirationDate, ...counts };
  tokens(world.store).put(instance.guid, token);
  const nonce = randomBytes(12).toString('base64');
  secrets(world.store).put(instance.guid, { ...transportKey(world.store), nonce });
  recordAction(desk, 'kms.import-token.create', instance.crn);
  return { status: 200, body: token };
}

/** The next of the keys that were given, or a new one. */
function transportKey(store: Store): Omit<TokenSecret, 'nonce'> {
  const given = store.table<GivenKeys>(givenKeysTable).get('given');
  const privateKey = given?.keys[given.used % given.keys.length];
  if (given === undefined || privateKey === undefined) {
    return generateKeyPairSync('rsa', {
      modulusLength,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
  }
  store.table<GivenKeys>(givenKeysTable).put('given', { ...given, used: given.used + 1 });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, publicKey };
}

/** Where the transport keys of the caller lie; never shown. */
export const givenKeysTable = `${secretPrefix}key-protect-given-transport-keys`;

interface GivenKeys {
  /** PKCS #8, PEM. */
  readonly keys: readonly string[];
  readonly used: number;
}

/** Import tokens take these keys (PKCS #8, PEM) in turn, unless the data file has some already. */
export function keepTransportKeys(store: Store, keys: readonly string[]): void {
  const table = store.table<GivenKeys>(givenKeysTable);
  if (table.get('given') === undefined) table.put('given', { keys, used: 0 });
}

/** `GET /import_token`: the transport key and the nonce; each retrieval counts, and says how many are left. */
export function getImportToken(desk: Desk): Reply {
  assertAllowed(desk, 'kms.importtoken.read');
  const { world, instance } = desk;
  const token = tokens(world.store).get(instance.guid);
  if (token === undefined) {
    // UNSURE in the reference: the 404 is judged there, its code here.
    throw desk.refuse(404, 'IMPORT_TOKEN_NOT_FOUND_ERR', 'The instance has no import token');
  }
  const { publicKey, nonce } = openToken(desk);
  if (token.remainingRetrievals === 0) throw expired(desk, 'it has been retrieved as often as it may be');
  const left = { ...token, remainingRetrievals: token.remainingRetrievals - 1 };
  tokens(world.store).put(instance.guid, left);
  recordAction(desk, 'kms.import-token.read', instance.crn);
  return { status: 200, body: { ...left, payload: Buffer.from(publicKey).toString('base64'), nonce } };
}

/**
 * The secret of the instance's token. One whose retrievals are used up still serves imports until it expires.
 * @throws ApiError 409 `IMPORT_TOKEN_EXPIRED_ERR`, also when there never was one (judged)
 */
function openToken(desk: Desk): TokenSecret {
  const { world, instance } = desk;
  const token = tokens(world.store).get(instance.guid);
  const secret = secrets(world.store).get(instance.guid);
  if (token === undefined || secret === undefined) throw expired(desk, 'there is none');
  if (world.now() >= new Date(token.expirationDate)) throw expired(desk, `it ended at ${token.expirationDate}`);
  return secret;
}

/** What goes with an instance. */
export function eraseToken(store: Store, instanceGuid: string): void {
  tokens(store).delete(instanceGuid);
  secrets(store).delete(instanceGuid);
}

function expired(desk: Desk, why: string): Error {
  const message = `The import token cannot be used: ${why}: Please create a new one`;
  return desk.refuse(409, 'IMPORT_TOKEN_EXPIRED_ERR', message);
}

interface Range {
  readonly absent: number;
  readonly least: number;
  readonly most: number;
}

function readCount(desk: Desk, given: Members, name: string, { absent, least, most }: Range): number {
  const value = given[name] ?? absent;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw badField(desk, name, `an integer between ${least} and ${most} (inclusive)`);
}

function tokens(store: Store): Table<ImportToken> {
  return store.table('key-protect/import-tokens');
}

function secrets(store: Store): Table<TokenSecret> {
  return store.table(`${secretPrefix}key-protect-import-tokens`);
}

/** Members of a request that bring material. */
export const materialMembers: readonly string[] = ['payload', 'encryptionAlgorithm', 'encryptedNonce', 'iv'];

/** Bytes of a standard key's payload. Source: Key Protect reference, "Limits". */
const largestPayload = 7500;

/** Material that came with a request. */
export interface Material {
  readonly bytes: Buffer;
  /** Whether it came wrapped with the instance's import token. */
  readonly secure: boolean;
}

/**
 * The material that a request brings: plain, or wrapped with the import token of the instance.
 * @returns undefined when it brings none
 * @throws ApiError 400 or 409 for what is not material of such a key
 * Source: Key Protect reference, "Create", "Import tokens".
 */
export function readMaterial(desk: Desk, given: Members, isRoot: boolean): Material | undefined {
  const has = (name: string): boolean => given[name] !== undefined;
  if (!materialMembers.some(has)) return undefined;
  const payload = readBase64(desk, given['payload'], 'payload');
  const secure = materialMembers.some((name) => name !== 'payload' && has(name));
  if (secure) return { bytes: openImport(desk, given, payload, isRoot), secure };
  assertLength(desk, payload, isRoot);
  return { bytes: payload, secure };
}

/** AES in GCM, as wide as the key. */
export function cipherOf({ length }: Buffer): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  if (length === 16) return 'aes-128-gcm';
  return length === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
}

/** What a root key's record says of its size. Source: Key Protect reference, "Key object" (`algorithmBitSize`). */
export function bitSizeOf({ length }: Buffer): { readonly bitSize?: 128 | 192 } {
  if (length === 16) return { bitSize: 128 };
  return length === 24 ? { bitSize: 192 } : {};
}

/** Secure import: the material under the token's public key, and the token's nonce under the material. */
function openImport(desk: Desk, given: Members, payload: Buffer, isRoot: boolean): Buffer {
  // UNSURE in the reference: documented for root keys only, without a code for others.
  if (!isRoot) throw badField(desk, 'encryptedNonce', 'provided for root keys only');
  if (given['encryptionAlgorithm'] !== 'RSAES_OAEP_SHA_256') {
    throw badField(desk, 'encryptionAlgorithm', 'RSAES_OAEP_SHA_256');
  }
  const nonce = readBase64(desk, given['encryptedNonce'], 'encryptedNonce');
  const iv = readBase64(desk, given['iv'], 'iv');
  const token = openToken(desk);
  const material = decryptMaterial(desk, token, payload);
  assertLength(desk, material, isRoot);
  if (decryptNonce(desk, material, nonce, iv).equals(Buffer.from(token.nonce, 'base64'))) return material;
  throw desk.refuse(400, 'INCORRECT_NONCE_ERR', 'The nonce is not the one of the import token');
}

function decryptMaterial(desk: Desk, { privateKey }: TokenSecret, payload: Buffer): Buffer {
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, payload);
  } catch {
    // UNSURE in the reference: no code for a payload that is encrypted with another key, or not at all.
    throw badField(desk, 'payload', 'encrypted with the public key of the import token');
  }
}

function decryptNonce(desk: Desk, material: Buffer, sealed: Buffer, iv: Buffer): Buffer {
  try {
    const decipher = createDecipheriv(cipherOf(material), material, iv);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  } catch {
    const message = 'The nonce is not encrypted with the key material, or the initialization vector is another';
    throw desk.refuse(400, 'INCORRECT_NONCE_IV_ERR', message);
  }
}

function assertLength(desk: Desk, { length }: Buffer, isRoot: boolean): void {
  if (isRoot && ![16, 24, 32].includes(length)) throw badField(desk, 'payload', '16, 24 or 32 bytes of key material');
  if (!isRoot && length > largestPayload) throw badField(desk, 'payload', `at most ${largestPayload} bytes`);
}
