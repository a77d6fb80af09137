import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { KpImportToken, KpMaterial } from '../../cloud/key-protect/shapes.ts';
import { KeysteadError } from '../../model/errors.ts';

const IV_BYTES = 12;

/**
 * Wraps key material for a secure import: the material under the token's public key, and the token's nonce under the
 * material, which proves that they belong together.
 *
 * @param material 16, 24 or 32 bytes
 * @throws KeysteadError `IMPORT_TOKEN` when the token holds no RSA public key
 * Source: Key Protect docs, "Creating an import token", "Importing root keys": RSA-OAEP with SHA-256 for hash and mask, no
 * label; AES in GCM with a nonce of 12 bytes, its tag behind the ciphertext.
 */
export function sealMaterial(material: Uint8Array, { payload, nonce }: KpImportToken): KpMaterial {
  const iv = randomBytes(IV_BYTES);
  const key = { key: publicKeyOf(payload), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const cipher = createCipheriv(cipherOf(material), material, iv);
  const sealed = [cipher.update(Buffer.from(nonce, 'base64')), cipher.final(), cipher.getAuthTag()];
  return {
    payload: publicEncrypt(key, material).toString('base64'),
    encryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    encryptedNonce: Buffer.concat(sealed).toString('base64'),
    iv: iv.toString('base64'),
  };
}

function publicKeyOf(payload: string): ReturnType<typeof createPublicKey> {
  try {
    return createPublicKey(Buffer.from(payload, 'base64').toString());
  } catch (cause) {
    throw new KeysteadError('IMPORT_TOKEN', 'the import token of the instance holds no public key', {
      remedy: 'run it again; if it stays so, ask IBM support',
      cause,
    });
  }
}

function cipherOf({ length }: Uint8Array): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  if (length === 16) return 'aes-128-gcm';
  return length === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
}
