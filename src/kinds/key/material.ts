import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { KpImportToken, KpMaterial } from '../../cloud/key-protect/shapes.ts';
import type { LiveId } from '../../model/address.ts';
import { isRefused, KeysteadError } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import type { SecretNeed, SecretSource } from '../../model/secret.ts';
import type { ActionContext } from '../action.ts';
import type { KeyWritten } from './spec.gen.ts';

type Material = NonNullable<KeyWritten['material']>;

const ROOT_LENGTHS = [16, 24, 32];
const LARGEST_PAYLOAD = 7500;

/**
 * Codes of a token that another import has used up or replaced: a new one is taken. What was wrapped for the one before is a
 * payload that cannot be opened.
 */
const TOKEN_GONE = ['IMPORT_TOKEN_EXPIRED_ERR', 'INCORRECT_NONCE_ERR', 'INVALID_FIELD_ERR'];
/** Of two runs one gets through each time; the other may have several keys to import. */
const TOKEN_TRIES = 6;

/** Source: Key Protect docs, "Importing root keys", "Importing standard keys". */
export function materialNeed({ material, type }: KeyWritten): SecretNeed | undefined {
  if (material === undefined) return undefined;
  const source = sourceOf(material);
  return type === 'standard'
    ? { source, lengths: `1 to ${LARGEST_PAYLOAD} bytes`, fits: (length) => length >= 1 && length <= LARGEST_PAYLOAD }
    : { source, lengths: '16, 24 or 32 bytes', fits: (length) => ROOT_LENGTHS.includes(length) };
}

function sourceOf({ env, file, encoding }: Material): SecretSource {
  if (env !== undefined) return { env };
  return { file: file ?? '', ...given({ encoding }) };
}

/**
 * Opens the material, sends it, and overwrites it. A root key's goes wrapped with the instance's import token, of which
 * there is one: imports into one instance go one after the other.
 *
 * @throws KeysteadError `MATERIAL_LENGTH`: it changed after it was checked
 */
export async function withMaterial<T>(
  context: Pick<ActionContext, 'cloud' | 'secret' | 'alone'>,
  spec: KeyWritten,
  instance: LiveId,
  send: (material: KpMaterial) => Promise<T>,
): Promise<T> {
  const need = materialNeed(spec);
  if (need === undefined) throw new Error('no material is declared');
  const bytes = await context.secret(need.source);
  try {
    if (!need.fits(bytes.length)) throw new KeysteadError('MATERIAL_LENGTH', `the material must be ${need.lengths}`);
    if (!isSecure(spec)) return await send({ payload: Buffer.from(bytes).toString('base64') });
    return await context.alone(`import token of ${instance}`, () => sendSealed(context, bytes, instance, send));
  } finally {
    bytes.fill(0);
  }
}

function isSecure({ type, material }: KeyWritten): boolean {
  return type !== 'standard' && material?.secureImport !== false;
}

/** Another run may replace the token between two requests. */
async function sendSealed<T>(
  { cloud }: Pick<ActionContext, 'cloud'>,
  bytes: Uint8Array,
  instance: LiveId,
  send: (material: KpMaterial) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send(sealMaterial(bytes, await cloud.importToken(instance)));
    } catch (error) {
      if (tries >= TOKEN_TRIES || !isRefused(error, ...TOKEN_GONE)) throw error;
    }
  }
}

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
