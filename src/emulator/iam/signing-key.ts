import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { secretPrefix } from '../tables.ts';
import type { Json, World } from '../world.ts';

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
  const key: SigningKey = { kid: world.newId(), privateKey: pair.privateKey, publicKey: pair.publicKey };
  world.store.table<SigningKey>(signingKeyTable).put('current', key);
  return key;
}

/** The public half as a JSON Web Key. */
export function jsonWebKey(key: SigningKey): Json {
  const { kty = '', n = '', e = '' } = createPublicKey(key.publicKey).export({ format: 'jwk' });
  return { kty, n, e, alg: 'RS256', use: 'sig', kid: key.kid };
}
