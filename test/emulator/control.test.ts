import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { type Api, openApiOf, tokenOf, withEmulator as withLogin } from '../helpers/emulator.ts';
import { at, authorize, list } from '../helpers/platform.ts';

/** Control calls need no token, and making the key that signs one is what takes time. */
function withEmulator(
  work: (given: { readonly emulator: Emulator; readonly api: Api }) => Promise<void>,
): Promise<void> {
  return withLogin(({ emulator }) => work({ emulator, api: openApiOf(emulator.url) }));
}

const getIdentity = (url: string): Promise<Response> => fetch(`${url}/identity/keys`);

describe('the clock', () => {
  test('is read, moved and set, and Date follows it', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const set = await api('POST', '/_emulator/clock', { body: { set: '2031-02-03T04:05:06Z' } });
      expect(at(set.body, 'now')).toMatch(/^2031-02-03T04:05:0/);
      const moved = await api('POST', '/_emulator/clock', { body: { advance: 'P9DT1H' } });
      expect(at(moved.body, 'now')).toMatch(/^2031-02-12T05:05:/);
      expect(moved.headers.get('date')).toMatch(/^Wed, 12 Feb 2031 05:05:/);
      expect((await getIdentity(emulator.url)).headers.get('date')).toMatch(/^Wed, 12 Feb 2031 05:05:/);
      expect(emulator.clock.now().toISOString()).toMatch(/^2031-02-12T05:05:/);
      emulator.clock.set(new Date('2026-01-01T00:00:00Z'));
      emulator.clock.advance(60_000);
      expect(at((await api('GET', '/_emulator/clock')).body, 'now')).toMatch(/^2026-01-01T00:01:0/);
    });
  });

  test.each([
    {},
    { advance: 'P1M' },
    { advance: 'P' },
    { advance: 'PT' },
    { advance: 9 },
    { set: 'tomorrow' },
    { set: '2026-01-01T00:00:00' },
    { set: '2026-02-31T00:00:00Z' },
    { set: '2026-01-01T00:00:00Z', advance: 'P1D' },
    { advance: 'P999999999999D' },
    'P9D',
    [1],
  ])('answers 400 with one message to %j and does not move', async (body) => {
    await withEmulator(async ({ emulator, api }) => {
      const answer = await api('POST', '/_emulator/clock', { body: JSON.stringify(body) });
      expect(answer.status).toBe(400);
      expect(list(answer.body, 'errors')).toHaveLength(1);
      expect(Math.abs(emulator.clock.now().getTime() - Date.now())).toBeLessThan(60_000);
    });
  });
});

describe('fault rules', () => {
  test('give a status with Retry-After, for the nth request and so many times', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const rule = {
        match: { method: 'GET', path: '^/identity/keys$', nth: 2, times: 2 },
        status: 429,
        retryAfterSeconds: 7,
      };
      expect((await api('POST', '/_emulator/faults', { body: rule })).status).toBe(201);
      const answers: Response[] = [];
      for (let n = 0; n < 4; n += 1) answers.push(await getIdentity(emulator.url));
      expect(answers.map((answer) => answer.status)).toEqual([200, 429, 429, 200]);
      expect(answers[1]?.headers.get('retry-after')).toBe('7');
      expect(emulator.requests().filter((request) => request.fault !== undefined)).toHaveLength(2);
      await api('DELETE', '/_emulator/faults');
      expect((await api('GET', '/_emulator/faults')).body).toEqual({ rules: [] });
    });
  });

  test('cut the connection before the work is done, or after it was saved', async () => {
    await withLogin(async ({ emulator, api }) => {
      const known = (): number => Object.keys(at(emulator.state(), 'policy/policies') ?? {}).length;
      for (const drop of ['before', 'after'] as const) {
        emulator.faults.add({ match: { method: 'POST', path: '/v2/policies' }, drop });
        await expect(authorize(api)).rejects.toThrow('fetch failed');
        expect(known()).toBe(drop === 'before' ? 0 : 1);
      }
      const asked = emulator.requests().filter(({ path }) => path === '/v2/policies');
      expect(asked.map((request) => request.status)).toEqual([0, 0]);
    });
  });

  test('delay an answer, and cut one in half', async () => {
    await withEmulator(async ({ emulator }) => {
      // Asked together, the one that is delayed ends after the one that is not.
      emulator.faults.add({ match: { path: '^/identity/keys' }, delayMs: 300 });
      await Promise.all([getIdentity(emulator.url), fetch(`${emulator.url}/api/v1/kms`)]);
      expect(emulator.requests().map(({ path }) => path)).toEqual(['/api/v1/kms', '/identity/keys']);
      emulator.faults.clear();
      emulator.faults.add({ truncate: true });
      const answer = await getIdentity(emulator.url);
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
    });
  });

  test.each([
    {},
    { status: 200 },
    { status: 500, drop: 'before' },
    { drop: 'never' },
    { delayMs: -1 },
    { drop: 'after', retryAfterSeconds: 1 },
    { status: 500, match: { path: '(' } },
    { status: 500, match: { nth: 0 } },
    { status: 500, match: { verb: 'GET' } },
    { status: 500, when: {} },
    { status: 500, match: { chance: 2 } },
    { status: 500, match: { seed: 1.5 } },
    { staleMs: -1 },
    { statusAfter: 200 },
    { dripMs: 'slow' },
    { rateLimit: { requests: 1 } },
  ])('are refused with one message when they are %j', async (rule) => {
    await withEmulator(async ({ api }) => {
      const answer = await api('POST', '/_emulator/faults', { body: [{ status: 500 }, rule] });
      expect(answer.status).toBe(400);
      expect(list(answer.body, 'errors')).toHaveLength(1);
      expect((await api('GET', '/_emulator/faults')).body).toEqual({ rules: [] });
    });
  });
});

