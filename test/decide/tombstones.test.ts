import { describe, expect, test } from '@jest/globals';
import { type Decision, decide } from '../../src/decide/decide.ts';
import type { Prerequisite } from '../../src/kinds/kind.ts';
import type { Change } from '../../src/model/change.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { snapshotOf, type World } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';
import { declared, live, lockKinds, type Otherwise } from '../helpers/toy-locks.ts';

const absent = { state: 'absent' } as const;
const goes = declared.lock('k', absent);
const lock = live.lock('k');
const door = live.door('d', lock.id);
const other = { stack: 'other', name: 'k' };
const reclaiming = {
  life: { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined },
} as const;
const destroyed = { life: { ...reclaiming.life, as: 'destroyed' } } as const;

/** What is decided of one lock; `more`: what locks do otherwise. */
function decided(desired: Desired, objects: readonly Observed[], more: Otherwise = {}, world: World = {}): Decision {
  const kinds = lockKinds(() => more);
  return decide(kinds.of(desired), desired, snapshotOf(kinds, { desired: [desired], objects, ...world }));
}

function lineOf({ verb, because, status }: Change): string {
  return `${verb} ${because} ${status.is === 'blocked' ? status.code : status.is}`;
}

describe('a tombstone', () => {
  test.each<readonly [string, Desired, readonly Observed[], readonly string[]]>([
    ['of what is ours', goes, [lock], ['delete declared-absent ready']],
    ['of what is not there: done', goes, [], []],
    ["of what is nobody's", goes, [{ ...lock, marks: [] }], ['delete declared-absent UNMARKED']],
    ["of what is another stack's: ours is gone", goes, [{ ...lock, marks: [other] }], []],
    [
      "of what is another stack's, and pinned",
      declared.lock('k', { ...absent, crn: lock.id }),
      [{ ...lock, marks: [other] }],
      ['delete declared-absent FOREIGN_MARK'],
    ],
    [
      'of what another stack marked too: only our mark goes',
      goes,
      [{ ...lock, marks: [...lock.marks, other] }],
      ['forget others-own-it ready'],
    ],
    ['of what is gone as far as it goes by itself: done', goes, [{ ...lock, ...destroyed }], []],
    ["of what is nobody's and gone: done", goes, [{ ...lock, ...destroyed, marks: [] }], []],
    ['of two', goes, [lock, live.lock('l', { marks: lock.marks })], ['delete declared-absent AMBIGUOUS']],
    ['of what is called otherwise', goes, [{ ...lock, name: 'l' }], ['delete declared-absent NAME_DIFFERS']],
    [
      'of what is called so, as it says',
      declared.lock('k', { ...absent, name: 'l' }),
      [{ ...lock, name: 'l' }],
      ['delete declared-absent ready'],
    ],
    [
      'of what is called as its map key was',
      declared.lock('k', { ...absent, formerly: ['l'] }),
      [{ ...lock, name: 'l' }],
      ['delete declared-absent ready'],
    ],
    ['of nothing but the mark', declared.lock('k', { state: 'forgotten' }), [lock], ['forget forgotten ready']],
    ['of a mark that is not there: done', declared.lock('k', { state: 'forgotten' }), [{ ...lock, marks: [] }], []],
  ])('%s', (_title, desired, objects, expected) => {
    const { changes, finished } = decided(desired, objects);
    expect([changes.map(lineOf), finished]).toEqual([expected, expected.length === 0]);
  });

  test('of what bears a former mark alone tells it', () => {
    const former = { stack, name: 'l' };
    const { changes } = decided({ ...goes, formerMarks: [former] }, [{ ...lock, marks: [former] }]);
    expect(changes.map(({ remarks }) => remarks)).toEqual([['it bears a mark of its former name alone: "prod/l"']]);
  });

  test('of one that was pruned says so', () => {
    expect(decided({ ...goes, pruned: true }, [lock]).changes.map(lineOf)).toEqual(['delete orphan-pruned ready']);
  });
});

