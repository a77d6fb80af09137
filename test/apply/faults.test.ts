import { describe, expect, test } from '@jest/globals';
import type { Fault, FaultRule } from '../../src/emulator/core/faults.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

/** Names of live instances, and of keys, as the emulator has them. */
async function world({
  emulator,
}: Keystead): Promise<{ readonly instances: number; readonly keys: number; readonly policies: number }> {
  const state = emulator.state() as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const count = (table: string) => Object.keys(state[table] ?? {}).length;
  return {
    instances: count('resource-controller/instances'),
    keys: count('key-protect/keys'),
    policies: count('policy/policies'),
  };
}

/** Keys that do not wait for each other. */
const MORE_KEYS = ['one', 'two', 'three'].map((name) => `  ${name}: { instance: vault }\n`).join('');

const once = (method: string, path: string, fault: Fault): FaultRule => ({ match: { method, path }, ...fault });

describe('one fault on the way changes nothing about where it ends', () => {
  test.each<[string, FaultRule]>([
    ["the answer to the key's create dropped after commit", once('POST', '^/api/v2/keys$', { drop: 'after' })],
    ["the key's create dropped before commit", once('POST', '^/api/v2/keys$', { drop: 'before' })],
    [
      "the answer to an instance's create dropped after commit",
      once('POST', '^/v2/resource_instances$', { drop: 'after' }),
    ],
    ["the ring's create dropped after commit", once('POST', '^/api/v2/key_rings/', { drop: 'after' })],
    ["the answer to the policy's create dropped after commit", once('POST', '^/v2/policies$', { drop: 'after' })],
    ["a 503 to the policy's create", once('POST', '^/v2/policies$', { status: 503 })],
    ['the rotation policy dropped after commit', once('PUT', '^/api/v2/keys/', { drop: 'after' })],
    ['the attach of a tag dropped before commit', once('POST', '^/v3/tags/attach$', { drop: 'before' })],
    ['a login refused for a moment', once('POST', '^/identity/token$', { status: 503 })],
    ['a list that breaks off', once('GET', '^/v2/resource_instances', { truncate: true })],
  ])('%s', async (_title, rule) => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      keystead.emulator.faults.add(rule);
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual([
        'key-protect-instance.vault done',
        'key-ring.lakehouse done',
        'key.dv-root done',
        'authorization.dv-reads-vault done',
        'deployment.lakehouse done',
      ]);
      expect(keystead.emulator.requests().filter(({ fault }) => fault !== undefined)).toHaveLength(1);
      expect(await world(keystead)).toEqual({ instances: 2, keys: 1, policies: 1 });
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('the create of the deployment dropped before commit is not sent again: unknown, and the next run makes it', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      // The second instance is the deployment.
      keystead.emulator.faults.add({
        match: { method: 'POST', path: '^/v2/resource_instances$', nth: 2 },
        drop: 'before',
      });
      const { outcomes } = await keystead.apply();
      expect(outcomes.at(-1)).toMatchObject({ address: 'deployment.lakehouse', is: 'unknown' });
      expect(await world(keystead)).toMatchObject({ instances: 1 });
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done']);
      expect(await world(keystead)).toMatchObject({ instances: 2 });
    });
  });

  test('429 with Retry-After is waited for, and then asked again', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      keystead.emulator.faults.add(once('POST', '^/api/v2/keys$', { status: 429, retryAfterSeconds: 17 }));
      const before = keystead.emulator.clock.now().getTime();
      await keystead.apply();
      const sent = keystead.emulator
        .requests()
        .filter(({ method, path }) => method === 'POST' && path === '/api/v2/keys');
      expect(sent.map(({ status }) => status)).toEqual([429, 201]);
      expect(keystead.emulator.clock.now().getTime() - before).toBeGreaterThanOrEqual(17_000);
      expect(await world(keystead)).toMatchObject({ keys: 1 });
    });
  });
});

