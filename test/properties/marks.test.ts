import { expect } from '@jest/globals';
import fc from 'fast-check';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { bearers, takeMarks } from '../helpers/marks.ts';
import { isLong, property } from '../helpers/property.ts';
import { writesOf } from '../helpers/request-log.ts';
import { initial, type Names, type Rename, rename, renames, toManifest } from './renaming.ts';
import { everything, manifestOf, names, valid, type Wishes } from './small-world.ts';

const HOURS_MS = 7_200_000;
const TEN_MINUTES_MS = 600_000;
/** Keystead's own requests from here on that end something. */
function deletions({ emulator }: Keystead, from: number): readonly string[] {
  return writesOf(emulator.requests().slice(from)).filter(
    (line) => line.startsWith('DELETE ') && !line.includes('/aliases/'),
  );
}

const taking = fc.record({
  taken: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
  words: fc.array(fc.constantFrom('present', 'present', 'missing', 'absent'), { minLength: 6, maxLength: 6 }),
  isLongAgo: fc.boolean(),
});

property(
  'removing any marks never leads to a delete, nor to a second one, whatever is declared of what lost its mark',
  taking,
  { runs: 200, classes: { present: 'often', missing: 'often', absent: 'often', 'long ago': 'often', just: 'often' } },
  async ({ taken, words, isLongAgo }, occurs) => {
    await withKeystead(async (keystead) => {
      const { emulator, api } = keystead;
      await keystead.write(manifestOf(everything));
      await keystead.apply();
      const world = liveWorld(emulator);
      const marked = bearers(emulator);
      expect(marked).toHaveLength(7);
      occurs(isLongAgo ? 'long ago' : 'just');
      if (isLongAgo) emulator.clock.advance(HOURS_MS);
      const isTaken = (name: string) =>
        taken.some((index) => marked[index]?.marks.some((mark) => mark.endsWith(`/${name}`)));
      // A tombstone of what is still marked is a wish to end it; of what lost its mark it is none.
      const wish = (name: string, index: number) => {
        const word = words[index] ?? 'present';
        return [name, word === 'absent' && !isTaken(name) ? 'present' : word] as const;
      };
      const wishes: Wishes = valid({ ...everything, ...Object.fromEntries(names.map(wish)) });
      occurs(...names.filter(isTaken).map((name) => wishes[name]));
      for (const index of taken) {
        const bearer = marked[index];
        if (bearer !== undefined) await takeMarks(api, bearer);
      }
      const from = emulator.requests().length;
      await keystead.write(manifestOf(wishes));
      await keystead.apply();
      expect(deletions(keystead, from)).toEqual([]);
      expect(liveWorld(emulator)).toMatchObject({
        keys: world.keys,
        instances: world.instances,
        policies: world.policies.map(({ id }) => ({ id })),
      });
      await keystead.write(manifestOf(everything));
      await keystead.apply({ allow: ['adopt'] });
      expect(bearers(emulator)).toEqual(marked);
    });
  },
);

/** Indexes lag: what was just changed is not found by its new mark. */
const lagging = (work: (keystead: Keystead) => Promise<void>) =>
  withKeystead(work, { settings: { searchLagMs: 60_000, policyReadAfterWriteMs: 1000 } });

property(
  'a resource renamed with `formerly`, or with its whole stack, is never made anew',
  fc.array(renames, { minLength: 1, maxLength: isLong ? 4 : 2 }),
  { runs: 80, classes: { resources: 'often', stack: 'often', back: 'often', tidied: 'often', often: 'often' } },
  async (history, occurs) => {
    await lagging(async (keystead) => {
      const { emulator } = keystead;
      let known: Names = initial;
      await keystead.write(toManifest(known, 'forgetful'));
      await keystead.apply();
      const ids = bearers(emulator).map(({ id }) => id);
      expect(ids).toHaveLength(7);
      for (const [index, step] of history.entries()) {
        known = rename(known, step, index + 1);
        occurs(...wordsFor(step), ...(index > 0 ? (['often'] as const) : []));
        const from = emulator.requests().length;
        await keystead.write(toManifest(known, 'mindful'));
        // An alias that was just removed is not free again at once.
        emulator.clock.advance(TEN_MINUTES_MS);
        const { plan } = await keystead.plan();
        expect(plan.changes.filter(({ verb }) => verb !== 'adopt' && verb !== 'update')).toEqual([]);
        expect(plan.orphans).toEqual([]);
        const { outcomes } = await keystead.apply();
        expect(outcomes.filter(({ is }) => is !== 'done')).toEqual([]);
        expect(deletions(keystead, from)).toEqual([]);
        expect(bearers(emulator).map(({ id }) => id)).toEqual(ids);
        expect(bearers(emulator).flatMap(({ marks }) => marks)).toHaveLength(7);
        // `formerly` may stay, or go at once.
        if (step.isTidied) await keystead.write(toManifest(known, 'forgetful'));
        const { plan: after } = await keystead.plan();
        expect([after.changes, after.orphans]).toEqual([[], []]);
      }
    });
  },
);

function wordsFor({ resources, isStack, isBack, isTidied }: Rename) {
  const isRenamed = isStack || resources.length > 0;
  return [
    ...(resources.length > 0 ? (['resources'] as const) : []),
    ...(isStack ? (['stack'] as const) : []),
    ...(isBack && isRenamed ? (['back'] as const) : []),
    ...(isTidied && isRenamed ? (['tidied'] as const) : []),
  ];
}
