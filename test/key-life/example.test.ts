import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exitOfApply } from '../../src/cli/exit.ts';
import { expectGolden } from '../helpers/golden.ts';
import { keyRow } from '../helpers/key-life.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { normal } from '../helpers/normal.ts';
import { at, list } from '../helpers/platform.ts';

const FOLDER = 'examples/05-key-lifecycle';
const NEVER = new AbortController().signal;

/** Where each file of the example leads: the key's state, its ring, and how many versions it has. */
const STEPS: readonly (readonly [string, number, string, number])[] = [
  ['keystead', 1, 'incoming', 1],
  ['later/rotated', 1, 'incoming', 2],
  ['later/disabled', 2, 'incoming', 2],
  ['later/enabled', 1, 'incoming', 2],
  ['later/moved', 1, 'lakehouse', 2],
  ['later/destroyed', 5, 'lakehouse', 2],
  ['later/restored', 1, 'lakehouse', 2],
];

test("the life of the example's key: each plan as it is shown, and nothing left to do after each step", async () => {
  await withKeystead(async (keystead) => {
    keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
    let crn: unknown;
    for (const [step, state, ring, versions] of STEPS) {
      keystead.secrets['DV_ROOT'] = randomBytes(32).toString('base64');
      if (step === 'later/rotated') keystead.emulator.clock.set(new Date('2026-12-08T12:00:00Z'));
      await keystead.write(readFileSync(join(FOLDER, `${step}.yaml`), 'utf8'));
      const words = step === 'later/destroyed' ? { allow: ['delete:key.dv-root'] } : {};
      expectGolden(`key-lifecycle-${step.replace('later/', '')}`, normal(await keystead.planText(words)));
      expect([step, exitOfApply(await keystead.apply(words), NEVER)]).toEqual([step, 0]);

      const key = keyRow(keystead, 'dv-root');
      expect([step, at(key, 'state'), at(key, 'keyRingId'), list(key, 'versions').length]).toEqual([
        step,
        state,
        ring,
        versions,
      ]);
      crn ??= at(key, 'crn');
      expect(at(key, 'crn')).toBe(crn);

      const again = await keystead.planText();
      expect((await keystead.plan()).plan.changes).toEqual([]);
      expect(await keystead.planText()).toBe(again);
      keystead.emulator.clock.advance(60_000);
    }
  });
});
