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

/** The decision about one lock. `more` changes how locks behave. */
function decided(desired: Desired, objects: readonly Observed[], more: Otherwise = {}, world: World = {}): Decision {
  const kinds = lockKinds(() => more);
  return decide(kinds.of(desired), desired, snapshotOf(kinds, { desired: [desired], objects, ...world }));
}

function lineOf({ verb, because, status }: Change): string {
  return `${verb} ${because} ${status.is === 'blocked' ? status.code : status.is}`;
}

describe('a tombstone', () => {
  test.each<readonly [string, Desired, readonly Observed[], readonly string[]]>([
    ['deletes an object of this stack', goes, [lock], ['delete declared-absent ready']],
    ['is finished when nothing is there', goes, [], []],
    ['does not delete an unmarked object', goes, [{ ...lock, marks: [] }], ['delete declared-absent UNMARKED']],
    ['is finished when the object belongs to another stack', goes, [{ ...lock, marks: [other] }], []],
    [
      'does not delete a pinned object of another stack',
      declared.lock('k', { ...absent, crn: lock.id }),
      [{ ...lock, marks: [other] }],
      ['delete declared-absent FOREIGN_MARK'],
    ],
    [
      'removes only the mark of an object that another stack shares',
      goes,
      [{ ...lock, marks: [...lock.marks, other] }],
      ['forget others-own-it ready'],
    ],
    ['is finished when the object is destroyed', goes, [{ ...lock, ...destroyed }], []],
    ['is finished when an unmarked object is destroyed', goes, [{ ...lock, ...destroyed, marks: [] }], []],
    [
      'does not choose between two objects',
      goes,
      [lock, live.lock('l', { marks: lock.marks })],
      ['delete declared-absent AMBIGUOUS'],
    ],
    [
      'does not delete an object of another name',
      goes,
      [{ ...lock, name: 'l' }],
      ['delete declared-absent NAME_DIFFERS'],
    ],
    [
      'deletes an object of the name that it declares',
      declared.lock('k', { ...absent, name: 'l' }),
      [{ ...lock, name: 'l' }],
      ['delete declared-absent ready'],
    ],
    [
      'deletes an object named after a former map key',
      declared.lock('k', { ...absent, formerly: ['l'] }),
      [{ ...lock, name: 'l' }],
      ['delete declared-absent ready'],
    ],
    [
      'removes only the mark with `state: forgotten`',
      declared.lock('k', { state: 'forgotten' }),
      [lock],
      ['forget forgotten ready'],
    ],
    [
      'is finished when there is no mark to forget',
      declared.lock('k', { state: 'forgotten' }),
      [{ ...lock, marks: [] }],
      [],
    ],
  ])('%s', (_title, desired, objects, expected) => {
    const { changes, finished } = decided(desired, objects);
    expect([changes.map(lineOf), finished]).toEqual([expected, expected.length === 0]);
  });

  test('remarks that the object has only a former mark', () => {
    const former = { stack, name: 'l' };
    const { changes } = decided({ ...goes, formerMarks: [former] }, [{ ...lock, marks: [former] }]);
    expect(changes.map(({ remarks }) => remarks)).toEqual([['it bears a mark of its former name alone: "prod/l"']]);
  });

  test('says when the object is pruned', () => {
    expect(decided({ ...goes, pruned: true }, [lock]).changes.map(lineOf)).toEqual(['delete orphan-pruned ready']);
  });
});

describe('an irreversible deletion', () => {
  const shred = declared.lock('k', { ...absent, shred: true });
  test.each([
    ['active', lock, 'active'],
    ['disabled', { ...lock, impaired: 'it is disabled' }, 'it is disabled'],
  ])('is bound to the reviewed state: %s', (_title, object, state) => {
    const { changes } = decided(shred, [object, door]);
    expect(changes).toMatchObject([{ verb: 'cryptoshred', irreversible: true, target: { id: lock.id, state } }]);
  });

  test('is not one that can be restored', () => {
    expect(decided(goes, [lock]).changes[0]).not.toHaveProperty('irreversible');
    expect(decided(goes, [lock]).changes[0]?.target).toEqual({ id: lock.id, version: '1' });
  });
});

describe('a destroyed object is purged', () => {
  const gone = { ...lock, ...destroyed };
  const word = new Set(['purge:lock.k']);
  const purges = { actions: { delete: async () => undefined, purge: async () => undefined } };
  test.each<readonly [string, Otherwise, ReadonlySet<string>, readonly string[]]>([
    ['with its consent', purges, word, ['purge declared-absent ready']],
    ['not without consent', purges, new Set(), []],
    ['not with the consent for another object', purges, new Set(['purge:lock.l']), []],
    ['not where the API has no purge', {}, word, []],
  ])('%s', (_title, more, consents, expected) => {
    expect(decided(goes, [gone], more, { consents }).changes.map(lineOf)).toEqual(expected);
  });
});

describe('a deletion in two steps', () => {
  const reclaims: Otherwise = {
    lifecycle: { deletion: (_spec, { life }) => (life.is === 'active' ? 'delete' : 'reclaim') },
  };
  const step: Prerequisite = { fields: [{ field: 'agreed', after: true }], remark: 'the first of two words' };
  const asks: Prerequisite = { ...step, consent: { word: 'renew-deletion', why: 'the first word has expired' } };

  test('plans the removal together with the deletion', () => {
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
    ['plans the first step first', step, {}, [lock], ['update declared-absent ready', 'delete declared-absent ready']],
    [
      'asks for consent when the first step has expired',
      asks,
      {},
      [lock],
      ['update declared-absent CONSENT_NEEDED', 'delete declared-absent ready'],
    ],
    [
      'renews the first step with consent',
      asks,
      { consents: new Set(['renew-deletion:lock.k']) },
      [lock],
      ['update declared-absent ready', 'delete declared-absent ready'],
    ],
    ['leaves out the first step while the object is in use', step, {}, [lock, door], ['delete declared-absent ready']],
  ])('%s', (_title, first, world, objects, expected) => {
    expect(decided(goes, objects, { lifecycle: { prerequisite: () => first } }, world).changes.map(lineOf)).toEqual(
      expected,
    );
  });

  test('continues a deletion that was begun, and remarks how it stands', () => {
    const cancelDeletion = () => ({
      field: { field: 'agreed', before: true, after: false },
      standing: 'its first word counts until Friday',
      undone: 'takes the first word back',
    });
    expect(decided(goes, [lock], { lifecycle: { cancelDeletion } }).changes).toMatchObject([
      { verb: 'delete', because: 'set-for-deletion', remarks: ['its first word counts until Friday'] },
    ]);
    // A present resource cancels it.
    expect(decided(declared.lock('k'), [lock], { lifecycle: { cancelDeletion } }).changes).toMatchObject([
      { verb: 'update', because: 'set-for-deletion', fields: [{ field: 'agreed', after: false }] },
    ]);
  });
});
