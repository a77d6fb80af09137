import { describe, expect, test } from '@jest/globals';
import { orphansOf } from '../../src/decide/orphans.ts';
import { prunedIn } from '../../src/decide/prune.ts';
import { withTombstones } from '../../src/decide/tombstone.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';
import { declared, live, lockKinds } from '../helpers/toy-locks.ts';

const former = 'staging';
const kinds = lockKinds((name) => ({
  ...(name === 'pass' ? { ownership: { marks: 'shared', prunable: true } } : {}),
  toManifest: { tombstone: ({ relations }, refer) => ({ on: relations.inside.map((id) => refer(id) ?? id) }) },
}));

/** Orphans and what `--prune` deletes, among these objects. */
function leftOf(desired: readonly Desired[], objects: readonly Observed[], formerStack?: string) {
  const stacks = new Set(formerStack === undefined ? [stack] : [stack, formerStack]);
  const snapshot = snapshotOf(kinds, { desired, objects, stacks });
  const input = { stack, formerStack, account: undefined, desired, maxDeletes: undefined, targets: [] };
  return {
    orphans: withTombstones(kinds, orphansOf(kinds, input, snapshot, new Set()), snapshot),
    pruned: prunedIn(kinds, input, snapshot).map(({ address, pruned }) => [address, pruned]),
  };
}

const box = live.box('b');
const boxToo = declared.box('b');
const lock = live.lock('k');
const pass = live.pass('p', box.id);
const marked = (...marks: Observed['marks']) => ({ ...lock, marks });
const gone = {
  life: { is: 'restorable', as: 'destroyed', until: undefined, by: undefined, since: undefined },
} as const;

describe('an orphan has the mark of this stack and no block', () => {
  test.each<readonly [string, readonly Desired[], readonly Observed[], readonly string[]]>([
    ['an undeclared object', [boxToo], [box, lock], ['lock.k']],
    ['not a declared object', [boxToo, declared.lock('k')], [box, lock], []],
    ['not the object of a tombstone', [boxToo, declared.lock('k', { state: 'absent' })], [box, lock], []],
    ['not an object of another stack', [boxToo], [box, marked({ stack: 'other', name: 'k' })], []],
    ['not a destroyed object', [boxToo], [box, { ...lock, ...gone }], []],
    ['an object whose block has another map key', [boxToo, declared.lock('l')], [box, lock], ['lock.k']],
    [
      'not an object of a former map key',
      [boxToo, { ...declared.lock('l'), formerMarks: [{ stack, name: 'k' }] }],
      [box, lock],
      [],
    ],
    ['not one of two duplicates', [boxToo, declared.lock('k')], [box, lock, live.lock('l', { marks: lock.marks })], []],
    [
      'of two duplicates, the one that is not pinned',
      [boxToo, declared.lock('k', { crn: live.lock('l').id })],
      [box, lock, live.lock('l', { marks: lock.marks })],
      ['lock.k'],
    ],
    [
      'a mark left on a shared object',
      [boxToo, declared.pass('q', 'box.b')],
      [box, { ...pass, marks: [...pass.marks, { stack, name: 'q' }] }],
      ['pass.p'],
    ],
  ])('%s', (_title, desired, objects, expected) => {
    expect(leftOf(desired, objects).orphans.map(({ address }) => address)).toEqual(expected);
  });
});

describe('the block that deletes it is printed', () => {
  test('with map keys where declared, and CRNs elsewhere', () => {
    expect(leftOf([boxToo], [box, lock]).orphans).toEqual([
      { address: 'lock.k', id: lock.id, name: 'k', tombstone: 'locks:\n  k: { state: absent, on: [b] }' },
    ]);
    expect(leftOf([], [lock]).orphans[0]?.tombstone).toBe(`locks:\n  k: { state: absent, on: ["${box.id}"] }`);
  });

  test('with its name where that differs from the map key', () => {
    const [orphan] = leftOf([boxToo], [box, { ...lock, name: 'yes' }]).orphans;
    expect(orphan?.tombstone).toBe('locks:\n  k: { state: absent, name: "yes", on: [b] }');
  });

  test('unless the map key is taken', () => {
    const pinned = declared.lock('k', { crn: live.lock('l').id });
    const { orphans } = leftOf([boxToo, pinned], [box, lock, live.lock('l', { marks: lock.marks })]);
    expect(orphans).toEqual([{ address: 'lock.k', id: lock.id, name: 'k' }]);
  });
});

describe("a mark of the stack's former name", () => {
  const old = { ...pass, marks: [{ stack: former, name: 'p' }] };

  test('is shown with that name, and is not pruned', () => {
    const { orphans, pruned } = leftOf([boxToo], [box, old], former);
    expect(orphans).toMatchObject([{ address: 'pass.p', stack: former, tombstone: expect.stringContaining('absent') }]);
    expect([orphans[0]?.prunable, pruned]).toEqual([undefined, []]);
  });

  test('makes no orphan unless `formerStack` is declared', () => {
    expect(leftOf([boxToo], [box, old]).orphans).toEqual([]);
  });
});

describe('--prune deletes', () => {
  test('orphans that hold no data', () => {
    const { orphans, pruned } = leftOf([boxToo], [box, lock, pass]);
    expect(orphans.map(({ address, prunable }) => [address, prunable])).toEqual([
      ['lock.k', undefined],
      ['pass.p', true],
    ]);
    expect(pruned).toEqual([['pass.p', true]]);
  });

  test('both halves of an unfinished replace by one tombstone', () => {
    const half = live.pass('half', box.id, { marks: pass.marks });
    expect(leftOf([boxToo], [box, pass, half]).pruned).toEqual([['pass.p', true]]);
  });
});
