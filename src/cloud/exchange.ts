import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type HttpsProxy, TunnelAgent } from './proxy.ts';

/** One request as it goes over the wire. */
export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** For the whole exchange; its connection has to stand within ten seconds. */
  readonly timeoutMs: number;
}

/** What came back, whatever its status. */
export interface Incoming {
  readonly status: number;
  /** In lower case; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/**
 * Sends a request once, over connections that are kept, and reads the whole answer; a redirect is an answer too.
 *
 * @throws Error with Node's `code`; its `syscall` is `connect` where a connection never stood, so that nothing was sent
 */
export type Exchange = (url: URL, outgoing: Outgoing) => Promise<Incoming>;

const CONNECT_MS = 10_000;

/** Node's own client, since a library's options for each request cost more CPU than all that this folder does. */
export function createExchange(proxy: HttpsProxy | undefined): Exchange {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = proxy === undefined ? new HttpsAgent({ keepAlive: true }) : new TunnelAgent(proxy);
  return async (url, { method, headers, body, timeoutMs }) => {
    const options = { method, headers: { ...headers, 'accept-encoding': 'gzip' } };
    const isSecure = url.protocol === 'https:';
    const sending = isSecure
      ? httpsRequest(url, { ...options, agent: httpsAgent })
      : httpRequest(url, { ...options, agent: httpAgent });
    let late: Error | undefined;
    const giveUp = (facts: object): void => {
      late = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT', ...facts });
      sending.destroy(late);
    };
    const whole = setTimeout(giveUp, timeoutMs, {});
    const connection = setTimeout(giveUp, CONNECT_MS, { syscall: 'connect' });
    sending.once('socket', (socket) => {
      if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(connection));
      else clearTimeout(connection);
    });
    try {
      return await answerTo(sending, body);
    } catch (error) {
      // What a connection that was torn down says of itself is not why.
      throw late ?? error;
    } finally {
      clearTimeout(whole);
      clearTimeout(connection);
    }
  };
}

async function answerTo(sending: ClientRequest, body: string | undefined): Promise<Incoming> {
  const chunks: Buffer[] = [];
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (coming) => {
      coming.on('data', (chunk: Buffer) => chunks.push(chunk));
      coming.once('error', reject);
      coming.once('end', () => resolve(coming));
    });
    sending.end(body);
  });
  const headers = Object.entries(response.headers).map(([name, value]) => [name, [value].flat()[0]] as const);
  const bytes = Buffer.concat(chunks);
  const isZipped = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
  const text = (isZipped ? await unzip(bytes) : bytes).toString('utf8');
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), text };
}

const unzip = promisify(gunzip);
