import { describe, expect, test } from '@jest/globals';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { declare, reads, stackOf, withInfra } from '../helpers/stacks.ts';

/** A list that shows the account as it was so long ago, beside single objects as they are. */
const lagging = ({ emulator }: Keystead, path: string, staleMs: number) =>
  emulator.faults.add({ match: { method: 'GET', path, times: 1_000_000 }, staleMs });

const POLICIES = '^/v2/policies$';
const SERVICES = ['data-virtualization', 'messagehub', 'databases-for-redis', 'cloud-object-storage'];
const grants = (services: readonly string[]): string =>
  `authorizations:\n${services.map((service) => reads(service).replace('source: data-virtualization', `source: ${service}`)).join('')}`;

const listsOf = ({ emulator }: Keystead, path: string) =>
  emulator.requests().filter((request) => `${request.method} ${request.path}` === `GET ${path}`).length;

describe('a list that lags behind single reads', () => {
  test('of policies is waited for once a round, so that the next plan is empty', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', grants(SERVICES));
      lagging(keystead, POLICIES, 30_000);
      const before = listsOf(keystead, '/v2/policies');
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ is }) => is)).toEqual(SERVICES.map(() => 'done'));
      // One for the plan; then at a pace that grows, however many were made.
      expect(listsOf(keystead, '/v2/policies') - before).toBeLessThanOrEqual(12);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('still shows no policy that was deleted when the run is over', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', grants(SERVICES));
      await keystead.apply();
      keystead.emulator.clock.advance(60_000);
      await declare(keystead, 'aa', grants(SERVICES.slice(0, 1)));
      lagging(keystead, POLICIES, 30_000);
      const { outcomes } = await keystead.apply({ prune: true });
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(SERVICES.slice(1).map(() => 'delete done'));
      expect((await keystead.plan()).plan.orphans).toEqual([]);
    });
  });

  test('of rings is waited for once a round', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(stackOf('aa', 'keyProtectInstances:\n  vault: {}\n'));
      await keystead.apply();
      keystead.emulator.clock.advance(60_000);
      const rings = ['red', 'green', 'blue'].map((name) => `  ${name}: { instance: vault }\n`);
      await keystead.write(stackOf('aa', `keyProtectInstances:\n  vault: {}\nkeyRings:\n${rings.join('')}`));
      lagging(keystead, '^/api/v2/key_rings$', 30_000);
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'done']);
      expect(listsOf(keystead, '/api/v2/key_rings')).toBeLessThanOrEqual(12);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('for longer than two minutes is a failure of what it does not show, and the next run looks first', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', grants(SERVICES.slice(0, 2)));
      lagging(keystead, POLICIES, 600_000);
      const { outcomes } = await keystead.apply();
      expect(outcomes).toMatchObject(Array(2).fill({ is: 'failed', error: { code: 'NOT_SEEN' } }));
      expect(keystead.events.filter(({ type }) => type === 'ended')).toHaveLength(1 + 2 + 2);
      keystead.emulator.faults.clear();
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('and is refused by then fails nothing that was done', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', grants(SERVICES.slice(0, 2)));
      keystead.emulator.faults.add({ match: { method: 'GET', path: POLICIES, nth: 2, times: 99 }, status: 403 });
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done']);
    });
  });
});
