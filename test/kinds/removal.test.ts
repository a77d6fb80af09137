import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { authorizeNeighbor } from '../helpers/platform.ts';
import { stackOf } from '../helpers/stacks.ts';

const MINUTE = 60_000;

const vault = (keys: string, rings = '{ ring: { instance: vault } }', more = '') =>
  stackOf('prod', `keyProtectInstances: { vault: {${more}} }\nkeyRings: ${rings}\nkeys: ${keys}\n`);

const ends = (applied: Awaited<ReturnType<Keystead['apply']>>) =>
  applied.outcomes.map(({ address, verb, is }) => `${address} ${verb} ${is}`);

/** The next so many of these requests are refused. */
const refuse = (emulator: Emulator, method: string, path: string, status: number, times: number): void =>
  emulator.faults.add({ match: { method, path, times }, status });

const sent = (emulator: Emulator, method: string, path: RegExp): number =>
  emulator.requests().filter((one) => one.method === method && path.test(one.path)).length;

describe('a key ring', () => {
  test('goes once the key that this run deleted in it is no longer counted', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      await authorizeNeighbor(keystead.api);
      await write(vault('{ dv: { instance: vault, ring: ring } }'));
      await apply();
      await write(
        vault('{ dv: { instance: vault, ring: ring, state: absent } }', '{ ring: { instance: vault, state: absent } }'),
      );
      refuse(emulator, 'DELETE', '/key_rings/', 409, 5);
      expect(ends(await apply())).toEqual(['key.dv delete done', 'key-ring.ring delete done']);
    });
  });

  test('of which this run took nothing is refused at once, in the words of the service', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      await authorizeNeighbor(keystead.api);
      await write(vault('{ dv: { instance: vault } }'));
      await apply();
      await write(vault('{ dv: { instance: vault } }', '{ ring: { instance: vault, state: absent } }'));
      refuse(emulator, 'DELETE', '/key_rings/', 409, 99);
      expect((await apply()).outcomes).toMatchObject([{ is: 'failed', error: { code: 'CLOUD_REFUSED' } }]);
      expect(sent(emulator, 'DELETE', /key_rings/)).toBe(1);
    });
  });

  test('is given up after ten minutes, in the words of the service', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      await authorizeNeighbor(keystead.api);
      await write(vault('{ dv: { instance: vault, ring: ring } }'));
      await apply();
      await write(
        vault('{ dv: { instance: vault, ring: ring, state: absent } }', '{ ring: { instance: vault, state: absent } }'),
      );
      refuse(emulator, 'DELETE', '/key_rings/', 409, 999);
      const began = emulator.clock.now().getTime();
      expect((await apply()).outcomes).toMatchObject([
        { is: 'done' },
        {
          is: 'failed',
          error: { code: 'CLOUD_REFUSED', message: expect.stringContaining('delete key ring: HTTP 409') },
        },
      ]);
      expect(emulator.clock.now().getTime() - began).toBeGreaterThanOrEqual(10 * MINUTE);
    });
  });

  test('that is refused with 409 and is not there afterwards is told at once, in the words of the service', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      await authorizeNeighbor(keystead.api);
      await write(stackOf('prod', 'keyProtectInstances: { vault: {} }\n'));
      await apply();
      await write(vault('{}', '{ ring: { instance: vault } }'));
      refuse(emulator, 'POST', '/key_rings/', 409, 99);
      const began = emulator.clock.now().getTime();
      expect((await apply()).outcomes).toMatchObject([
        { is: 'failed', error: { message: expect.stringContaining('create key ring: HTTP 409') } },
      ]);
      expect(emulator.clock.now().getTime() - began).toBeLessThan(MINUTE);
    });
  });
});

describe('an instance', () => {
  test('goes once the key that this run deleted in it is no longer counted', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      await authorizeNeighbor(keystead.api);
      await write(vault('{ dv: { instance: vault } }', '{}'));
      await apply();
      await write(vault('{ dv: { instance: vault, state: absent } }', '{}', ' state: absent '));
      refuse(emulator, 'DELETE', '^/v2/resource_instances/', 409, 3);
      const applied = await apply({ allow: ['delete:key-protect-instance.vault'] });
      expect(ends(applied)).toEqual(['key.dv delete done', 'key-protect-instance.vault delete done']);
      expect(liveWorld(emulator).instances).toMatchObject([{ state: 'pending_reclamation' }]);
    });
  });

  const lake = (more = '') =>
    stackOf('prod', `deployments: { lake: { service: data-virtualization, plan: enterprise${more} } }\n`);

  test('that takes long to go is followed for as long as the run waits', async () => {
    await withKeystead(
      async ({ emulator, write, apply }) => {
        await write(lake());
        await apply();
        await write(lake(', state: absent'));
        expect(ends(await apply({ waitMs: 60 * MINUTE }))).toEqual(['deployment.lake delete done']);
        expect(liveWorld(emulator).instances).toMatchObject([{ state: 'pending_reclamation' }]);
      },
      { settings: { deletionSettleMs: 30 * MINUTE } },
    );
  });

  test('that is still going when the run has waited is waited for by the next one', async () => {
    await withKeystead(
      async ({ emulator, write, apply }) => {
        await write(lake());
        await apply();
        await write(lake(', state: absent'));
        expect(ends(await apply({ waitMs: 5 * MINUTE }))).toEqual(['deployment.lake delete waiting']);
        emulator.clock.advance(30 * MINUTE);
        expect((await apply()).outcomes).toEqual([]);
      },
      { settings: { deletionSettleMs: 30 * MINUTE } },
    );
  });
});