describe('a token that ends in the middle of a run', () => {
  const HOUR = 3_600_000;
  const logins = ({ emulator }: Keystead) =>
    emulator.requests().filter(({ path, status }) => path === '/identity/token' && status === 200).length;
  const refused = ({ emulator }: Keystead) => emulator.requests().filter(({ status }) => status === 401);
  const isRenewing = ({ emulator }: Keystead) => {
    const open = new Set<string>();
    for (const { method, path, status } of emulator.requests()) {
      if (status === 401) open.add(`${method} ${path}`);
      else open.delete(`${method} ${path}`);
    }
    return open.size > 0;
  };

  test('is renewed before its end: nothing is refused, however long the run takes', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        const { outcomes } = await keystead.apply({ waitMs: HOUR });
        expect(outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'done', 'done', 'done']);
        expect(logins(keystead)).toBeGreaterThan(3);
        expect(refused(keystead)).toEqual([]);
        expect((await keystead.plan()).plan.changes).toEqual([]);
      },
      // Three times as long as a token, as three hours are of IBM's.
      { settings: { provisioningMs: HOUR / 2, tokenLifetimeMs: HOUR / 6 } },
    );
  });

  test.each([1, 10])(
    'that no clock here told of, before every step, %d at once: refused, renewed, and done once',
    async (parallelism) => {
      await withKeystead(async (keystead) => {
        await keystead.write(lakehouse.replace('authorizations:', `${MORE_KEYS}authorizations:`));
        let ends = 0;
        const { outcomes } = await keystead.apply({
          parallelism,
          meanwhile({ type }) {
            if (type !== 'started') return;
            ends += 1;
            // Not between a refusal and what is sent again: no token lasts from one to the other of two ends at a time.
            if (!isRenewing(keystead)) keystead.leap(2 * HOUR);
          },
        });
        expect(outcomes.map(({ address, is }) => `${address} ${is}`).filter((line) => !line.endsWith(' done'))).toEqual(
          [],
        );
        expect(ends).toBe(8);
        // Of those under way at one time, only the first one's refusal is a new login.
        expect(refused(keystead).length).toBeGreaterThan(0);
        expect(logins(keystead)).toBeLessThanOrEqual(1 + ends);
        expect(await world(keystead)).toEqual({ instances: 2, keys: 4, policies: 1 });
        expect((await keystead.plan()).plan.changes).toEqual([]);
      });
    },
  );

  test('for good, since the API key was deleted meanwhile, stops the run: what was done is told, and the next run goes on', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      keystead.emulator.identities.add({ name: 'ci', apiKey: 'ci-key', kind: 'serviceId' });
      const { outcomes } = await keystead.apply({
        apiKey: 'ci-key',
        meanwhile(event) {
          if (event.type !== 'started' || event.address !== 'key.dv-root') return;
          keystead.emulator.identities.clear();
          keystead.leap(2 * HOUR);
        },
      });
      const end = (address: string) => outcomes.find((outcome) => outcome.address === address);
      expect(end('key-ring.lakehouse')).toMatchObject({ is: 'done' });
      expect(end('key.dv-root')).toMatchObject({ is: 'failed', error: { code: 'LOGIN_REFUSED' } });
      expect(end('deployment.lakehouse')).toMatchObject({ is: 'skipped' });
      expect(JSON.stringify(outcomes)).not.toContain('ci-key');
      const after = await keystead.apply();
      // Whether the authorization was made before, which ran beside the key, is a race.
      expect(after.outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual(
        expect.arrayContaining(['key.dv-root done', 'deployment.lakehouse done']),
      );
      expect(after.outcomes.every(({ is }) => is === 'done')).toBe(true);
      expect(await world(keystead)).toEqual({ instances: 2, keys: 1, policies: 1 });
    });
  });
});

describe('lag', () => {
  test('of every index, list and policy is waited out on its symptom', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'done', 'done', 'done']);
        expect((await keystead.plan()).plan.changes).toEqual([]);
        expect(keystead.events).toContainEqual({
          type: 'waiting',
          address: 'deployment.lakehouse',
          verb: 'create',
          reason: 'its authorization to take effect',
        });
      },
      {
        settings: {
          provisioningMs: 600_000,
          propagationMs: 45_000,
          searchLagMs: 90_000,
          policyReadAfterWriteMs: 20_000,
        },
      },
    );
  });

  test('of provisioning that outlasts --wait is deferred, and the next run goes on', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        const { outcomes } = await keystead.apply({ waitMs: 60_000 });
        expect(outcomes.at(-1)).toMatchObject({ address: 'deployment.lakehouse', is: 'waiting' });
        const next = await keystead.plan();
        expect([next.plan.changes, next.plan.settling]).toEqual([[], ['deployment.lakehouse']]);
        expect((await keystead.apply({ waitMs: 60_000 })).outcomes.map(({ is }) => is)).toEqual(['waiting']);
        expect((await keystead.apply({ waitMs: 600_000 })).outcomes).toEqual([]);
        expect((await keystead.plan()).plan.settling).toEqual([]);
      },
      { settings: { provisioningMs: 600_000 } },
    );
  });

  test('of provisioning that cannot be read any more is a failure of what is provisioned, and ends nothing else', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        await keystead.apply({ waitMs: 60_000 });
        await keystead.write(lakehouse.replace('authorizations:', `${MORE_KEYS}authorizations:`));
        const { outcomes } = await keystead.apply({
          between: async () =>
            keystead.emulator.faults.add({
              match: { method: 'GET', path: '^/v2/resource_instances/.', times: 99 },
              status: 403,
            }),
        });
        expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual([
          'key.one done',
          'key.three done',
          'key.two done',
          'deployment.lakehouse failed',
        ]);
      },
      { settings: { provisioningMs: 7_200_000 } },
    );
  });

  test('a provisioning that ends as failed is told, and made again by the next run', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      keystead.emulator.settings.change({ failProvisioning: ['data-virtualization'] });
      expect((await keystead.apply()).outcomes.at(-1)).toMatchObject({
        is: 'failed',
        error: { code: 'SETTLED_AS_FAILED' },
      });
      keystead.emulator.settings.change({ failProvisioning: [] });
      const again = await keystead.plan();
      expect(again.plan.changes.map(({ because }) => because)).toEqual(['failed-before']);
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done']);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });
});
