import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { liveWorld } from '../helpers/console.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { watchOf } from '../helpers/request-log.ts';
import { applyAndWatch, DAY_MS, differencesOf, poke, runUntilSteady } from './history.ts';
import { everything, history, manifestOf, names, valid, type Wishes } from './small-world.ts';

const settings = { registrationLingerMs: 9 * DAY_MS };

function told(title: string, runs: number): void {
  process.stdout.write(`${title}: ${runs} runs\n`);
}

test('taking away any blocks never deletes anything', async () => {
  let runs = 0;
  await withKeystead(
    async (keystead) => {
      await keystead.write(manifestOf(everything));
      await keystead.apply();
      const before = liveWorld(keystead.emulator);
      expect(before).toMatchObject({ keys: [{ state: 1 }, { state: 1 }], instances: { length: 3 } });
      await fc.assert(
        fc.asyncProperty(fc.subarray([...names]), fc.boolean(), async (kept, asIs) => {
          runs += 1;
          const wish = (name: string) => [name, kept.some((other) => other === name) ? 'present' : 'missing'] as const;
          const left: Wishes = { ...everything, ...Object.fromEntries(names.map(wish)) };
          await keystead.write(manifestOf(asIs ? left : valid(left)));
          // What then refers to nothing is refused offline.
          if (asIs && (await keystead.validate()).wanted === undefined) return;
          expect((await keystead.plan()).plan.changes).toEqual([]);
          expect((await keystead.apply()).outcomes).toEqual([]);
          expect(liveWorld(keystead.emulator)).toEqual(before);
        }),
        { numRuns: 100 },
      );
    },
    { settings },
  );
  told('blocks taken away', runs);
}, 120_000);

test('every history ends as declared, or with a remedy for what is not, and strands no use', async () => {
  let runs = 0;
  await withKeystead(
    async (keystead) => {
      await fc.assert(
        fc.asyncProperty(history, async ({ steps, last }) => {
          runs += 1;
          keystead.emulator.reset();
          let wishes = everything;
          await keystead.write(manifestOf(wishes));
          await applyAndWatch(keystead, wishes);
          for (const pokes of steps) {
            for (const one of pokes) wishes = await poke(keystead, one, wishes);
            await applyAndWatch(keystead, wishes);
          }
          await keystead.write(manifestOf(last));
          expect(differencesOf(keystead.emulator, last, await runUntilSteady(keystead, last))).toEqual([]);
          watchOf(keystead.emulator).hold();
        }),
        { numRuns: 60 },
      );
    },
    { settings },
  );
  told('histories', runs);
}, 300_000);
