import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { Store } from '../../core/store.ts';
import { secretPrefix } from '../../core/tables.ts';
import type { Json, World } from '../../core/world.ts';

/** Where the signing key lies: saved, so that tokens outlive a restart; never shown. */
export const signingKeyTable = `${secretPrefix}iam-signing-key`;

/** The RSA key that access tokens are signed with. */
export interface SigningKey {
  readonly kid: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
}

/** The key, if a token was ever asked for. */
export function findSigningKey(world: World): SigningKey | undefined {
  return world.store.table<SigningKey>(signingKeyTable).get('current');
}

/** The key, made on first use: it takes a tenth of a second, which a start should not. */
export function signingKey(world: World): SigningKey {
  const found = findSigningKey(world);
  if (found !== undefined) return found;
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return put(world.store, { kid: world.newId(), privateKey: pair.privateKey, publicKey: pair.publicKey });
}

/** Signs with a key of the caller's (PKCS #8, PEM), unless the data file has one already. */
export function keepSigningKey(store: Store, privateKey: string): void {
  if (store.table<SigningKey>(signingKeyTable).get('current') !== undefined) return;
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  put(store, { kid: 'given', privateKey, publicKey });
}

function put(store: Store, key: SigningKey): SigningKey {
  store.table<SigningKey>(signingKeyTable).put('current', key);
  return key;
}

/** The public half as a JSON Web Key. */
export function jsonWebKey(key: SigningKey): Json {
  const { kty = '', n = '', e = '' } = createPublicKey(key.publicKey).export({ format: 'jwk' });
  return { kty, n, e, alg: 'RS256', use: 'sig', kid: key.kid };
}
