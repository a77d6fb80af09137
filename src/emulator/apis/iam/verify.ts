import { type KeyLike, verify } from 'node:crypto';
import { isObject } from '../../core/json.ts';
import type { Identity, World } from '../../core/world.ts';
import { findSigningKey } from './signing-key.ts';

/**
 * Reads the bearer token of a request: it must be signed by this emulator and not have ended by emulator time.
 *
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
  return {
    iamId,
    accountId: String(account['bss']),
    kind: kindOf(iamId),
    name: typeof name === 'string' ? name : '',
  };
}

/** What a token of ours says, whatever it is for; undefined for one that is not ours. */
export function readClaims(world: World, token: string): Readonly<Record<string, unknown>> | undefined {
  const key = findSigningKey(world);
  const [head = '', payload = '', signature = '', ...rest] = token.split('.');
  if (key === undefined || rest.length > 0) return undefined;
  const header = decode(head);
  if (header?.['alg'] !== 'RS256' || header['kid'] !== key.kid) return undefined;
  return isSigned(key, `${head}.${payload}`, signature) ? decode(payload) : undefined;
}

function kindOf(iamId: string): Identity['kind'] {
  if (iamId.startsWith('iam-ServiceId-')) return 'serviceId';
  return iamId.startsWith('iam-Profile-') ? 'profile' : 'user';
}

/** Tokens whose signature was found good: it is asked with each request, and takes longer than most answers. */
const good = new Set<string>();
const MOST = 10_000;

function isSigned({ kid, publicKey }: { kid: string; publicKey: KeyLike }, text: string, signature: string): boolean {
  const token = `${kid} ${text}.${signature}`;
  if (good.has(token)) return true;
  if (!verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'))) return false;
  if (good.size >= MOST) good.clear();
  good.add(token);
  return true;
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // Not a token of ours, whatever it is.
    return undefined;
  }
}
