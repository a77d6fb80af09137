import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { got, RequestError, TimeoutError } from 'got';
import pLimit from 'p-limit';
import { type Log, redact } from '../log.ts';
import type { CloudFacts } from '../model/errors.ts';
import { given } from '../model/json.ts';
import type { AddressedCall, Answer } from './api.ts';
import type { Clock } from './clock.ts';
import { readErrorBody } from './error-body.ts';
import { AttemptFailed, type Failure } from './failure.ts';
import type { Gates } from './gates.ts';
import { type HttpsProxy, TunnelAgent } from './proxy.ts';
import { dateMs, retryAfterMs } from './retry-after.ts';

/**
 * Sends one request, once.
 *
 * @param attempt from 1, for the log
 * @throws AttemptFailed and nothing else: a got error never leaves this file, since its options carry the token
 */
export type Transport = (call: AddressedCall, attempt: number, token: string | undefined) => Promise<Answer>;

/** Platform API reference, "Limits": at most four requests at a time to one host. */
const MOST_AT_ONCE = 4;
const CONNECT_MS = 10_000;
const REQUEST_MS = 60_000;

interface Sent {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly text: string;
}

/** @param options.secret never shown, wherever an answer may repeat it: the API key */
export function createTransport(options: {
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
  readonly secret: string;
  /** Each request's turn among those of the run: see `rateLimit`. */
  readonly turn: () => Promise<void>;
  readonly gates: Gates;
  readonly signal?: AbortSignal | undefined;
  readonly proxy?: HttpsProxy | undefined;
}): Transport {
  const { log, clock, secret, turn, gates } = options;
  const client = clientOf(options.version, options.proxy);
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  const hide = (shown: string) => String(redact(secret === '' ? shown : shown.replaceAll(secret, '[redacted]')));
  return (call, attempt, token) => {
    const url = urlOf(call);
    const limit = limits.get(url.origin) ?? pLimit(MOST_AT_ONCE);
    limits.set(url.origin, limit);
    const id = randomUUID();
    /** What waits before it is sent rejects when the run is interrupted. */
    const interrupted = (): never => {
      throw new AttemptFailed({ is: 'unreached', code: 'INTERRUPTED' }, factsOf(call, { correlationId: id }));
    };
    const make = async (): Promise<Answer> => {
      await turn().catch(interrupted);
      const own = { [call.api.idHeader]: id, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      const startedAt = clock.now();
      const tell = (facts: object) => {
        const { api, operation, method = 'GET', path } = call;
        const ms = Math.round(clock.now() - startedAt);
        log.debug({ api: api.name, operation, method, path, ...facts, ms, attempt, correlationId: id }, 'request');
      };
      const sent = await send(client, url, call, own).catch((error: unknown) => {
        const failure = failureOf(error);
        tell({ error: failure.code });
        throw new AttemptFailed(failure, factsOf(call, { correlationId: id }));
      });
      tell({ status: sent.status });
      return understood(call, id, { ...sent, text: sent.status < 300 ? sent.text : hide(sent.text) }, clock.now());
    };
    // Resource Controller counts each method for itself (its API reference, "Rate limiting").
    const sort = `${call.method ?? 'GET'} ${url.origin}`;
    return gates.through(sort, limit, make).catch((error: unknown) => {
      throw error instanceof AttemptFailed || !(options.signal?.aborted ?? false) ? error : interrupted();
    });
  };
}

function clientOf(version: string, proxy: HttpsProxy | undefined): typeof got {
  const https = proxy === undefined ? new HttpsAgent({ keepAlive: true }) : new TunnelAgent(proxy);
  return got.extend({
    // Retries are retry.ts's: two of them multiply.
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    agent: { http: new HttpAgent({ keepAlive: true }), https },
    headers: { 'user-agent': `keystead/${version}`, accept: 'application/json' },
    timeout: { lookup: CONNECT_MS, connect: CONNECT_MS, secureConnect: CONNECT_MS, request: REQUEST_MS },
  });
}

async function send(client: typeof got, url: URL, call: AddressedCall, own: object): Promise<Sent> {
  const { method = 'GET', timeoutMs, body, form } = call;
  const timeout = timeoutMs === undefined ? undefined : { request: timeoutMs };
  const response = await client(
    url,
    given({ method, headers: { ...call.headers, ...own }, json: body, form, timeout }),
  );
  const headers = Object.entries(response.headers).map(([name, value]) => [name, [value].flat()[0]]);
  return { status: response.statusCode, headers: Object.fromEntries(headers), text: response.body };
}

function urlOf(call: AddressedCall): URL {
  const url = new URL(`${call.endpoint.url}${call.path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** Only before the connection stands is it certain that nothing was sent. */
const connecting = new Set(['lookup', 'connect', 'secureConnect']);
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|PROXY_.*|CERT_.*|ERR_TLS_CERT.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO_.*)$/;

function failureOf(error: unknown): Failure & { readonly code: string } {
  if (!(error instanceof RequestError)) throw error;
  const { code } = error;
  const unsent = error instanceof TimeoutError ? connecting.has(error.event) : isUnsent(code, error.cause);
  return { is: unsent ? 'unreached' : 'unanswered', code };
}

function isUnsent(code: string, cause: unknown): boolean {
  // Several addresses tried for one name: an AggregateError with one error an address.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const syscall = typeof first === 'object' && first !== null && 'syscall' in first ? first.syscall : undefined;
  return neverSent.test(code) || syscall === 'connect' || syscall === 'getaddrinfo';
}

function understood(call: AddressedCall, id: string, sent: Sent, nowMs: number): Answer {
  const { status, headers, text } = sent;
  const body = parsed(text);
  if (status >= 200 && status < 300) {
    // A body cut short, or a proxy's page: the API did answer, and what it said is lost.
    if (body === undefined && text !== '') {
      throw new AttemptFailed({ is: 'unanswered', code: 'NOT_JSON' }, factsOf(call, { status, correlationId: id }));
    }
    return { status, headers, body };
  }
  const said = readErrorBody(body ?? text);
  const correlationId = headers[call.api.idHeader.toLowerCase()] ?? said.id ?? id;
  const failure: Failure = given({
    is: 'answered' as const,
    status,
    retryAfterMs: retryAfterMs(headers, nowMs),
    answeredAtMs: dateMs(headers['date']),
  });
  const facts = given({ status, apiCode: said.code, apiMessage: said.message, correlationId });
  throw new AttemptFailed(failure, factsOf(call, facts), body, headers);
}

function factsOf(call: AddressedCall, known: Omit<CloudFacts, 'api' | 'operation'>): CloudFacts {
  return { api: call.api.name, operation: call.operation, ...known };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON; the callers say what that means for them.
    return undefined;
  }
}
