import { CloudRefused, KeysteadError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { Answer, Api, Call } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import type { AttemptFailed } from './failure.ts';
import type { Transport } from './http.ts';
import { type Pace, persist } from './retry.ts';
import { dateMs } from './retry-after.ts';
import { number, object, text } from './shape.ts';
import type { Login } from './wire.ts';

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

const TOKEN_TIMEOUT_MS = 30_000;
const LIFE_USED = 0.8;
/** A token this near its end may already be refused by a host whose clock is ahead. */
const NEARLY_OVER_MS = 30_000;

/**
 * Logs in with an API key.
 * Source: platform API reference, "POST /identity/token" and "JWT claims clients decode".
 *
 * @throws KeysteadError `LOGIN_REFUSED`, from every method but `now`
 */
export function createSession(options: {
  readonly apiKey: string;
  readonly endpoints: Endpoints;
  readonly transport: Transport;
  readonly pace: Pace;
}): Session {
  const { clock } = options.pace;
  const call = loginCall(options.endpoints, options.apiKey);
  let current: Promise<Token> | undefined;
  let date: { readonly theirs: number; readonly ours: number } | undefined;

  const logIn = async (): Promise<Token> => {
    const answer = await persist(call, (tries) => options.transport(call, tries, undefined), options.pace).catch(
      (error: unknown) => {
        throw error instanceof CloudRefused ? loginRefused(error) : error;
      },
    );
    const ours = clock.now();
    const theirs = dateMs(answer.headers['date']);
    if (theirs !== undefined) date = { theirs, ours };
    return tokenIn(answer, ours);
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

function loginCall(endpoints: Endpoints, apiKey: string): Call {
  const api: Api = { name: 'IAM', endpoint: endpoints.iam, idHeader: 'Transaction-Id' };
  return {
    api,
    operation: 'log in',
    method: 'POST',
    path: '/identity/token',
    form: {
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      response_type: 'cloud_iam',
      apikey: apiKey,
    },
    idempotent: true,
    reads: true,
    timeoutMs: TOKEN_TIMEOUT_MS,
  };
}

/** 400, not 401, is IAM's answer to an unknown key. Other refusals are no verdict on the key: a wrong URL, for one. */
function loginRefused(error: CloudRefused): Error {
  const { status = 0, apiCode, apiMessage, correlationId } = error.facts;
  if (![400, 401, 403].includes(status)) return error;
  const words = [apiCode, apiMessage].filter((part) => part !== undefined).join(': ') || `HTTP ${status}`;
  const id = correlationId === undefined ? '' : ` (correlation id ${correlationId})`;
  return new KeysteadError('LOGIN_REFUSED', `IAM refused the login: ${words.replace(/\.$/, '')}${id}.`, {
    remedy: 'Set IBMCLOUD_API_KEY (or IC_API_KEY) to a valid API key of the account.',
    cause: error,
  });
}

const grant = object<{ access_token: string; expires_in: number }>({ access_token: text, expires_in: number });

function tokenIn(answer: Answer, receivedAtMs: number): Token {
  try {
    const { access_token, expires_in } = grant(answer.body, '');
    const claims: unknown = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (!isObject(claims)) throw new Error('the token holds no claims');
    const account = isObject(claims['account']) ? claims['account']['bss'] : undefined;
    return {
      text: access_token,
      login: { iamId: text(claims['iam_id'] ?? claims['id'], 'iam_id'), accountId: text(account, 'account.bss') },
      renewAtMs: receivedAtMs + expires_in * 1000 * LIFE_USED,
      expiresAtMs: number(claims['exp'], 'exp') * 1000,
    };
  } catch {
    // The cause stays behind: a parser's message may quote the token.
    throw new KeysteadError('LOGIN_REFUSED', 'IAM answered the login with something that is no token of an account.', {
      remedy: 'Check IBMCLOUD_IAM_API_ENDPOINT.',
    });
  }
}
