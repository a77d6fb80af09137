import { expect } from '@jest/globals';
import fc from 'fast-check';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { property } from '../helpers/property.ts';
import { applyAndWatch, DAY_MS, differencesOf, poke, runUntilSteady } from './history.ts';
import { everything, history, manifestOf, names, pokes, valid, type Wishes } from './small-world.ts';

const afresh = (work: (keystead: Keystead) => Promise<void>) =>
  withKeystead(work, { settings: { registrationLingerMs: 9 * DAY_MS } });

const kept = fc.record({ kept: fc.subarray([...names]), asIs: fc.boolean() });

property(
  'taking away any blocks never deletes anything',
  kept,
  { runs: 100, classes: { 'refused offline': 'often', 'less than all': 'often', nothing: 'seldom', all: 'seldom' } },
  async ({ kept, asIs }, occurs) => {
    await afresh(async (keystead) => {
      await keystead.write(manifestOf(everything));
      await keystead.apply();
      const before = liveWorld(keystead.emulator);
      expect(before).toMatchObject({ keys: [{ state: 1 }, { state: 1 }], instances: { length: 3 } });
      const wish = (name: string) => [name, kept.some((other) => other === name) ? 'present' : 'missing'] as const;
      const left: Wishes = { ...everything, ...Object.fromEntries(names.map(wish)) };
      await keystead.write(manifestOf(asIs ? left : valid(left)));
      // What then refers to nothing is refused offline.
      if (asIs && (await keystead.validate()).wanted === undefined) return occurs('refused offline');
      occurs(kept.length === names.length ? 'all' : kept.length === 0 ? 'nothing' : 'less than all');
      expect((await keystead.plan()).plan.changes).toEqual([]);
      expect((await keystead.apply()).outcomes).toEqual([]);
      expect(liveWorld(keystead.emulator)).toEqual(before);
    });
  },
);

property(
  'every history ends as declared, or with a remedy for what is not, and strands no use',
  history,
  { runs: 60, classes: pokes },
  async ({ steps, last }, occurs) => {
    await afresh(async (keystead) => {
      let wishes = everything;
      await keystead.write(manifestOf(wishes));
      await applyAndWatch(keystead, wishes);
      for (const several of steps) {
        for (const one of several) {
          wishes = await poke(keystead, one, wishes);
          occurs(one.is);
        }
        await applyAndWatch(keystead, wishes);
      }
      await keystead.write(manifestOf(last));
      expect(differencesOf(keystead.emulator, last, await runUntilSteady(keystead, last))).toEqual([]);
    });
  },
);
