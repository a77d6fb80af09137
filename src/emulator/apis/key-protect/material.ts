import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import type { Desk } from './desk.ts';
import { badField, type Members, readBase64 } from './envelope.ts';
import { openToken, type TokenSecret } from './import-token.ts';

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
 *
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
  const message = 'The nonce is not the one of the import token';
  throw desk.refuse({ status: 400, code: 'INCORRECT_NONCE_ERR', message });
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
    throw desk.refuse({ status: 400, code: 'INCORRECT_NONCE_IV_ERR', message });
  }
}

function assertLength(desk: Desk, { length }: Buffer, isRoot: boolean): void {
  if (isRoot && ![16, 24, 32].includes(length)) throw badField(desk, 'payload', '16, 24 or 32 bytes of key material');
  if (!isRoot && length > largestPayload) throw badField(desk, 'payload', `at most ${largestPayload} bytes`);
}
