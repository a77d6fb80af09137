import { readFileSync } from 'node:fs';
import type { Settings } from '../../src/emulator/core/settings.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/start.ts';
import { disposition } from './disposition.ts';
import { watchRequests } from './request-log.ts';
import { movedByWaits, running } from './running.ts';

/** What an API answered: the body parsed, `undefined` where there was none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Sends one request with a token that has not ended. A `body` that is not a string is sent as JSON. */
export type Api = (
  method: string,
  path: string,
  options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Answer>;

/** Signs tokens in tests, and nowhere else: to generate a key for each emulator takes longer than most tests. */
const signingKey = readFileSync(new URL('test-signing-key.pem', import.meta.url), 'utf8');

/** For import tokens: two, so that the next token of an instance never has the key of the one before. */
const transportKeys = readFileSync(new URL('test-transport-keys.pem', import.meta.url), 'utf8').split(/(?=^-+BEGIN)/m);

/** Nothing lags, so that a test sees what it did. */
const instant = {
  provisioningMs: 0,
  provisioningMsOf: {},
  propagationMs: 0,
  registrationLingerMs: 0,
  serviceReactionMs: 0,
  deletionSettleMs: 0,
  taskMs: 0,
} as const;

/** Whoever waits in real time waits for a moment: the windows of `harsh` are there, and short. */
const momentMs = 20;
const moments: Partial<Settings> = {
  searchLagMs: momentMs,
  policyReadAfterWriteMs: momentMs,
  tagDenialMs: momentMs,
  emptyingMs: momentMs,
  tagReadsPerMinute: 0,
  controllerCallsPerMinute: 0,
};

/**
 * What is not said to be harsh is not late at all.
 * @param whole whether waits move the emulator's clock, so that the windows of `harsh` can have their length
 */
function settingsOf(settings: Partial<Settings> = {}, whole: boolean): Partial<Settings> {
  const isWhole = whole || settings.disposition !== undefined;
  const lags = { kind: { searchLagMs: 0, policyReadAfterWriteMs: 0 }, harsh: isWhole ? {} : moments };
  const chosen = settings.disposition ?? disposition();
  return { disposition: chosen, ...instant, ...lags[chosen], ...settings };
}

/** Longer than what lags at `harsh`. */
const HAND_MS = 30_000;

/** Somebody comes back later: where it is harsh, all that lags shows by then. */
export function later(emulator: Emulator): void {
  if (disposition() === 'harsh') emulator.clock.advance(HAND_MS);
}

/** A hand that writes as slowly as somebody at a console: where it is harsh, what it did shows before it does the next thing. */
function slowHand(emulator: Emulator, api: Api): Api {
  return async (method, path, ...more) => {
    const answer = await api(method, path, ...more);
    // Nothing in Key Protect lags.
    if (method !== 'GET' && !path.startsWith('/api/v2/')) later(emulator);
    return answer;
  };
}

/**
 * Runs a test against an emulator of its own on a free port, and closes it afterwards. At the end it holds that Keystead
 * destroyed no key by force but by a cryptoshred step.
 *
 * @param isClockMoved whether what waits moves the emulator's clock instead of waiting
 */
export async function withEmulator(
  test: (given: { readonly emulator: Emulator; readonly api: Api }) => Promise<void>,
  options: EmulatorOptions = {},
  isClockMoved = false,
): Promise<void> {
  const settings = settingsOf(options.settings, isClockMoved);
  const emulator = await startEmulator({ signingKey, transportKeys, ...options, settings });
  const watch = watchRequests(emulator);
  running.set(emulator.url, emulator);
  if (isClockMoved) movedByWaits.add(emulator);
  try {
    const api = apiOf(emulator.url);
    await test({ emulator, api: isClockMoved ? slowHand(emulator, api) : api });
    watch.hold();
  } finally {
    running.delete(emulator.url);
    await emulator.close();
  }
}

/** Logs in to an emulator, as the default identity unless told otherwise. */
export async function tokenOf(url: string, apikey?: string): Promise<string> {
  return (await login(url, apikey)).text;
}

interface Token {
  readonly text: string;
  /** By the emulator's clock. */
  readonly endsMs: number;
}

async function login(url: string, apikey = 'keystead-emulator'): Promise<Token> {
  const body = new URLSearchParams({
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    apikey,
  });
  const { body: answer } = await send(url, 'POST', '/identity/token', { body: body.toString(), headers: {} });
  const { access_token: text = undefined, expiration = undefined } = Object(answer);
  if (typeof text !== 'string' || typeof expiration !== 'number') {
    throw new Error(`no token in ${JSON.stringify(answer)}`);
  }
  return { text, endsMs: expiration * 1000 };
}

/** By API key. A login takes longer than the request that it is for. */
const tokens = new WeakMap<Emulator, Map<string | undefined, Token>>();

/** A token that has not ended; a new one each time from an emulator whose clock is not to be seen from here. */
async function validToken(url: string, apiKey: string | undefined): Promise<string> {
  const emulator = running.get(url);
  if (emulator === undefined) return await tokenOf(url, apiKey);
  const held = tokens.get(emulator) ?? new Map<string | undefined, Token>();
  tokens.set(emulator, held);
  const known = held.get(apiKey);
  if (known !== undefined && known.endsMs > emulator.clock.now().getTime()) return known.text;
  const made = await login(url, apiKey);
  held.set(apiKey, made);
  return made.text;
}

/** The requests of a test, each with a token that is good at that moment by the emulator's clock. */
export function apiOf(url: string, apiKey?: string): Api {
  return async (method, path, { body, headers = {} } = {}) => {
    const token = await validToken(url, apiKey);
    return send(url, method, path, { body, headers: { Authorization: `Bearer ${token}`, ...headers } });
  };
}

/** The same without a token, for calls that need none. */
export function openApiOf(url: string): Api {
  return (method, path, { body, headers = {} } = {}) => send(url, method, path, { body, headers });
}

/** Sends one request; a body that is not a string as JSON. An answer that is not JSON comes back as its text. */
export async function send(
  url: string,
  method: string,
  path: string,
  { body, headers }: { readonly body?: unknown; readonly headers: Readonly<Record<string, string>> },
): Promise<Answer> {
  const type: Readonly<Record<string, string>> =
    body === undefined || typeof body === 'string' ? {} : { 'Content-Type': 'application/json' };
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer = await response.text();
  return { status: response.status, body: answer === '' ? undefined : parsed(answer), headers: response.headers };
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
