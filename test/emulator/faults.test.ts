import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { type Api, tokenOf, withEmulator } from '../helpers/emulator.ts';
import { account, at, authorize, createInstance, createVault, list } from '../helpers/platform.ts';

const groups = '/v2/resource_groups';

/** The statuses of so many requests in a row. */
async function statuses({ url }: Emulator, count: number): Promise<readonly number[]> {
  const headers = { Authorization: `Bearer ${await tokenOf(url)}` };
  const seen = [];
  for (let request = 0; request < count; request += 1) {
    const answer = await fetch(`${url}${groups}`, { headers });
    await answer.arrayBuffer();
    seen.push(answer.status);
  }
  return seen;
}

describe('faults by chance', () => {
  const rule = (seed: number) => ({ match: { path: '^/v2/resource_groups', chance: 0.3, seed }, status: 503 });

  test('come in the same places for the same seed, in others for another, and about as often as asked for', async () => {
    await withEmulator(async ({ emulator }) => {
      const run = async (seed: number): Promise<readonly number[]> => {
        emulator.faults.clear();
        emulator.faults.add(rule(seed));
        return await statuses(emulator, 100);
      };
      const [first, again, other] = [await run(7), await run(7), await run(8)];
      expect(again).toEqual(first);
      expect(other).not.toEqual(first);
      for (const seen of [first, other]) {
        const failed = seen.filter((status) => status === 503).length;
        expect(failed).toBeGreaterThan(15);
        expect(failed).toBeLessThan(45);
      }
    });
  });

  test('stay within nth and times', async () => {
    await withEmulator(async ({ emulator }) => {
      emulator.faults.add({ match: { path: groups, nth: 2, times: 2, chance: 1 }, status: 503 });
      expect(await statuses(emulator, 5)).toEqual([200, 503, 503, 200, 200]);
    });
  });
});

describe('a rate limit', () => {
  test('lets so many requests through in a window of emulator time, and says when to come back', async () => {
    await withEmulator(async ({ emulator, api }) => {
      emulator.faults.add({ match: { path: '^/v2/resource_groups' }, rateLimit: { requests: 2, perMs: 60_000 } });
      expect(await statuses(emulator, 3)).toEqual([200, 200, 429]);
      const refused = await api('GET', groups);
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(60);
      // Another API has its own limit, or none.
      expect((await api('GET', '/v2/resource_instances')).status).toBe(200);
      emulator.clock.advance(seconds * 1000);
      expect((await api('GET', groups)).status).toBe(200);
    });
  });

  test('of no request at all refuses every one', async () => {
    await withEmulator(async ({ emulator, api }) => {
      emulator.faults.add({ match: { path: '^/v2/resource_groups' }, rateLimit: { requests: 0, perMs: 60_000 } });
      const refused = await api('GET', groups);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    });
  });
});

