import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { everything, manifestOf, names, valid, type Wishes } from '../endings/small-world.ts';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { bearers, takeMarks } from '../helpers/marks.ts';
import { writesOf } from '../helpers/request-log.ts';
import { initial, type Names, type Rename, rename, renames, toManifest } from './renaming.ts';

const HOURS_MS = 7_200_000;
const TEN_MINUTES_MS = 600_000;
/** Indexes lag: what was just changed is not found by its new mark. */
const lagging = { settings: { searchLagMs: 60_000, policyReadAfterWriteMs: 1000 } };

function told(title: string, runs: number, more: string): void {
  process.stdout.write(`${title}: ${runs} runs, ${more}\n`);
}

/** Keystead's own requests from here on that end something. */
function deletions({ emulator }: Keystead, from: number): readonly string[] {
  return writesOf(emulator.requests().slice(from)).filter(
    (line) => line.startsWith('DELETE ') && !line.includes('/aliases/'),
  );
}

test('removing any marks never leads to a delete, nor to a second one, whatever is declared of what lost its mark', async () => {
  let runs = 0;
  let removed = 0;
  await withKeystead(async (keystead) => {
    const { emulator, api } = keystead;
    await keystead.write(manifestOf(everything));
    await keystead.apply();
    const world = liveWorld(emulator);
    const marked = bearers(emulator);
    expect(marked).toHaveLength(7);
    const property = fc.asyncProperty(
      fc.subarray([...marked.keys()], { minLength: 1 }),
      fc.array(fc.constantFrom('present', 'present', 'missing', 'absent'), { minLength: 6, maxLength: 6 }),
      fc.boolean(),
      async (taken, words, isLongAgo) => {
        runs += 1;
        removed += taken.length;
        if (isLongAgo) emulator.clock.advance(HOURS_MS);
        const isTaken = (name: string) =>
          taken.some((index) => marked[index]?.marks.some((mark) => mark.endsWith(`/${name}`)));
        // A tombstone of what is still marked is a wish to end it; of what lost its mark it is none.
        const wish = (name: string, index: number) => {
          const word = words[index] ?? 'present';
          return [name, word === 'absent' && !isTaken(name) ? 'present' : word] as const;
        };
        const wishes: Wishes = valid({ ...everything, ...Object.fromEntries(names.map(wish)) });
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
      },
    );
    await fc.assert(property, { numRuns: 200, endOnFailure: true });
  });
  told('marks removed', runs, `${removed} marks`);
}, 900_000);

test('a resource renamed with `formerly`, or with its whole stack, is never made anew', async () => {
  let runs = 0;
  let renamed = 0;
  await withKeystead(async (keystead) => {
    const { emulator } = keystead;
    let known: Names = initial;
    await keystead.write(toManifest(known, 'forgetful'));
    await keystead.apply();
    const ids = bearers(emulator).map(({ id }) => id);
    expect(ids).toHaveLength(7);
    const property = fc.asyncProperty(renames, async (steps: Rename) => {
      runs += 1;
      const before = known;
      known = rename(known, steps, runs);
      renamed += known.renamed - before.renamed;
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
      if (steps.isTidied) await keystead.write(toManifest(known, 'forgetful'));
      const { plan: after } = await keystead.plan();
      expect([after.changes, after.orphans]).toEqual([[], []]);
    });
    await fc.assert(property, { numRuns: 200, endOnFailure: true });
  }, lagging);
  told('renamed', runs, `${renamed} renames`);
}, 900_000);
