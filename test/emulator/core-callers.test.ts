import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';

describe('the server', () => {
  test('answers by names that no web page can have, and by those that are allowed', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const near = ['127.0.0.1:1', 'localhost', 'KMS.localhost.:80', '[::1]:9', '10.0.0.7', 'emulator:4577'];
        for (const host of [...near, 'host.docker.internal:4577', 'Proxy.example.com:443']) {
          expect([host, (await ask(emulator.url, 'GET', '/api/v1', { host })).status]).toEqual([host, 200]);
        }
        for (const host of ['evil.example.com', 'localhost.example.com:4577', '127.0.0.1.example.com', 'a b.c']) {
          for (const path of ['/', '/api/v1', '/_emulator/state']) {
            const { status, body } = await ask(emulator.url, 'GET', path, { host });
            expect([host, path, status, body]).toEqual([host, path, 403, expect.stringContaining('--allow-host')]);
          }
        }
      },
      { allowHosts: ['proxy.EXAMPLE.com'] },
    );
  });

  test('answers by any name on a network, where it does not know its own', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const asked = await ask(emulator.url, 'GET', '/api/v1', { host: 'emulator.ci.example.com' });
        expect(asked.status).toBe(200);
      },
      { host: '0.0.0.0', allowNetwork: true },
    );
  });

  test("takes control calls from its own pages and this machine's, not from others", async () => {
    await withEmulator(
      async ({ emulator }) => {
        const { host } = new URL(emulator.url);
        const advance = (origin: string) =>
          ask(emulator.url, 'POST', '/_emulator/clock', { host, origin }, '{"advance": "P9D"}');
        const before = emulator.clock.now().getTime();
        for (const origin of ['https://evil.example.com', 'null', 'http://10.0.0.7', 'http://localhost.example.com']) {
          expect([origin, (await advance(origin)).status]).toEqual([origin, 403]);
        }
        expect(emulator.clock.now().getTime() - before).toBeLessThan(24 * 3600_000);
        for (const origin of [emulator.url, 'http://localhost:3000', 'http://[::1]:8080', 'https://ui.example.com']) {
          expect([origin, (await advance(origin)).status]).toEqual([origin, 200]);
        }
      },
      { allowHosts: ['ui.example.com'] },
    );
  });
});

/** `fetch` lets nobody say `Host`. */
async function ask(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<{ readonly status: number; readonly body: string }> {
  return await new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(Buffer.from(chunk));
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
