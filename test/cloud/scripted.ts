import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Connection, connect } from '../../src/cloud/connect.ts';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import { createLog } from '../../src/log.ts';

/** One request as it came in. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What to answer; `drop` closes the connection instead, `cut` closes it in the middle of the body. */
export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly raw?: string;
  readonly fail?: 'drop' | 'cut';
}

export const API_KEY = 'canary-api-key-5f1c';
export const ACCOUNT = '0123456789abcdef0123456789abcdef';
export const INSTANCE = `crn:v1:bluemix:public:kms:us-south:a/${ACCOUNT}:11111111-2222-4333-8444-555555555555::`;

/** A key as a list shows it, and the list. */
export const keyBody = {
  id: 'k1',
  crn: `${INSTANCE.slice(0, -2)}:key:k1`,
  name: 'dv-root',
  state: 1,
  extractable: false,
};
export const keys: Scripted = { body: { metadata: { collectionTotal: 1 }, resources: [keyBody] } };
export const wanted = { name: 'dv-root', extractable: false, aliases: ['keystead_s_dv-root'] };
/** A refusal in Key Protect's words. */
export const refusal = (status: number, code: string, message: string): Scripted => ({
  status,
  headers: { 'correlation-id': 'theirs-1' },
  body: { resources: [{ errorMsg: 'x', reasons: [{ code, message }] }] },
});
/** What a promise was rejected with. */
export const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A token as IAM makes it; nobody here verifies its signature. */
export function tokenFor(name: string, expSeconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iam_id: 'IBMid-1', account: { bss: ACCOUNT }, iat: expSeconds - 3600, exp: expSeconds };
  return `${part({ alg: 'RS256' })}.${part(claims)}.${Buffer.from(name).toString('base64url')}`;
}

export interface Bench {
  readonly connection: Connection;
  /** Every request but logins. */
  readonly seen: readonly Seen[];
  readonly logins: readonly Seen[];
  /** What the clients waited for; the wait itself only moves their clock. */
  readonly waits: readonly number[];
  readonly lines: readonly string[];
  advance(ms: number): void;
  readonly origin: string;
}

/**
 * The clients against a server that says what a test wants: for what no real service could be brought to do.
 *
 * @param answer for each request but the login, with its number from 1
 */
export async function withServer(
  answer: (seen: Seen, count: number) => Scripted | Promise<Scripted>,
  use: (bench: Bench) => Promise<void>,
  logIn: (count: number) => Scripted = () => ({ body: loginBody('t', Date.now() / 1000 + 3600) }),
  more: { readonly maxRps?: number } = {},
): Promise<void> {
  const seen: Seen[] = [];
  const logins: Seen[] = [];
  const server = createServer((request, response) => {
    void read(request).then(async (one) => {
      const isLogin = one.path === '/identity/token';
      (isLogin ? logins : seen).push(one);
      reply(response, isLogin ? logIn(logins.length) : await answer(one, seen.length));
    });
  });
  const origin = await listening(server);
  const waits: number[] = [];
  const lines: string[] = [];
  let now = Date.now();
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  const log = createLog({ level: 'trace', destination: { write: (line) => lines.push(line) } });
  const connection = connect({
    credentials: { type: 'iam', apiKey: API_KEY },
    endpoints: endpointsAt(origin),
    log,
    clock,
    random: () => 1,
    ...more,
  });
  const advance = (ms: number) => {
    now += ms;
  };
  try {
    await use({ connection, seen, logins, waits, lines, advance, origin });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export function endpointsAt(origin: string) {
  const names = ['IAM', 'KP', 'RESOURCE_CONTROLLER', 'RESOURCE_MANAGEMENT', 'RESOURCE_CATALOG', 'GT', 'GS'];
  return endpointsFrom(Object.fromEntries(names.map((name) => [`IBMCLOUD_${name}_API_ENDPOINT`, origin])), 'public');
}

export function loginBody(name: string, expSeconds: number): object {
  return { access_token: tokenFor(name, Math.floor(expSeconds)), refresh_token: 'refresh-canary', expires_in: 3600 };
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

async function read(request: IncomingMessage): Promise<Seen> {
  const url = new URL(request.url ?? '/', 'http://x');
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body };
}

function reply(response: ServerResponse, scripted: Scripted): void {
  const { status = 200, headers, body, raw, fail } = scripted;
  if (fail === 'drop') return void response.destroy();
  const text = raw ?? (body === undefined ? '' : JSON.stringify(body));
  if (fail === 'cut') {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write(text, () => response.destroy());
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
