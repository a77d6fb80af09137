import { readFileSync } from 'node:fs';
import type { Settings } from '../../src/emulator/core/settings.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/start.ts';
import { disposition } from './disposition.ts';
import { watchRequests } from './request-log.ts';
import { running } from './running.ts';

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

/** What is not said to be harsh is not late at all. */
function settingsOf(settings: Partial<Settings> = {}): Partial<Settings> {
  const isHarsh = (settings.disposition ?? disposition) === 'harsh';
  const lags = isHarsh ? {} : { searchLagMs: 0, policyReadAfterWriteMs: 0 };
  return { disposition, ...instant, ...lags, ...settings };
}

/**
 * Runs a test against an emulator of its own on a free port, and closes it afterwards. At the end it holds that Keystead
 * destroyed no key by force but by a cryptoshred step.
 */
export async function withEmulator(
  test: (given: { readonly emulator: Emulator; readonly api: Api }) => Promise<void>,
  options: EmulatorOptions = {},
): Promise<void> {
  const emulator = await startEmulator({ signingKey, ...options, settings: settingsOf(options.settings) });
  const watch = watchRequests(emulator);
  running.set(emulator.url, emulator);
  try {
    await test({ emulator, api: apiOf(emulator.url) });
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