describe('settings', () => {
  test('are read and changed one by one', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const body = { provisioningMs: 5, failProvisioning: ['messagehub'] };
      const changed = await api('POST', '/_emulator/settings', { body });
      expect(changed.body).toMatchObject({ ...body, propagationMs: 0 });
      expect(emulator.settings.read()).toEqual(changed.body);
    });
  });

  test.each([{ provisioning: 5 }, { provisioningMs: '5' }, { provisioningMs: -1 }, { failProvisioning: 'kms' }, []])(
    'are refused when they are %j',
    async (body) => {
      await withEmulator(async ({ api }) => {
        expect((await api('POST', '/_emulator/settings', { body })).status).toBe(400);
      });
    },
  );
});

describe('state, requests and reset', () => {
  test('state holds no key material, no signing key and no API key', async () => {
    await withLogin(async ({ emulator, api }) => {
      const state = JSON.stringify((await api('GET', '/_emulator/state')).body);
      expect(state).not.toMatch(/PRIVATE KEY|secret\/|keystead-emulator/);
      expect(JSON.parse(state)).toEqual(emulator.state());
    });
  });

  test('requests come in order with their operation; control calls are not among them', async () => {
    await withEmulator(async ({ emulator, api }) => {
      for (const name of ['clock', 'requests', 'events', 'state', 'settings', 'faults']) {
        expect((await api('GET', `/_emulator/${name}`)).status).toBe(200);
      }
      await getIdentity(emulator.url);
      await fetch(`${emulator.url}/no/such?a=1`);
      const { body } = await api('GET', '/_emulator/requests');
      expect(list(body, 'requests')).toMatchObject([
        { method: 'GET', path: '/identity/keys', query: '', status: 200, operation: 'listKeys' },
        { method: 'GET', path: '/no/such', query: 'a=1', status: 501 },
      ]);
      expect(emulator.requests()).toEqual(at(body, 'requests'));
    });
  });

  test('each request says which client sent it', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const agents = ['keystead/1.2.3', 'a script'];
      for (const agent of agents) await api('GET', '/identity/keys', { headers: { 'User-Agent': agent } });
      expect(emulator.requests().map(({ userAgent }) => userAgent)).toEqual(agents);
    });
  });

  test('reset gives a fresh account at real time, without faults and requests; tokens stay valid', async () => {
    await withLogin(async ({ emulator }) => {
      const control = openApiOf(emulator.url);
      const headers = { Authorization: `Bearer ${await tokenOf(emulator.url)}`, 'IAM-ApiKey': 'keystead-emulator' };
      emulator.clock.advance(600_000);
      emulator.settings.change({ provisioningMs: 99 });
      emulator.faults.add({ match: { times: 9 }, status: 500 });
      expect((await getIdentity(emulator.url)).status).toBe(500);
      expect((await control('POST', '/_emulator/reset')).status).toBe(204);
      expect(emulator.requests()).toEqual([]);
      expect(emulator.settings.read().provisioningMs).toBe(0);
      expect(Math.abs(emulator.clock.now().getTime() - Date.now())).toBeLessThan(60_000);
      expect(emulator.state()).toEqual({});
      expect((await control('GET', '/v1/apikeys/details', { headers })).status).toBe(200);
    });
  });

  test('a control call that is not known answers 501 naming itself, and a body that is not JSON 400', async () => {
    await withEmulator(async ({ api }) => {
      const answer = await api('GET', '/_emulator/nothing');
      expect([answer.status, at(answer.body, 'errors', 0, 'message')]).toEqual([
        501,
        'GET /_emulator/nothing is not a control call.',
      ]);
      expect((await api('POST', '/_emulator/clock', { body: '{' })).status).toBe(400);
    });
  });
});