describe('a stale answer', () => {
  const instances = '/v2/resource_instances?name=vault';
  const count = async (api: Api): Promise<number> => list((await api('GET', instances)).body, 'resources').length;

  test('is as the account was, for made, changed and deleted things alike; writes are never stale', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const rule = { match: { path: '^/v2/resource_instances', times: 9 }, staleMs: 5000 };
      const { crn } = await createVault(api);
      emulator.faults.add(rule);
      expect(await count(api)).toBe(0);
      expect((await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`)).status).toBe(404);
      emulator.clock.advance(6000);
      expect(await count(api)).toBe(1);
      const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
      expect((await api('PATCH', path, { body: { name: 'safe' } })).body).toMatchObject({ name: 'safe' });
      expect((await api('GET', path)).body).toMatchObject({ name: 'vault' });
      expect((await api('DELETE', path)).status).toBe(204);
      expect((await api('GET', path)).body).toMatchObject({ name: 'vault', state: 'active' });
      emulator.clock.advance(6000);
      expect((await api('GET', path)).body).toMatchObject({ name: 'safe', state: 'pending_reclamation' });
    });
  });

  test('knows nothing from before a reset', async () => {
    await withEmulator(async ({ emulator, api }) => {
      await createVault(api);
      // A reset takes the clock back, so that the deletion of everything lies in the future.
      emulator.clock.advance(60_000);
      emulator.reset();
      emulator.faults.add({ match: { path: '^/v2/resource_instances' }, staleMs: 1 });
      expect(await count(api)).toBe(0);
    });
  });

  test('keeps the order of a list', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const [first, second, third] = [
        await authorize(api, { service: 'messagehub' }),
        await authorize(api, { service: 'secrets-manager' }),
        await authorize(api, { service: 'databases-for-redis' }),
      ];
      const path = `/v2/policies?account_id=${account}`;
      const ids = async () => list((await api('GET', path)).body, 'policies').map((policy) => at(policy, 'id'));
      emulator.clock.advance(1000);
      await api('DELETE', `/v2/policies/${first}`);
      expect(await ids()).toEqual([second, third]);
      emulator.faults.add({ match: { path: '^/v2/policies' }, staleMs: 500 });
      expect(await ids()).toEqual([first, second, third]);
    });
  });
});

describe('a slow answer', () => {
  test('arrives bit by bit, and whole', async () => {
    await withEmulator(async ({ emulator }) => {
      emulator.faults.add({ match: { path: 'keys' }, dripMs: 200 });
      const answer = await fetch(`${emulator.url}/identity/keys`);
      expect(answer.status).toBe(200);
      const bits: Uint8Array[] = [];
      for await (const bit of answer.body ?? []) bits.push(bit);
      expect(bits.length).toBeGreaterThan(1);
      expect(JSON.parse(Buffer.concat(bits).toString())).toMatchObject({ keys: [{ alg: 'RS256' }] });
    });
  });
});

describe('an answer of a fault', () => {
  const message = 'A fault rule of the emulator answered 429.';
  const reason = { code: 'TOO_MANY_REQUESTS_ERR', message, status: 429 };

  test.each([
    ['/api/v2/keys', { metadata: { collectionTotal: 1 }, resources: [{ reasons: [reason] }] }],
    ['/v2/policies', { errors: [{ code: 'too_many_requests', message }], status_code: 429 }],
    ['/v2/resource_groups', { message, status_code: 429, transaction_id: expect.any(String) }],
    ['/v3/tags', { errors: [{ message }], trace: expect.any(String) }],
    ['/api/v1', { errors: [{ message }], trace: expect.any(String) }],
    ['/v5/ibm/regions', { errors: { errors: message } }],
    ['/v1/serviceids', { errorCode: 'injected_fault', errorMessage: message }],
    ['/no/api', { errors: [{ code: 'injected_fault' }], status_code: 429 }],
  ])('429 of %s has the shape of its API', async (path, body) => {
    await withEmulator(async ({ emulator, api }) => {
      emulator.faults.add({ match: { path }, status: 429, retryAfterSeconds: 3 });
      const answer = await api('GET', path);
      expect(answer).toMatchObject({ status: 429, body });
      expect(answer.headers.get('retry-after')).toBe('3');
    });
  });

  test('is in the words of the API, and can hide that all was done', async () => {
    await withEmulator(async ({ emulator, api }) => {
      emulator.faults.add({ match: { path: '^/v2/policies' }, status: 429, retryAfterSeconds: 1 });
      expect((await api('GET', `/v2/policies?account_id=${account}`)).body).toMatchObject({
        errors: [{ code: 'too_many_requests' }],
        status_code: 429,
      });
      emulator.faults.add({ match: { method: 'POST', path: '^/v2/resource_instances' }, statusAfter: 502 });
      const lost = await createInstance(api, { name: 'twin' });
      expect(lost).toMatchObject({ status: 502, body: { status_code: 502, transaction_id: expect.any(String) } });
      await createInstance(api, { name: 'twin' });
      // The trap of a repeated create.
      expect(list((await api('GET', '/v2/resource_instances?name=twin')).body, 'resources')).toHaveLength(2);
    });
  });
});

describe('tokens', () => {
  test('last as long as the settings say, and end in the middle of things', async () => {
    await withEmulator(async ({ emulator, api }) => {
      emulator.settings.change({ tokenLifetimeMs: 90_000 });
      const token = await tokenOf(emulator.url);
      const headers = { Authorization: `Bearer ${token}` };
      expect((await api('GET', groups, { headers })).status).toBe(200);
      emulator.clock.advance(91_000);
      expect(await api('GET', groups, { headers })).toMatchObject({
        status: 401,
        body: { message: 'Token is expired' },
      });
      expect((await api('GET', groups)).status).toBe(200);
    });
  });
});
