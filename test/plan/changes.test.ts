import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { kindsOf } from '../../src/kinds/kinds.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { summaryLine } from '../../src/report/plan/summary.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { desiredToy, liveToy, stack, toyKind } from '../helpers/toy-kind.ts';

function planOf(
  desired: readonly Desired[],
  objects: readonly Observed[],
  unreadable: readonly string[] = [],
  targets: readonly string[] = [],
) {
  const kinds = kindsOf([toyKind()]);
  const refused = new Map(unreadable.map((kind) => [kind, 'forbidden']));
  const snapshot = snapshotOf(kinds, { desired, objects, unreadable: refused });
  const input = { stack, account: undefined, desired, maxDeletes: undefined, targets };
  return makePlan(input, snapshot, kinds, 'public');
}

const lines = (desired: readonly Desired[], objects: readonly Observed[], unreadable: readonly string[] = []) =>
  planOf(desired, objects, unreadable).changes.map(({ address, verb, status }) => `${address} ${verb} ${status.is}`);

describe('order', () => {
  test('puts dependencies first, then sorts by address', () => {
    const desired = [desiredToy('a', {}, ['toy.z']), desiredToy('b'), desiredToy('z')];
    expect(lines(desired, [])).toEqual(['toy.b create ready', 'toy.z create ready', 'toy.a create ready']);
  });

  test('is the same whatever order the manifests have', () => {
    const desired = ['a', 'b', 'c', 'd', 'e'].map((name, index, all) =>
      desiredToy(
        name,
        { size: index },
        all.slice(index + 1, index + 3).map((other) => `toy.${other}`),
      ),
    );
    const once = JSON.stringify(planOf(desired, [liveToy('c')]));
    fc.assert(
      fc.property(fc.shuffledSubarray(desired, { minLength: desired.length }), (shuffled) => {
        expect(JSON.stringify(planOf(shuffled, [liveToy('c')]))).toBe(once);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps every change of every graph exactly once, after what it waits for', () => {
    const graphs = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(graphs, (edges) => {
        const desired = edges.map((to, from) =>
          desiredToy(
            `t${from}`,
            {},
            to.filter((target) => target < from).map((target) => `toy.t${target}`),
          ),
        );
        const { changes } = planOf(desired, []);
        expect(changes.map(({ address }) => address).sort()).toEqual(desired.map(({ address }) => address).sort());
        changes.forEach(({ after }, index) => {
          const before = changes.slice(0, index).map(({ address }) => address);
          expect(after.filter((address) => !before.includes(address))).toEqual([]);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is held back', () => {
  test('a blocked change defers what depends on it, and nothing else', () => {
    const desired = [desiredToy('a', {}, ['toy.b']), desiredToy('b'), desiredToy('c', {}, ['toy.a']), desiredToy('d')];
    expect(lines(desired, [liveToy('b', { marks: [] })])).toEqual([
      'toy.b adopt blocked',
      'toy.a create deferred',
      'toy.c create deferred',
      'toy.d create ready',
    ]);
  });

  test('what still settles defers what depends on it', () => {
    const plan = planOf(
      [desiredToy('a', {}, ['toy.b']), desiredToy('b')],
      [liveToy('b', { life: { is: 'settling' } })],
    );
    expect(plan.changes.map(({ address, status }) => [address, status])).toEqual([
      ['toy.a', { is: 'deferred', until: [{ when: 'settled', id: liveToy('b').id, address: 'toy.b' }] }],
    ]);
  });

  test('a list that is refused blocks its kind: nothing is created for want of a match', () => {
    expect(lines([desiredToy('a')], [], ['toy'])).toEqual(['toy.a create blocked']);
  });
});

describe('the last line', () => {
  test.each([
    [[desiredToy('a'), desiredToy('b', { size: 2 })], [liveToy('b')], 'Plan: 1 to create, 1 to change, 0 to delete.'],
    [
      [desiredToy('a'), desiredToy('b', {}, ['toy.a'])],
      [liveToy('a', { marks: [] })],
      'Plan: 0 to create, 0 to change, 0 to delete, 1 deferred, 1 blocked.',
    ],
    [[desiredToy('a')], [liveToy('a')], 'No changes. Live state matches the manifests.'],
  ])('counts each change once (%#)', (desired, objects, expected) => {
    expect(summaryLine(planOf(desired, objects))).toBe(expected);
  });
});
