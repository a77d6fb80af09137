import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as dial } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { connect } from '../../src/cloud/connect.ts';
import { type HttpsProxy, isExempt, proxyFrom } from '../../src/cloud/proxy.ts';
import { createLog } from '../../src/log.ts';
import { endpointsAt } from './scripted.ts';

describe('the proxy', () => {
  test('comes from HTTPS_PROXY and NO_PROXY, in either case', () => {
    expect(proxyFrom({})).toBeUndefined();
    expect(proxyFrom({ https_proxy: 'proxy.example.com:3128' })).toEqual({
      url: 'http://proxy.example.com:3128',
      except: [],
    });
    expect(proxyFrom({ HTTPS_PROXY: 'http://u:p@proxy:1', NO_PROXY: '.ibm.com, localhost,' })).toEqual({
      url: 'http://u:p@proxy:1',
      except: ['ibm.com', 'localhost'],
    });
  });

  test('is refused without being shown when it is no URL', () => {
    const bad = () => proxyFrom({ HTTPS_PROXY: 'socks5://user:hunter2@x' });
    expect(bad).toThrow('HTTPS_PROXY is no http or https URL');
    expect(bad).not.toThrow('hunter2');
  });

  test.each([
    ['iam.cloud.ibm.com', ['ibm.com'], true],
    ['ibm.com', ['ibm.com'], true],
    ['notibm.com', ['ibm.com'], false],
    ['iam.cloud.ibm.com', ['*'], true],
    ['iam.cloud.ibm.com', [], false],
  ])('%s is past it when %j are: %s', (host, except, exempt) => {
    expect(isExempt({ url: 'http://p', except }, host)).toBe(exempt);
  });
});

/** What a login over https through a proxy ends with. */
async function loginThrough(proxy: HttpsProxy, target: string): Promise<unknown> {
  const clock = { now: () => 0, sleep: async () => {} };
  const connection = connect({
    credentials: { type: 'iam', apiKey: 'k' },
    endpoints: endpointsAt(target),
    log: createLog({ level: 'silent' }),
    clock,
    proxy,
  });
  return connection
    .reader()
    .login()
    .catch((error: unknown) => error);
}

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const listening = (server: Server | ReturnType<typeof createTlsServer>) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server))));

test("leads to the host itself: the handshake behind it is the host's", async () => {
  // Without a certificate this server ends every handshake; that it was asked for one is what counts.
  let handshakes = 0;
  const host = createTlsServer({}).on('tlsClientError', () => {
    handshakes += 1;
  });
  const port = await listening(host);
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url, request.headers['proxy-authorization']);
    const onward = dial(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => end.destroy());
  });
  const proxyPort = await listening(proxy);
  const url = `http://user:secret@127.0.0.1:${proxyPort}`;
  const failed = await loginThrough({ url, except: [] }, 'https://iam.test');
  expect(asked.slice(0, 2)).toEqual(['iam.test:443', `Basic ${Buffer.from('user:secret').toString('base64')}`]);
  expect(handshakes).toBeGreaterThan(0);
  expect(failed).toMatchObject({ message: expect.stringContaining('IAM, log in') });
  expect(String(failed)).not.toContain('secret');
  host.close();
  proxy.closeAllConnections();
  proxy.close();
});

test('is named when it refuses, and left aside for hosts that need none', async () => {
  let asked = 0;
  const proxy = createServer().on('connect', (_, socket) => {
    asked += 1;
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  const url = `http://127.0.0.1:${await listening(proxy)}`;
  const refused = await loginThrough({ url, except: [] }, 'https://127.0.0.1:1');
  expect(refused).toMatchObject({
    message: 'IAM, log in: https://127.0.0.1:1 could not be reached (PROXY_ANSWERED_407), after 4 tries',
    remedy: expect.stringContaining('HTTPS_PROXY'),
  });
  expect(asked).toBe(4);
  const direct = await loginThrough({ url, except: ['127.0.0.1'] }, 'https://127.0.0.1:1');
  expect(direct).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  expect(asked).toBe(4);
  proxy.close();
});
