import { randomUUID } from 'node:crypto';
import { createLimit, type Limit } from '../limit.ts';
import { type Log, redact } from '../log.ts';
import type { CloudFacts } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { AddressedCall, Answer } from './api.ts';
import type { Clock } from './clock.ts';
import { readErrorBody } from './error-body.ts';
import { createExchange, type Incoming, type Outgoing } from './exchange.ts';
import { AttemptFailed, type Failure } from './failure.ts';
import type { HttpsProxy } from './proxy.ts';
import { dateMs, retryAfterMs } from './retry-after.ts';

/**
 * Sends one request, once.
 *
 * @param attempt from 1, for the log
 * @throws AttemptFailed: never Node's own error, which knows the connection
 */
export type Transport = (call: AddressedCall, attempt: number, token: string | undefined) => Promise<Answer>;

/** Platform API reference, "Limits": at most four requests at a time to one host. */
const MOST_AT_ONCE = 4;
const REQUEST_MS = 60_000;

/** @param options.secret never shown, wherever an answer may repeat it: the API key */
export function createTransport(options: {
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
  readonly secret: string;
  readonly proxy?: HttpsProxy | undefined;
}): Transport {
  const { log, clock, secret } = options;
  const exchange = createExchange(options.proxy);
  const agent = `keystead/${options.version}`;
  const limits = new Map<string, Limit>();
  const hide = (shown: string) => String(redact(secret === '' ? shown : shown.replaceAll(secret, '[redacted]')));
  return (call, attempt, token) => {
    const url = urlOf(call);
    // Not an agent's `maxSockets`: the wait for a socket would count as part of the request's time.
    const limit = limits.get(url.origin) ?? createLimit(MOST_AT_ONCE);
    limits.set(url.origin, limit);
    return limit(async () => {
      const id = randomUUID();
      const startedAt = clock.now();
      const tell = (facts: object) => {
        const { api, operation, method = 'GET', path } = call;
        const ms = Math.round(clock.now() - startedAt);
        log.debug({ api: api.name, operation, method, path, ...facts, ms, attempt, correlationId: id }, 'request');
      };
      const sent = await exchange(url, outgoingOf(call, agent, id, token)).catch((error: unknown) => {
        const failure = failureOf(error);
        tell({ error: failure.code });
        throw new AttemptFailed(failure, factsOf(call, { correlationId: id }));
      });
      tell({ status: sent.status });
      return understood(call, id, { ...sent, text: sent.status < 300 ? sent.text : hide(sent.text) }, clock.now());
    });
  };
}

function urlOf(call: AddressedCall): URL {
  const url = new URL(`${call.endpoint.url}${call.path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function outgoingOf(call: AddressedCall, agent: string, id: string, token: string | undefined): Outgoing {
  const { method = 'GET', form, body, timeoutMs = REQUEST_MS } = call;
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const content = form === undefined ? JSON.stringify(body) : new URLSearchParams(form).toString();
  return {
    method,
    timeoutMs,
    body: content,
    headers: {
      'user-agent': agent,
      accept: 'application/json',
      ...(content === undefined ? {} : { 'content-type': type }),
      ...call.headers,
      [call.api.idHeader]: id,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  };
}

const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|PROXY_.*|CERT_.*|ERR_TLS_CERT.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO_.*)$/;

/** Only before the connection stands is it certain that nothing was sent. */
function failureOf(error: unknown): Failure & { readonly code: string } {
  const code = memberOf(error, 'code');
  if (typeof code !== 'string') throw error;
  // Several addresses tried for one name: one error an address.
  const each = memberOf(error, 'errors');
  const syscall = memberOf(Array.isArray(each) ? each[0] : error, 'syscall');
  const isUnsent = neverSent.test(code) || syscall === 'connect' || syscall === 'getaddrinfo';
  return { is: isUnsent ? 'unreached' : 'unanswered', code };
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function understood(call: AddressedCall, id: string, sent: Incoming, nowMs: number): Answer {
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
  const waitMs = retryAfterMs(headers['retry-after'], headers['date'], nowMs);
  const answeredAtMs = dateMs(headers['date']);
  const failure: Failure = {
    is: 'answered',
    status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(answeredAtMs === undefined ? {} : { answeredAtMs }),
  };
  const facts = factsOf(call, {
    status,
    ...(said.code === undefined ? {} : { apiCode: said.code }),
    ...(said.message === undefined ? {} : { apiMessage: said.message }),
    correlationId,
  });
  throw new AttemptFailed(failure, facts, body);
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
