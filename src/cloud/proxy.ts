import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as secure } from 'node:tls';
import { KeysteadError } from '../model/errors.ts';

/** A proxy for every https host but some. An emulator speaks plain http on this machine: it is never behind one. */
export interface HttpsProxy {
  /** May hold a name and password: never shown. */
  readonly url: string;
  /** Host names, each for itself and what is below it; `*` is every host. */
  readonly except: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;
type Connected = (error: Error | null, stream: Duplex) => void;

/**
 * `HTTPS_PROXY` and `NO_PROXY`, in either case, as curl and Go read them.
 *
 * @returns undefined when none is set
 * @throws KeysteadError `BAD_PROXY` when it is no http or https URL
 */
export function proxyFrom(env: Env): HttpsProxy | undefined {
  const given = env['HTTPS_PROXY']?.trim() || env['https_proxy']?.trim();
  if (given === undefined || given === '') return undefined;
  const url = given.includes('://') ? given : `http://${given}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    // The value stays unsaid: it may hold a password.
    throw new KeysteadError('BAD_PROXY', 'HTTPS_PROXY is no http or https URL', {
      remedy: 'set it to a URL such as http://proxy.example.com:3128, or unset it',
    });
  }
  const except = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').map((host) => host.trim().replace(/^\*?\./, ''));
  return { url, except: except.filter((host) => host !== '') };
}

export function isExempt(proxy: HttpsProxy, host: string): boolean {
  return proxy.except.some((one) => one === '*' || host === one || host.endsWith(`.${one}`));
}

/** Node's agent, but its connections lead through the proxy. */
export class TunnelAgent extends Agent {
  readonly #proxy: HttpsProxy;

  constructor(proxy: HttpsProxy) {
    super({ keepAlive: true });
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, connected?: Connected): Duplex | null | undefined {
    const host = options.host ?? 'localhost';
    if (connected === undefined || isExempt(this.#proxy, host)) return super.createConnection(options, connected);
    const done = connected;
    openTunnel(this.#proxy, `${host}:${options.port ?? 443}`).then(
      (socket) => done(null, secure({ socket, host, servername: options.servername ?? host })),
      (error: Error) => done(error, new Socket()),
    );
    return undefined;
  }
}

const CONNECT_MS = 10_000;

/** RFC 9110, "CONNECT". Nothing but the authority reaches the proxy: what follows is TLS with the host itself. */
function openTunnel(proxy: HttpsProxy, authority: string): Promise<Duplex> {
  const { protocol, hostname, port, username, password } = new URL(proxy.url);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const request = (protocol === 'https:' ? httpsRequest : httpRequest)({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || (protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    agent: false,
    timeout: CONNECT_MS,
    headers: {
      host: authority,
      ...(username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
  });
  return new Promise((resolve, reject) => {
    const refuse = (code: string) => {
      request.destroy();
      reject(Object.assign(new Error('no way through the proxy'), { code }));
    };
    request.once('connect', ({ statusCode }: IncomingMessage, socket: Duplex) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      refuse(`PROXY_ANSWERED_${statusCode}`);
    });
    // A server that does not know CONNECT answers it like any other request.
    request.once('response', ({ statusCode }) => refuse(`PROXY_ANSWERED_${statusCode}`));
    request.once('timeout', () => refuse('PROXY_TIMEOUT'));
    request.once('error', (error: NodeJS.ErrnoException) => refuse(`PROXY_${error.code ?? 'ERROR'}`));
    request.end();
  });
}
