import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { dispatch, type Outcome } from './dispatch.ts';
import type { Engine } from './engine.ts';
import type { Faults, Mishap } from './faults.ts';
import { type Callers, refuseHost, refuseOrigin } from './listen.ts';
import type { RequestLog } from './request-log.ts';
import type { Route } from './router.ts';
import type { BareCall, Reply } from './world.ts';

/** No API that is emulated takes more. */
const largestBody = 16 * 1024 * 1024;

/** The emulator's own side: calls that need no token, meet no fault and are not recorded, and a page for a browser. */
export interface Control {
  owns(path: string): boolean;
  answer(parts: Parts, call: BareCall, text: string): Reply;
  page(parts: Parts, origin: string): string;
}

/** What a server serves, and whom. */
export interface Site {
  readonly parts: Parts;
  readonly route: Route;
  readonly control: Control;
  readonly callers: Callers;
  /** By what address a client knows the server, from the `Host` that it sent; asked once it listens. */
  originOf(host: string | undefined): string;
}

/** Makes the server. */
export function makeServer(site: Site): Server {
  const server = createServer((request, response) => {
    serve(site, request, response).catch(() => {
      // The client went away while its body was being read or its answer written: there is nobody to tell.
      response.destroy();
    });
  });
  // Longer than clients keep idle connections, so that none sends a request into a closing one.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { parts, route, control } = site;
  const origin = site.originOf(request.headers.host);
  const text = await readBody(request);
  parts.engine.runDueTimers();
  const call = bareCall(request, origin, parts.engine.now());
  if (text === undefined) {
    await send(response, call, neutral(413, 'too_large', `The body is larger than ${largestBody} bytes.`));
    return;
  }
  const stranger = refuseCaller(site, call);
  if (stranger !== undefined) {
    await send(response, call, neutral(403, 'caller_refused', stranger));
    return;
  }
  if (control.owns(call.path)) {
    // Built after the call, so that the Date of an answer about the clock is the new one.
    const reply = control.answer(parts, call, text);
    await send(response, { ...call, at: parts.engine.now() }, reply);
    return;
  }
  if (call.path === '/' && (call.method === 'GET' || call.method === 'HEAD')) {
    sendPage(response, control.page(parts, origin));
    return;
  }
  const fault = parts.faults.next(call.method, call.path, call.at);
  const { reply, operation, error } = await answer(parts, route, call, text, fault);
  const userAgent = call.header('user-agent');
  parts.requests.add({
    method: call.method,
    path: call.path,
    query: call.query.toString(),
    status: reply?.status ?? 0,
    at: call.at.toISOString(),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(operation === undefined ? {} : { operation }),
    ...(fault === undefined ? {} : { fault }),
    ...(error === undefined ? {} : { error }),
  });
  if (reply === undefined) response.destroy();
  else await send(response, call, reply, fault);
}

/** Control calls alone need no token, so only they are asked for the page that they come from. */
function refuseCaller({ callers, control }: Site, call: BareCall): string | undefined {
  const host = call.header('host');
  const byHost = refuseHost(callers, host);
  return byHost ?? (control.owns(call.path) ? refuseOrigin(callers, call.header('origin'), host) : undefined);
}

/** @returns an outcome without a reply where the connection is to be cut */
async function answer(
  parts: Parts,
  route: Route,
  call: BareCall,
  text: string,
  fault: Mishap | undefined,
): Promise<Omit<Outcome, 'reply'> & { readonly reply: Reply | undefined }> {
  if (fault === undefined || 'truncate' in fault || 'dripMs' in fault) return dispatch(parts.engine, route, call, text);
  if ('staleMs' in fault) return dispatch(parts.engine, route, call, text, fault.staleMs);
  if ('status' in fault) {
    const seconds = fault.retryAfterSeconds;
    const headers = seconds === undefined ? {} : { 'Retry-After': String(seconds) };
    const reply = injected(route, call, fault.status);
    return { reply: { ...reply, headers: { ...reply.headers, ...headers } } };
  }
  if ('statusAfter' in fault) {
    return { ...dispatch(parts.engine, route, call, text), reply: injected(route, call, fault.statusAfter) };
  }
  if ('delayMs' in fault) {
    await wait(fault.delayMs);
    parts.engine.runDueTimers();
    return dispatch(parts.engine, route, { ...call, at: parts.engine.now() }, text);
  }
  if (fault.drop === 'before') return { reply: undefined };
  return { ...dispatch(parts.engine, route, call, text), reply: undefined };
}

/**
 * What Tagging and Search call a request by. A value that cannot be one is replaced without a word.
 * Source: platform reference, "Tagging" (8 to 1024 letters, digits, spaces, commas, hyphens and underscores).
 */
function echoed(call: BareCall): Readonly<Record<string, string>> {
  const sent = ['X-Request-Id', 'X-Correlation-Id'].flatMap((name): readonly (readonly [string, string])[] => {
    const value = call.header(name);
    if (value === undefined) return [];
    return [[name, /^[\w ,-]{8,1024}$/.test(value) ? value : randomUUID()]];
  });
  return Object.fromEntries(sent);
}

/** In the words of the API that was called; a path of none gets words that are no API's. */
function injected(route: Route, call: BareCall, status: number): Reply {
  const dialect = route(call.method, call.path)?.operation.dialect;
  return (
    dialect?.injected(status, call) ??
    neutral(status, 'injected_fault', 'A fault rule of the emulator gave this answer.')
  );
}

/** @returns undefined when there is more of it than is taken */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= largestBody) chunks.push(bytes);
  }
  return size > largestBody ? undefined : Buffer.concat(chunks).toString('utf8');
}

function bareCall(request: IncomingMessage, origin: string, at: Date): BareCall {
  // Not `new URL`: it would resolve `.` and `..` segments, and routing wants the path as it was sent.
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const header = (name: string): string | undefined => {
    const value = request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    header,
    transactionId: header('transaction-id') ?? header('correlation-id') ?? randomUUID(),
    origin,
    at,
  };
}

async function send(response: ServerResponse, call: BareCall, reply: Reply, fault?: Mishap): Promise<void> {
  const body = reply.body === undefined ? undefined : Buffer.from(JSON.stringify(reply.body), 'utf8');
  response.writeHead(reply.status, {
    Date: call.at.toUTCString(),
    'Transaction-Id': call.transactionId,
    'Correlation-Id': call.transactionId,
    ...echoed(call),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
    ...(reply.status === 204 ? {} : { 'Content-Length': String(body?.length ?? 0) }),
    ...reply.headers,
  });
  if (fault !== undefined && 'truncate' in fault && body !== undefined && body.length > 1) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return;
  }
  if (fault !== undefined && 'dripMs' in fault && body !== undefined) await drip(response, body, fault.dripMs);
  response.end(fault !== undefined && 'dripMs' in fault ? undefined : body);
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(html);
}

/** Ten drops, each after its wait; the client may go away meanwhile. */
async function drip(response: ServerResponse, body: Buffer, ms: number): Promise<void> {
  const drops = 10;
  const size = Math.ceil(body.length / drops);
  for (let from = 0; from < body.length && !response.destroyed; from += size) {
    await wait(ms / drops);
    response.write(body.subarray(from, from + size));
  }
}

/** An answer that belongs to no API. */
function neutral(status: number, code: string, message: string): Reply {
  return { status, body: { errors: [{ code, message }], status_code: status } };
}

/** What the server and the control API work on together. */
export interface Parts {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Makes what there is from the start; again after every reset. */
  readonly sow: () => void;
}
