import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { at, text } from '../helpers/platform.ts';

/** What came back: the body parsed, `undefined` where there was none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly etag: string;
}

export type Send = (
  method: string,
  path: string,
  options?: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    /** Statuses that the provider goes on with; any other ends it with an error. Default: 200. */
    readonly allow?: readonly number[];
  },
) => Promise<Answer>;

/** How many requests went where: `kp` to Key Protect, `iam` for tokens, `platform` everywhere else. */
export interface Counts {
  readonly kp: number;
  readonly iam: number;
  readonly platform: number;
}

/** A run of terraform-provider-ibm against an emulator, as far as its requests go. */
export interface Provider {
  readonly emulator: Emulator;
  readonly accountId: string;
  /** Sends as bluemix-go and the Go SDKs of the platform do. */
  readonly send: Send;
  /** `populateKPClient`: asks Resource Controller for the instance, then gets a client with a token of its own. */
  keyProtect(guid: string): Promise<Send>;
  /** Runs something, and says what was sent for it. */
  counted<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly counts: Counts }>;
  /** The provider sleeps; emulator time goes on. */
  sleep(ms: number): void;
}

/**
 * The start of a run: a token with Basic `bx:bx`, whose claims are read without a look at the signature.
 * Source: platform reference, "Provider bootstrap: exact sequence", "JWT claims clients decode".
 */
export async function startProvider(emulator: Emulator): Promise<Provider> {
  const configured = await token(emulator, { Authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` });
  const [, claims = ''] = configured.split('.');
  const decoded: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
  must(decoded, 'id', 'account.bss', 'iss', 'email', 'iat', 'exp');
  expect(text(decoded, 'iss')).toContain('https://iam.cloud.ibm.com');
  // The second authenticator, without Basic, at the first call of one of the Go SDKs.
  const shared = await token(emulator, {});
  const send = sender(emulator, {
    Authorization: `Bearer ${shared}`,
    'Content-Type': 'application/json',
    'Accept-Language': 'en',
    'User-Agent': 'Bluemix-go SDK 0.0.1 / linux',
    'X-Original-User-Agent': 'terraform-provider-ibm/1.80.0',
  });
  return {
    emulator,
    accountId: text(decoded, 'account', 'bss'),
    send,
    keyProtect: async (guid) => {
      const { body } = await send('GET', `/v2/resource_instances/${guid}`);
      // Unchecked type assertions: strings, or the plugin panics.
      expect(text(body, 'extensions', 'endpoints', 'public')).toBe(emulator.url);
      expect(text(body, 'extensions', 'endpoints', 'private')).toBe(`${emulator.url}/private`);
      return sender(emulator, {
        Authorization: `Bearer ${await token(emulator, {})}`,
        'bluemix-instance': guid,
        'Correlation-Id': randomUUID(),
      });
    },
    counted: async (work) => {
      const before = emulator.requests().length;
      const result = await work();
      const paths = emulator
        .requests()
        .slice(before)
        .map(({ path }) => path);
      const kp = paths.filter((path) => path.startsWith('/api/v2/')).length;
      const iam = paths.filter((path) => path === '/identity/token').length;
      return { result, counts: { kp, iam, platform: paths.length - kp - iam } };
    },
    sleep: (ms) => emulator.clock.advance(ms),
  };
}

/** Each of these must be there and not null: where one is missing, the provider's plugin panics or fails. */
export function must(value: unknown, ...paths: readonly string[]): void {
  const missing = paths.filter((path) => (at(value, ...path.split('.')) ?? undefined) === undefined);
  expect(missing).toEqual([]);
}

async function token(emulator: Emulator, headers: Readonly<Record<string, string>>): Promise<string> {
  const apikey = emulator.environment['IBMCLOUD_API_KEY'] ?? '';
  const form = { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey, response_type: 'cloud_iam' };
  const response = await fetch(`${emulator.url}/identity/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
  const body: unknown = await response.json();
  must(body, 'expires_in', 'expiration', 'refresh_token', 'token_type');
  return text(body, 'access_token');
}

function sender(emulator: Emulator, common: Readonly<Record<string, string>>): Send {
  return async (method, path, { body, headers = {}, allow = [200] } = {}) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { ...common, ...headers },
      // As bytes: to a text fetch would add a content type, which the client for Key Protect does not send.
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
    });
    const answer = await response.text();
    if (!allow.includes(response.status)) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return {
      status: response.status,
      body: answer === '' ? undefined : JSON.parse(answer),
      etag: response.headers.get('etag') ?? '',
    };
  };
}
