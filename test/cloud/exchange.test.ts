import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { createExchange } from '../../src/cloud/exchange.ts';

/** A server that answers as it is told, and exchanges with it. */
async function withServer(
  listener: RequestListener,
  use: (send: (body?: string, timeoutMs?: number) => ReturnType<ReturnType<typeof createExchange>>) => Promise<void>,
): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const exchange = createExchange(undefined);
  const url = new URL(`http://127.0.0.1:${port}/a?b=c`);
  try {
    await use((body, timeoutMs = 60_000) =>
      exchange(url, { method: 'POST', headers: { 'x-own': '1' }, body, timeoutMs }),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('an exchange', () => {
  test('brings status, headers and text, of a redirect as well, over a connection that is kept', async () => {
    const ports = new Set<number | undefined>();
    await withServer(
      (request, response) => {
        ports.add(request.socket.remotePort);
        response.writeHead(302, { location: '/b', 'set-cookie': ['c=1', 'd=2'] });
        response.end(
          `${request.method} ${request.url} ${request.headers['x-own']} ${request.headers['content-length']}`,
        );
      },
      async (send) => {
        await expect(send('ü')).resolves.toMatchObject({
          status: 302,
          headers: { location: '/b', 'set-cookie': 'c=1' },
          text: 'POST /a?b=c 1 2',
        });
        await expect(send()).resolves.toMatchObject({ text: 'POST /a?b=c 1 0' });
        expect(ports.size).toBe(1);
      },
    );
  });

  test('unpacks what the server packed, and fails on what is damaged', async () => {
    let packed = gzipSync('{"a":"ü"}');
    await withServer(
      ({ headers }, response) => {
        expect(headers['accept-encoding']).toBe('gzip');
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
      },
      async (send) => {
        await expect(send()).resolves.toMatchObject({ text: '{"a":"ü"}' });
        packed = Buffer.alloc(0);
        await expect(send()).resolves.toMatchObject({ text: '' });
        packed = gzipSync('{}').subarray(0, -3);
        await expect(send()).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
      },
    );
  });

  test.each<[string, RequestListener]>([
    ['no answer', () => {}],
    ['an answer without an end', (_, response) => void response.writeHead(200).write('{')],
  ])('is given up after its time: %s', async (_, listener) => {
    await withServer(listener, async (send) => {
      const late = send(undefined, 30);
      await expect(late).rejects.toMatchObject({ code: 'ETIMEDOUT' });
      await expect(late).rejects.not.toHaveProperty('syscall');
    });
  });

  test.each<[string, RequestListener]>([
    ['before the answer', (request) => request.socket.destroy()],
    ['within the answer', (_, response) => void response.writeHead(200).write('{', () => response.destroy())],
  ])('says that its connection was cut %s', async (_, listener) => {
    await withServer(listener, async (send) => {
      await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    });
  });
});