describe('what cannot be undone', () => {
  const shred = declared.lock('k', { ...absent, shred: true });
  test.each([
    ['active', lock, 'active'],
    ['out of order', { ...lock, impaired: 'it is disabled' }, 'it is disabled'],
  ])('is bound to the state in which it was reviewed: %s', (_title, object, state) => {
    const { changes } = decided(shred, [object, door]);
    expect(changes).toMatchObject([{ verb: 'cryptoshred', irreversible: true, target: { id: lock.id, state } }]);
  });

  test('is only what nothing brings back', () => {
    expect(decided(goes, [lock]).changes[0]).not.toHaveProperty('irreversible');
    expect(decided(goes, [lock]).changes[0]?.target).toEqual({ id: lock.id, version: '1' });
  });
});

describe('what is destroyed is erased by name alone', () => {
  const gone = { ...lock, ...destroyed };
  const word = new Set(['purge:lock.k']);
  const purges = { actions: { delete: async () => undefined, purge: async () => undefined } };
  test.each<readonly [string, Otherwise, ReadonlySet<string>, readonly string[]]>([
    ['with its word', purges, word, ['purge declared-absent ready']],
    ['not without it', purges, new Set(), []],
    ['not with the word of another', purges, new Set(['purge:lock.l']), []],
    ['not where its API cannot', {}, word, []],
  ])('%s', (_title, more, consents, expected) => {
    expect(decided(goes, [gone], more, { consents }).changes.map(lineOf)).toEqual(expected);
  });
});

describe('what ends in two', () => {
  const reclaims: Otherwise = {
    lifecycle: { deletion: (_spec, { life }) => (life.is === 'active' ? 'delete' : 'reclaim') },
  };
  const step: Prerequisite = { fields: [{ field: 'agreed', after: true }], remark: 'the first of two words' };
  const asks: Prerequisite = { ...step, consent: { word: 'renew-deletion', why: 'the first word has expired' } };

  test('is removed once it is deleted, and both are reviewed', () => {
    const { changes } = decided(goes, [lock], reclaims);
    expect(changes.map(lineOf)).toEqual(['delete declared-absent ready', 'reclaim declared-absent deferred']);
    expect(changes[1]).toMatchObject({
      irreversible: true,
      target: { state: 'reclaiming' },
      status: { until: [{ when: 'settled', id: lock.id, address: 'lock.k' }] },
    });
    expect(decided(goes, [{ ...lock, ...reclaiming }], reclaims).changes.map(lineOf)).toEqual([
      'reclaim declared-absent ready',
    ]);
  });

  test.each<readonly [string, Prerequisite, World, readonly Observed[], readonly string[]]>([
    ['the first step comes first', step, {}, [lock], ['update declared-absent ready', 'delete declared-absent ready']],
    [
      'it is asked for where it was given once',
      asks,
      {},
      [lock],
      ['update declared-absent CONSENT_NEEDED', 'delete declared-absent ready'],
    ],
    [
      'it is given again with its word',
      asks,
      { consents: new Set(['renew-deletion:lock.k']) },
      [lock],
      ['update declared-absent ready', 'delete declared-absent ready'],
    ],
    ['it is not announced while somebody uses it', step, {}, [lock, door], ['delete declared-absent ready']],
  ])('%s', (_title, first, world, objects, expected) => {
    expect(decided(goes, objects, { lifecycle: { prerequisite: () => first } }, world).changes.map(lineOf)).toEqual(
      expected,
    );
  });

  test('what was begun is gone on with, and how it stands is told', () => {
    const cancelDeletion = () => ({
      field: { field: 'agreed', before: true, after: false },
      standing: 'its first word counts until Friday',
      undone: 'takes the first word back',
    });
    expect(decided(goes, [lock], { lifecycle: { cancelDeletion } }).changes).toMatchObject([
      { verb: 'delete', because: 'set-for-deletion', remarks: ['its first word counts until Friday'] },
    ]);
    // A present one takes it back.
    expect(decided(declared.lock('k'), [lock], { lifecycle: { cancelDeletion } }).changes).toMatchObject([
      { verb: 'update', because: 'set-for-deletion', fields: [{ field: 'agreed', after: false }] },
    ]);
  });
});
