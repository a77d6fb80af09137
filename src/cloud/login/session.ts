import { KeysteadError } from '../../model/errors.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { AttemptFailed } from '../failure.ts';
import type { Pace } from '../retry.ts';
import { number, text } from '../shape.ts';

/** IAM identity of the running login. */
export interface Login {
  readonly iamId: string;
  /** 32 hexadecimal digits. */
  readonly accountId: string;
}

/** A token and what is known of it. Stays inside this folder. */
export interface Token {
  readonly text: string;
  readonly login: Login;
  /** By our clock, milliseconds. */
  readonly renewAtMs: number;
  /** By IAM's clock, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** One login a run, kept alive. */
export interface Session {
  /** The token to use now; logs in, or renews, first where needed. Concurrent callers share one request. */
  token(): Promise<Token>;
  /** Another token than `used`. */
  renewed(used: Token): Promise<Token>;
  /** The login answer's `Date` and the time since; before the first login, this machine's clock. */
  now(): Date;
}

const LIFE_USED = 0.8;
/** A token this near its end may already be refused by a host whose clock is ahead. */
const NEARLY_OVER_MS = 30_000;

/** One login: the token, and IAM's time at that moment, in milliseconds since the epoch, where it is known. */
export interface Granted {
  readonly token: string;
  /** How long it is good for, in milliseconds. */
  readonly livesMs: number;
  readonly theirs?: number | undefined;
}

/**
 * Keeps one login alive.
 *
 * @param options.logIn asks for a token; it throws KeysteadError `LOGIN_REFUSED`, which every method but `now` passes on
 */
export function createSession(options: { readonly logIn: () => Promise<Granted>; readonly pace: Pace }): Session {
  const { clock } = options.pace;
  let current: Promise<Token> | undefined;
  let date: { readonly theirs: number; readonly ours: number } | undefined;

  const logIn = async (): Promise<Token> => {
    const granted = await options.logIn();
    const ours = clock.now();
    if (granted.theirs !== undefined) date = { theirs: granted.theirs, ours };
    return tokenOf(granted, ours);
  };
  const start = (): Promise<Token> => {
    const started = logIn();
    current = started;
    // A failed login is not kept: the next caller tries anew.
    started.catch(() => {
      if (current === started) current = undefined;
    });
    return started;
  };
  const renewed = async (used: Token): Promise<Token> => {
    const held = current;
    const latest = await held;
    // Whoever came first has renewed it already.
    if (latest !== undefined && latest !== used) return latest;
    return current === held || current === undefined ? start() : current;
  };
  return {
    token: async () => {
      const held = await (current ?? start());
      return clock.now() < held.renewAtMs ? held : renewed(held);
    },
    renewed,
    now: () => new Date(date === undefined ? clock.now() : date.theirs + clock.now() - date.ours),
  };
}

/**
 * Whether a 401 can be the token's age. By the answer's own `Date`, since Key Protect answers 401 for a missing role too,
 * and a new login for each of those would help nobody.
 */
export function isTokenOver(token: Token, failed: AttemptFailed, now: Date): boolean {
  const { failure } = failed;
  if (failure.is !== 'answered' || failure.status !== 401) return false;
  return (failure.answeredAtMs ?? now.getTime()) >= token.expiresAtMs - NEARLY_OVER_MS;
}

/** Source: platform API reference, "JWT claims clients decode". */
function tokenOf({ token, livesMs }: Granted, receivedAtMs: number): Token {
  try {
    const claims = claimsOf(token);
    const account = isObject(claims['account']) ? claims['account']['bss'] : undefined;
    return {
      text: token,
      login: { iamId: text(claims['iam_id'] ?? claims['id']), accountId: text(account) },
      renewAtMs: receivedAtMs + livesMs * LIFE_USED,
      expiresAtMs: number(claims['exp']) * 1000,
    };
  } catch {
    throw noToken();
  }
}

/** What a token says of itself. @throws Error when it is none; its message may quote it */
export function claimsOf(token: string): JsonObject {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  if (!isObject(claims)) throw new Error('the token holds no claims');
  return claims;
}

/** Without a cause: a parser's message may quote the token. */
export function noToken(): KeysteadError {
  return new KeysteadError('LOGIN_REFUSED', 'IAM answered the login with something that is no token of an account', {
    remedy: 'check IBMCLOUD_IAM_API_ENDPOINT',
  });
}
