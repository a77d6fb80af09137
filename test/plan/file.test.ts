import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/model/change.ts';
import { readPlan } from '../../src/plan/file.ts';
import { planAsJson } from '../../src/report/plan/summary.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

const tombstones = lakehouse.replace(/^account: .*$/m, '$&\nstate: absent\nsafety: { maxDeletes: 9 }');

/** Plans of every sort: creates, nothing, deletions that wait, blocks. */
async function plans(): Promise<readonly Plan[]> {
  const made: Plan[] = [];
  await withKeystead(async (keystead) => {
    await keystead.write(lakehouse);
    made.push((await keystead.plan()).plan);
    await keystead.apply();
    made.push((await keystead.plan()).plan);
    await keystead.write(
      lakehouse.replace('worker_count: "3"', 'worker_count: "4"').replace('roles: [Reader]', 'roles: [Writer]'),
    );
    made.push((await keystead.plan()).plan);
    await keystead.write(tombstones);
    made.push((await keystead.plan()).plan);
  });
  return made;
}

async function planOf(manifest: string): Promise<Plan> {
  let made: Plan | undefined;
  await withKeystead(async (keystead) => {
    await keystead.write(manifest);
    made = (await keystead.plan()).plan;
  });
  if (made === undefined) throw new Error('no plan');
  return made;
}

/** What somebody could change by hand, and would change what is done. */
const edits: readonly (readonly [string, string, string])[] = [
  ['changes', '"worker_count": "3"', '"worker_count": "9"'],
  ['consents', '"consents": []', '"consents": ["adopt"]'],
  ['targets', '"targets": []', '"targets": ["key.dv-root"]'],
  ['endpoints', '"endpoints": "emulator"', '"endpoints": "public"'],
  ['waits', '"is": "ready"', '"is": "deferred", "until": []'],
  ['limits', '"targets": []', '"maxDeletes": 99, "targets": []'],
];

describe('a plan file', () => {
  test('reads back as it was written, whatever the plan holds', async () => {
    const made = await plans();
    expect(made.map(({ changes }) => changes.length)).toEqual([5, 0, 2, 5]);
    for (const plan of made) expect(readPlan(planAsJson(plan), 'p')).toMatchObject(JSON.parse(JSON.stringify(plan)));
    expect(made.at(-1)?.maxDeletes).toBe(9);
  });

  test('may be written anew by a formatter, or without its counts', async () => {
    const plan = await planOf(lakehouse);
    const { summary, ...rest } = JSON.parse(planAsJson(plan));
    const reversed = Object.fromEntries(Object.entries(rest).reverse());
    expect(summary).toMatchObject({ create: 5 });
    expect(readPlan(JSON.stringify(reversed), 'p').fingerprint).toBe(plan.fingerprint);
  });

  test.each<[string, (plan: Plan) => string, RegExp]>([
    ['that is not JSON', () => 'hello', /p is not JSON/],
    ['that is no plan', () => '{"formatVersion":1}', /p is not a plan/],
    [
      'of a newer format',
      (plan) => planAsJson(plan).replace('"formatVersion": 1', '"formatVersion": 2'),
      /of format 2/,
    ],
    ...edits.map(([what, from, to]): [string, (plan: Plan) => string, RegExp] => [
      `whose ${what} were edited`,
      (plan) => planAsJson(plan).replaceAll(from, to),
      /was edited/,
    ]),
  ])('%s is refused', async (_title, change, message) => {
    const plan = await planOf(lakehouse);
    expect(change(plan)).not.toBe(planAsJson(plan));
    expect(() => readPlan(change(plan), 'p')).toThrow(message);
  });
});
