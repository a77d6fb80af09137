import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/model/change.ts';
import { readPlan } from '../../src/plan/file.ts';
import { fingerprintOf } from '../../src/plan/fingerprint.ts';
import { planAsJson } from '../../src/report/plan/json.ts';
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

describe('a plan file', () => {
  test('reads back as it was written, whatever the plan holds', async () => {
    const made = await plans();
    expect(made.map(({ changes }) => changes.length)).toEqual([5, 0, 2, 5]);
    for (const plan of made) expect(readPlan(planAsJson(plan), 'p')).toMatchObject(JSON.parse(JSON.stringify(plan)));
    expect(made.at(-1)?.maxDeletes).toBe(9);
  });

  test.each<[string, (plan: Plan) => string, RegExp]>([
    ['that is not JSON', () => 'hello', /p is not JSON/],
    ['that is no plan', () => '{"formatVersion":1}', /p is not a plan/],
    [
      'of a newer format',
      (plan) => planAsJson(plan).replace('"formatVersion": 1', '"formatVersion": 2'),
      /of format 2/,
    ],
    [
      'whose changes were edited',
      (plan) => planAsJson(plan).replaceAll('"worker_count": "3"', '"worker_count": "9"'),
      /was edited/,
    ],
  ])('%s is refused', async (_title, change, message) => {
    const [plan] = await plans();
    if (plan === undefined) throw new Error('no plan');
    expect(() => readPlan(change(plan), 'p')).toThrow(message);
  });
});

describe('a fingerprint', () => {
  test('is the same for what would be the same, and another for anything else', async () => {
    const [create, , update, deletion] = await plans();
    if (create === undefined || update === undefined || deletion === undefined) throw new Error('no plan');
    const of = ({ account, changes }: Plan) => fingerprintOf(account, changes);
    const waiting = update.changes.map((change) => ({
      ...change,
      target: { id: change.target?.id ?? '', version: 'another ETag' },
      status: { is: 'deferred' as const, until: [{ when: 'time' as const, from: '2030-01-01T00:00:00Z' }] },
    }));
    expect(of({ ...update, changes: waiting })).toBe(update.fingerprint);
    expect(of({ ...update, changes: [...update.changes].reverse() })).toBe(update.fingerprint);
    expect(of({ ...update, changes: update.changes.slice(1) })).not.toBe(update.fingerprint);
    expect(of({ ...update, account: 'another' })).not.toBe(update.fingerprint);
    const shredded = deletion.changes.map((change) => ({ ...change, irreversible: true as const }));
    const unused = shredded.map((change) => ({ ...change, blastRadius: [] }));
    expect(of({ ...deletion, changes: shredded })).not.toBe(of({ ...deletion, changes: unused }));
  });
});
