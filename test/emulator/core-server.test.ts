import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startOwnEmulator } from '../../src/cli/own-emulator.ts';
import { EmulatorError } from '../../src/emulator/core/emulator-error.ts';
import { makeRoute } from '../../src/emulator/core/router.ts';
import { ApiError, type Operation } from '../../src/emulator/core/world.ts';
import { startEmulator } from '../../src/emulator/start.ts';
import { operations, timers } from '../../src/emulator/surface.ts';
import { tokenOf, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { createInstance } from '../helpers/platform.ts';

describe('the server', () => {
  test('answers 501 with method and path to what it does not know, and echoes the transaction id', async () => {
    await withEmulator(async ({ emulator }) => {
      const answer = await fetch(`${emulator.url}/v9/unknown/a%2Fb?x=1`, {
        method: 'PUT',
        headers: { 'Transaction-Id': 't-1' },
      });
      expect([answer.status, await answer.json()]).toEqual([
        501,
        { errors: [{ code: 'not_emulated', message: 'PUT /v9/unknown/a%2Fb is not emulated.' }], status_code: 501 },
      ]);
      expect([answer.headers.get('transaction-id'), answer.headers.get('correlation-id')]).toEqual(['t-1', 't-1']);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    });
  });

  test('keeps clock, tokens and records over a restart on the same file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystead-server-'));
    const options = { dataFile: join(folder, 'sub', 'data.log') };
    const first = await startEmulator(options);
    first.clock.advance(90 * 24 * 3600_000);
    const token = await tokenOf(first.url);
    await first.close();
    await withEmulator(async ({ emulator }) => {
      const headers = { Authorization: `Bearer ${token}`, 'IAM-ApiKey': 'keystead-emulator' };
      expect((await fetch(`${emulator.url}/v1/apikeys/details`, { headers })).status).toBe(200);
      expect(emulator.clock.now().getTime() - Date.now()).toBeGreaterThan(89 * 24 * 3600_000);
    }, options);
    rmSync(folder, { recursive: true });
  });

  test('says in one error that a port is taken, and gives the data file back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystead-port-'));
    const dataFile = join(folder, 'data.log');
    await withEmulator(async ({ emulator }) => {
      const port = Number(new URL(emulator.url).port);
      const failure = await startEmulator({ port, dataFile }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(EmulatorError);
      expect(failure).toMatchObject({ message: `Port ${port} of 127.0.0.1 is in use by another process.` });
    });
    await (await startEmulator({ dataFile })).close();
    rmSync(folder, { recursive: true });
  });

  test('serves this machine only', async () => {
    await expect(startEmulator({ host: '0.0.0.0' })).rejects.toThrow('it serves this machine only');
  });

  test('serves a network when that is said twice, and names itself by the name it is called', async () => {
    const emulator = await startEmulator({ host: '0.0.0.0', allowNetwork: true });
    const { port } = new URL(emulator.url);
    expect(emulator.url).toBe(`http://127.0.0.1:${port}`);
    const answer = await fetch(`http://localhost:${port}/api/v1?_limit=1`);
    expect(await answer.json()).toMatchObject({ next: expect.stringMatching(`^http://localhost:${port}/api/v1`) });
    await emulator.close();
  });

  test('shows what there is and what happened at /, without secrets and without trusting names', async () => {
    await withEmulator(async ({ emulator, api }) => {
      await createInstance(api, { name: 'lakehouse' });
      emulator.faults.add({ match: { path: '<b>never</b>' }, status: 500 });
      const before = emulator.requests().length;
      const answer = await fetch(emulator.url);
      const text = await answer.text();
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const happened = ['createResourceInstance', 'data-virtualization.instance.create', '&lt;b&gt;'];
      // What leads a client with a real API key past the emulator.
      for (const shown of ['lakehouse', ...happened, 'visibility = &quot;private&quot;', 'ibm_kp_key']) {
        expect(text).toContain(shown);
      }
      expect(text).not.toContain('<b>never');
      expect(text).not.toContain('keystead-emulator');
      expect(text).not.toContain('PRIVATE KEY');
      expect(emulator.requests()).toHaveLength(before);
    });
  });

  test('starts with the faults, the time and the settings that it is given', async () => {
    await withFolder({ 'faults.yaml': '- match: { path: policies }\n  status: 503\n' }, async (folder) => {
      const options = {
        port: 0,
        data: join(folder, 'data.log'),
        setting: [
          'provisioningMs=5',
          'provisioningMsOf.messagehub=9',
          'provisioningMsOf.data-virtualization=7',
          'failProvisioning=messagehub,secrets-manager',
          'absentAliasCode=GONE',
        ],
        disposition: 'harsh' as const,
        faults: join(folder, 'faults.yaml'),
        clock: new Date('2031-02-03T04:05:06Z'),
      };
      const first = await startOwnEmulator(options);
      expect(first.settings.read()).toMatchObject({
        provisioningMs: 5,
        provisioningMsOf: { messagehub: 9, 'data-virtualization': 7 },
        failProvisioning: ['messagehub', 'secrets-manager'],
        searchLagMs: 20_000,
        absentAliasCode: 'GONE',
      });
      expect(first.clock.now().toISOString()).toMatch(/^2031-02-03T04:05/);
      expect((await fetch(`${first.url}/v2/policies`)).status).toBe(503);
      first.clock.advance(24 * 3600_000);
      await first.close();
      // What the data file says of time goes before what a start says.
      const second = await startOwnEmulator(options);
      expect(second.clock.now().toISOString()).toMatch(/^2031-02-04T/);
      await second.close();
      const bad = { ...options, data: join(folder, 'other.log') };
      await expect(startOwnEmulator({ ...bad, setting: ['speed=5'] })).rejects.toThrow('no setting "speed"');
      await expect(startOwnEmulator({ ...bad, faults: folder })).rejects.toThrow('cannot be read');
    });
  });

  test('names every client at itself, with the catalog free of a path', async () => {
    await withEmulator(async ({ emulator: { url, environment } }) => {
      expect(environment).toMatchObject({
        IBMCLOUD_API_KEY: 'keystead-emulator',
        IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT: url,
        GLOBAL_CATALOG_URL: `${url}/api/v1`,
        IBMCLOUD_DATABASES_API_ENDPOINT: `${url}/v5/ibm`,
        IBMCLOUD_IAMPAP_API_ENDPOINT: url,
        IBMCLOUD_UAA_ENDPOINT: url,
      });
      const addresses = Object.entries(environment).filter(([name]) => /_(ENDPOINT|URL)$/.test(name));
      expect(addresses.filter(([, value]) => !value.startsWith(url))).toEqual([]);
    });
  });

  test('closes twice without complaint, with connections open', async () => {
    const emulator = await startEmulator();
    await fetch(`${emulator.url}/identity/keys`);
    await emulator.close();
    await emulator.close();
    const port = Number(new URL(emulator.url).port);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('routing', () => {
  const row = (method: string, path: string): Operation => ({
    name: path,
    method,
    path,
    auth: 'none',
    dialect: {
      unauthorized: () => ({ status: 401 }),
      badJson: () => ({ status: 400 }),
      notImplemented: () => ({ status: 501 }),
      unexpected: () => ({ status: 500 }),
      injected: (status) => ({ status }),
    },
    handle: () => {
      throw new ApiError({ status: 418 });
    },
  });

  test('matches encoded segments, decodes them once, and lets earlier rows win', () => {
    const route = makeRoute([row('GET', '/a/fixed'), row('GET', '/a/{id}'), row('GET', '/a/{id}/b')]);
    const crn = 'crn:v1:bluemix:public:kms:us-south:a/0123:guid::';
    expect(route('GET', '/a/fixed')?.operation.name).toBe('/a/fixed');
    expect(route('GET', `/a/${encodeURIComponent(crn)}/b`)?.params).toEqual({ id: crn });
    expect(route('GET', '/a/100%2525/')?.params).toEqual({ id: '100%25' });
    expect([route('GET', '/a/'), route('GET', '/a/%zz'), route('POST', '/a/x'), route('GET', '/a/x/y')]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });

  test('has one row for each method and path, and timers carry their folder', () => {
    const rows = operations.map((operation) => `${operation.method} ${operation.path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(rows).size).toBe(rows.length);
    for (const kind of Object.keys(timers)) expect(kind).toMatch(/^[a-z-]+\/[a-z-]+$/);
  });
});
