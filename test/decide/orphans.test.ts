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

/** What is left over of an account of these objects, with the stack's former name known or not. */
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

describe('an orphan is what bears our mark and is no resource', () => {
  test.each<readonly [string, readonly Desired[], readonly Observed[], readonly string[]]>([
    ['what nothing declares', [boxToo], [box, lock], ['lock.k']],
    ['not what is declared', [boxToo, declared.lock('k')], [box, lock], []],
    ['not what is declared to go', [boxToo, declared.lock('k', { state: 'absent' })], [box, lock], []],
    ["not another stack's", [boxToo], [box, marked({ stack: 'other', name: 'k' })], []],
    ['not what is gone', [boxToo], [box, { ...lock, ...gone }], []],
    ['what is declared under another name', [boxToo, declared.lock('l')], [box, lock], ['lock.k']],
    [
      'not what was called so',
      [boxToo, { ...declared.lock('l'), formerMarks: [{ stack, name: 'k' }] }],
      [box, lock],
      [],
    ],
    [
      'not one of two, while nobody has chosen',
      [boxToo, declared.lock('k')],
      [box, lock, live.lock('l', { marks: lock.marks })],
      [],
    ],
    [
      'of two, the one that its block is not pinned to',
      [boxToo, declared.lock('k', { crn: live.lock('l').id })],
      [box, lock, live.lock('l', { marks: lock.marks })],
      ['lock.k'],
    ],
    [
      'a mark that was left on what is shared',
      [boxToo, declared.pass('q', 'box.b')],
      [box, { ...pass, marks: [...pass.marks, { stack, name: 'q' }] }],
      ['pass.p'],
    ],
  ])('%s', (_title, desired, objects, expected) => {
    expect(leftOf(desired, objects).orphans.map(({ address }) => address)).toEqual(expected);
  });
});

describe('it comes with the block that would end it', () => {
  test('which names what is declared by its map key, and the rest by its CRN', () => {
    expect(leftOf([boxToo], [box, lock]).orphans).toEqual([
      { address: 'lock.k', id: lock.id, name: 'k', tombstone: 'locks:\n  k: { state: absent, on: [b] }' },
    ]);
    expect(leftOf([], [lock]).orphans[0]?.tombstone).toBe(`locks:\n  k: { state: absent, on: ["${box.id}"] }`);
  });

  test('with its name, where that is another one', () => {
    const [orphan] = leftOf([boxToo], [box, { ...lock, name: 'yes' }]).orphans;
    expect(orphan?.tombstone).toBe('locks:\n  k: { state: absent, name: "yes", on: [b] }');
  });

  test('not where a block of that name is another object', () => {
    const pinned = declared.lock('k', { crn: live.lock('l').id });
    const { orphans } = leftOf([boxToo, pinned], [box, lock, live.lock('l', { marks: lock.marks })]);
    expect(orphans).toEqual([{ address: 'lock.k', id: lock.id, name: 'k' }]);
  });
});

describe("of the stack's former name", () => {
  const old = { ...pass, marks: [{ stack: former, name: 'p' }] };

  test('it is told with that, and only a tombstone ends it', () => {
    const { orphans, pruned } = leftOf([boxToo], [box, old], former);
    expect(orphans).toMatchObject([{ address: 'pass.p', stack: former, tombstone: expect.stringContaining('absent') }]);
    expect([orphans[0]?.prunable, pruned]).toEqual([undefined, []]);
  });

  test('it is none where nobody says that name', () => {
    expect(leftOf([boxToo], [box, old]).orphans).toEqual([]);
  });
});

describe('--prune ends', () => {
  test('what holds no data, as if it had a tombstone', () => {
    const { orphans, pruned } = leftOf([boxToo], [box, lock, pass]);
    expect(orphans.map(({ address, prunable }) => [address, prunable])).toEqual([
      ['lock.k', undefined],
      ['pass.p', true],
    ]);
    expect(pruned).toEqual([['pass.p', true]]);
  });

  test('both halves of what was being replaced by one', () => {
    const half = live.pass('half', box.id, { marks: pass.marks });
    expect(leftOf([boxToo], [box, pass, half]).pruned).toEqual([['pass.p', true]]);
  });
});
