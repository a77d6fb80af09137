import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { isObject, type Members } from '../../core/json.ts';
import type { Store } from '../../core/store.ts';
import { secretPrefix } from '../../core/tables.ts';
import type { Identity, Json, World } from '../../core/world.ts';

/** How long a refresh token is good for (judged). */
const refreshSeconds = 72 * 3600;

/**
 * The answer to a login. A client that names itself gets a refresh token, another the words `not_supported`.
 * Source: platform reference, "POST /identity/token".
 */
export function tokenBody(world: World, identity: Identity, grant: string, isNamed: boolean): Members {
  const issued = issueToken(world, identity, grant);
  const { iamId } = identity;
  const refresh = { typ: 'refresh', iam_id: iamId, iat: issued.iat, exp: issued.iat + refreshSeconds };
  return {
    access_token: issued.token,
    refresh_token: isNamed ? signed(world, refresh) : 'not_supported',
    ims_user_id: 1234567,
    token_type: 'Bearer',
    expires_in: issued.exp - issued.iat,
    expiration: issued.exp,
    scope: 'ibm openid',
  };
}

/** Source: platform reference, "JWT claims clients decode"; `iss` stands so even when served from this machine. */
export function issueToken(
  world: World,
  identity: Identity,
  grant: string,
): { readonly token: string; readonly iat: number; readonly exp: number } {
  const iat = Math.floor(world.now().getTime() / 1000);
  const exp = iat + Math.ceil(world.settings.tokenLifetimeMs / 1000);
  const [realmid = '', identifier = ''] = identity.iamId.split(/-(.*)/s);
  const claims = {
    iam_id: identity.iamId,
    id: identity.iamId,
    realmid,
    jti: world.newId(),
    identifier,
    name: identity.name,
    ...(identity.kind === 'user' ? userClaims(identity) : serviceClaims(identity, identifier)),
    account: { valid: true, bss: identity.accountId, ims_user_id: '1234567', frozen: true, ims: '1234567' },
    iat,
    exp,
    iss: 'https://iam.cloud.ibm.com/identity',
    grant_type: grant,
    scope: 'ibm openid',
    client_id: 'default',
    acr: 1,
    amr: ['pwd'],
  };
  return { token: signed(world, claims), iat, exp };
}

/** Claims as a JSON Web Token, signed with the emulator's key. */
export function signed(world: World, claims: object): string {
  const key = signingKey(world);
  const text = `${encode({ kid: key.kid, alg: 'RS256' })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), opened(key).privateKey).toString('base64url')}`;
}

function userClaims({ iamId, name }: Identity): object {
  const [given = '', ...family] = name.split(' ');
  const email = `${family.at(-1)?.toLowerCase() ?? given.toLowerCase()}@keystead.example`;
  const authn = { sub: email, iam_id: iamId, name, email };
  return { given_name: given, family_name: family.join(' '), email, sub: email, authn };
}

function serviceClaims({ iamId, name, kind }: Identity, sub: string): object {
  const type = kind === 'profile' ? 'Profile' : 'ServiceId';
  return { sub, sub_type: type, authn: { sub, iam_id: iamId, sub_type: type, name } };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

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
function signingKey(world: World): SigningKey {
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
  if (lastGiven?.privateKey !== privateKey) {
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    lastGiven = { kid: 'given', privateKey, publicKey };
  }
  put(store, lastGiven);
}

/** Tests start an emulator each, all with one key. */
let lastGiven: SigningKey | undefined;

function put(store: Store, key: SigningKey): SigningKey {
  store.table<SigningKey>(signingKeyTable).put('current', key);
  return key;
}

/** The public half as a JSON Web Key. */
export function jsonWebKey(key: SigningKey): Json {
  const { kty = '', n = '', e = '' } = createPublicKey(key.publicKey).export({ format: 'jwk' });
  return { kty, n, e, alg: 'RS256', use: 'sig', kid: key.kid };
}

/**
 * Reads the bearer token of a request: it must be signed by this emulator and not have ended by emulator time.
 * @param header the `Authorization` header
 * @returns whom it names, or what is wrong with it
 */
export function verifyBearer(world: World, header: string | undefined): Identity | 'missing' | 'expired' | 'invalid' {
  if (header === undefined || header.trim() === '') return 'missing';
  const token = /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
  const claims = token === undefined ? undefined : readClaims(world, token);
  if (claims === undefined) return 'invalid';
  const { exp, iam_id: iamId, account, name } = claims;
  if (typeof exp !== 'number' || typeof iamId !== 'string' || !isObject(account)) return 'invalid';
  if (exp * 1000 <= world.now().getTime()) return 'expired';
  return { iamId, accountId: String(account['bss']), kind: kindOf(iamId), name: typeof name === 'string' ? name : '' };
}

/** What a token of ours says, whatever it is for; undefined for one that is not ours. */
export function readClaims(world: World, token: string): Members | undefined {
  const key = findSigningKey(world);
  if (key === undefined) return undefined;
  const { publicKey, good } = opened(key);
  const known = good.get(token);
  if (known !== undefined) return known;
  const [head = '', payload = '', signature = '', ...rest] = token.split('.');
  const header = decode(head);
  if (rest.length > 0 || header?.['alg'] !== 'RS256' || header['kid'] !== key.kid) return undefined;
  if (!verify('sha256', Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))) {
    return undefined;
  }
  const claims = decode(payload);
  if (good.size >= MOST) good.clear();
  if (claims !== undefined) good.set(token, claims);
  return claims;
}

/** A key as Node works with it, and what the tokens say whose signature was found good. */
interface Opened {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly good: Map<string, Members>;
}

/** Reading a key takes longer than signing with it, and a token is asked for with each request. */
const openedKeys = new WeakMap<SigningKey, Opened>();
const MOST = 10_000;

function opened(key: SigningKey): Opened {
  const found = openedKeys.get(key);
  if (found !== undefined) return found;
  const { privateKey, publicKey } = key;
  const made = {
    privateKey: createPrivateKey(privateKey),
    publicKey: createPublicKey(publicKey),
    good: new Map<string, Members>(),
  };
  openedKeys.set(key, made);
  return made;
}

function kindOf(iamId: string): Identity['kind'] {
  if (iamId.startsWith('iam-ServiceId-')) return 'serviceId';
  return iamId.startsWith('iam-Profile-') ? 'profile' : 'user';
}

function decode(part: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // Not a token of ours, whatever it is.
    return undefined;
  }
}
