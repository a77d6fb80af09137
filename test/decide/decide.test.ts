import { describe, expect, test } from '@jest/globals';
import { decide } from '../../src/decide/decide.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { desiredToy, liveToy, type ToyFacts, toyKind } from '../helpers/toy-kind.ts';

const JUST_NOW = '2026-11-24T11:30:00Z';
const LONG_AGO = '2026-11-24T10:00:00Z';

/** What is decided, as `verb because status`, a line a change. */
function decided(desired: Desired, objects: readonly Observed[], kind = toyKind()): readonly string[] {
  return decide(kind, desired, snapshotOf([kind], { desired: [desired], objects })).changes.map(
    ({ verb, because, status }) => {
      const word = status.is === 'blocked' ? `blocked ${status.code}` : status.is;
      return `${verb} ${because} ${word}`;
    },
  );
}

const bear = { stack: 'prod', name: 'bear' };
const cub = { stack: 'prod', name: 'cub' };
const zoo = { stack: 'zoo', name: 'bear' };
const unmarked = { marks: [] };
const foreign = { marks: [{ stack: 'other', name: 'bear' }] };
const possible = toyKind({ twins: 'possible' });
const facts = (some: ToyFacts) => ({ facts: some });

describe('resolution', () => {
  test.each<[string, Desired, readonly Observed[], readonly string[]]>([
    ['nothing there: create', desiredToy('bear'), [], ['create missing ready']],
    ['ours and equal: nothing', desiredToy('bear', { size: 1 }), [liveToy('bear', facts({ size: 1 }))], []],
    [
      'ours under another name: found by its mark',
      desiredToy('bear', { size: 2 }),
      [liveToy('renamed', { marks: [{ stack: 'prod', name: 'bear' }], facts: { size: 1 } })],
      ['update differs ready'],
    ],
    ['unmarked: blocked', desiredToy('bear'), [liveToy('bear', unmarked)], ['adopt unmarked blocked UNMARKED']],
    [
      'unmarked and different: its fields are not touched either',
      desiredToy('bear', { size: 2 }),
      [liveToy('bear', { ...unmarked, facts: { size: 1 } })],
      ['adopt unmarked blocked UNMARKED'],
    ],
    [
      'another stack: blocked',
      desiredToy('bear'),
      [liveToy('bear', foreign)],
      ['adopt others-own-it blocked FOREIGN_MARK'],
    ],
    [
      'under a former name: its mark is changed, and fields follow',
      { ...desiredToy('bear', { size: 2 }), formerMarks: [cub] },
      [liveToy('cub', facts({ size: 1 }))],
      ['adopt former-mark ready', 'update differs ready'],
    ],
    [
      'both marks on it: the former one goes',
      { ...desiredToy('bear'), formerMarks: [cub] },
      [liveToy('bear', { marks: [bear, cub] })],
      ['adopt former-mark ready'],
    ],
    [
      'the mark of now comes before a former one on something else',
      { ...desiredToy('bear'), formerMarks: [cub] },
      [liveToy('cub'), liveToy('bear')],
      [],
    ],
    [
      'a former mark comes before the same name',
      { ...desiredToy('bear'), formerMarks: [cub] },
      [liveToy('cub'), liveToy('bear', unmarked)],
      ['adopt former-mark ready'],
    ],
    [
      'of two under former names, the one that stands',
      { ...desiredToy('bear'), formerMarks: [cub, zoo] },
      [liveToy('cub', { life: { is: 'lost', code: 'DATA_GONE', why: 'it is gone' } }), liveToy('b', { marks: [zoo] })],
      ['adopt former-mark ready'],
    ],
    [
      'two that stand under former names: blocked',
      { ...desiredToy('bear'), formerMarks: [cub, zoo] },
      [liveToy('cub'), liveToy('b', { marks: [zoo] })],
      ['create missing blocked AMBIGUOUS'],
    ],
    [
      'another stack shares it: its mark is none of ours',
      { ...desiredToy('bear'), formerMarks: [cub] },
      [liveToy('cub', { marks: [cub, ...foreign.marks] })],
      ['adopt former-mark ready'],
    ],
    [
      'pinned, and it carries the mark as another one does: the pin decides',
      desiredToy('bear', { crn: liveToy('b').id }),
      [liveToy('a', { marks: [bear] }), liveToy('b', { marks: [bear] })],
      [],
    ],
    [
      'this stack under another name: blocked',
      desiredToy('bear'),
      [liveToy('bear', { marks: [{ stack: 'prod', name: 'wolf' }] })],
      ['adopt others-own-it blocked FOREIGN_MARK'],
    ],
    [
      'two with our mark, one of them deleted: the one that stands',
      desiredToy('bear'),
      [
        liveToy('a', { marks: [bear], life: { is: 'lost', code: 'DATA_GONE', why: 'it is gone' } }),
        liveToy('b', { marks: [bear] }),
      ],
      [],
    ],
    [
      'two with our mark: blocked',
      desiredToy('bear'),
      [
        liveToy('a', { marks: [{ stack: 'prod', name: 'bear' }] }),
        liveToy('b', { marks: [{ stack: 'prod', name: 'bear' }] }),
      ],
      ['create missing blocked AMBIGUOUS'],
    ],
    [
      'the same name in another group: blocked',
      desiredToy('bear'),
      [liveToy('bear', { ...unmarked, identity: 'bear in another group' })],
      ['create missing blocked IN_ANOTHER_GROUP'],
    ],
    [
      'the same name in another group, still being made: blocked',
      desiredToy('bear'),
      [liveToy('bear', { ...unmarked, identity: 'bear in another group', life: { is: 'settling' } })],
      ['create missing blocked IN_ANOTHER_GROUP'],
    ],
    [
      'kept by a deployment, and its API refuses a second one: blocked, whatever is consented to',
      desiredToy('bear'),
      [liveToy('bear', { ...unmarked, kinship: 'none', managedBy: 'crn:v1:deployment' })],
      ['create missing blocked MANAGED_ELSEWHERE'],
    ],
    [
      'pinned, and kept by a template: blocked',
      desiredToy('bear', { crn: liveToy('wolf').id }),
      [liveToy('wolf', { ...unmarked, managedBy: 'a policy template' })],
      ['create missing blocked MANAGED_ELSEWHERE'],
    ],
    [
      'pinned as existing, and kept by a template: nothing',
      desiredToy('bear', { crn: liveToy('wolf').id, existing: true }),
      [liveToy('wolf', { ...unmarked, managedBy: 'a policy template' })],
      [],
    ],
    [
      'absent, and what is there is kept by a deployment: done',
      desiredToy('bear', { state: 'absent' }),
      [liveToy('bear', { ...unmarked, managedBy: 'crn:v1:deployment' })],
      [],
    ],
    [
      'existing and there: nothing, whatever differs',
      desiredToy('bear', { existing: true, size: 2 }),
      [liveToy('bear', foreign)],
      [],
    ],
    [
      'existing and not there: blocked',
      desiredToy('bear', { existing: true }),
      [],
      ['create missing blocked NOT_FOUND'],
    ],
    ['pinned and not there: blocked', desiredToy('bear', { crn: 'crn:x' }), [], ['create missing blocked NOT_FOUND']],
    [
      'pin and mark disagree: blocked',
      desiredToy('bear', { crn: liveToy('wolf').id }),
      [liveToy('bear'), liveToy('wolf', unmarked)],
      ['create missing blocked AMBIGUOUS'],
    ],
    [
      'destroyed: blocked',
      desiredToy('bear'),
      [
        liveToy('bear', {
          life: { is: 'restorable', as: 'destroyed', until: '2026-12-24T00:00:00Z', by: 'x', since: 'y' },
        }),
      ],
      ['restore destroyed blocked DESTROYED'],
    ],
    [
      'in reclamation: blocked',
      desiredToy('bear'),
      [
        liveToy('bear', {
          life: { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined },
        }),
      ],
      ['restore reclaiming blocked RECLAIMING'],
    ],
    [
      'past restoring: blocked',
      desiredToy('bear'),
      [liveToy('bear', { life: { is: 'lost', code: 'DATA_GONE', why: 'gone' } })],
      ['create destroyed blocked DATA_GONE'],
    ],
    [
      'failed before it ever was active: made again',
      desiredToy('bear'),
      [liveToy('bear', { life: { is: 'failed', why: 'no room' } })],
      ['create failed-before ready'],
    ],
    [
      'a standing one comes before a deleted one of its name',
      desiredToy('bear'),
      [
        liveToy('bear', {
          ...unmarked,
          id: 'crn:old',
          life: { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined },
        }),
        liveToy('bear', { ...foreign, id: 'crn:new' }),
      ],
      ['adopt others-own-it blocked FOREIGN_MARK'],
    ],
  ])('%s', (_title, desired, objects, expected) => {
    expect(decided(desired, objects)).toEqual(expected);
  });
});

describe('a lost mark', () => {
  const mine = { ...unmarked, madeBy: 'IBMid-me', madeAt: JUST_NOW, facts: { size: 1 } };

  test.each<[string, Parameters<typeof liveToy>[1] & object, readonly string[]]>([
    ['is set again on what this login made within the hour', {}, ['adopt mark-lost ready']],
    ['is not on what another login made', { madeBy: 'IBMid-you' }, ['adopt unmarked blocked UNMARKED']],
    ['is not on what was made longer ago', { madeAt: LONG_AGO }, ['adopt unmarked blocked UNMARKED']],
    ['is not on what differs', { facts: { size: 2 } }, ['adopt unmarked blocked UNMARKED']],
  ])('%s', (_title, more, expected) => {
    expect(decided(desiredToy('bear', { size: 1 }), [liveToy('bear', { ...mine, ...more })], possible)).toEqual(
      expected,
    );
  });

  test('cannot be where the create carries it', () => {
    expect(decided(desiredToy('bear', { size: 1 }), [liveToy('bear', mine)])).toEqual([
      'adopt unmarked blocked UNMARKED',
    ]);
  });
});

describe('fields', () => {
  test('that are not said are not compared', () => {
    expect(decided(desiredToy('bear'), [liveToy('bear', facts({ size: 7, color: 'red' }))])).toEqual([]);
  });

  test('that are fixed block by themselves; the others change all the same', () => {
    const live = liveToy('bear', facts({ size: 1, color: 'red' }));
    expect(decided(desiredToy('bear', { size: 2, color: 'blue' }), [live])).toEqual([
      'update differs blocked CANNOT_CHANGE',
      'update differs ready',
    ]);
  });

  test('of what still settles wait', () => {
    const live = liveToy('bear', { life: { is: 'settling' }, facts: { size: 1 } });
    expect(decided(desiredToy('bear', { size: 2 }), [live])).toEqual(['update differs deferred']);
  });

  test('that cannot be read back are noted, never equal in silence', () => {
    const kind = toyKind();
    const desired = desiredToy('bear', { secret: 'x' });
    const objects = [liveToy('bear')];
    const decision = decide(kind, desired, snapshotOf([kind], { desired: [desired], objects }));
    expect(decision.changes).toEqual([]);
    expect(decision.notes).toEqual([{ address: 'toy.bear', field: 'secret', text: 'cannot be read back' }]);
  });
});

describe('a toy that is another one in another color', () => {
  const kind = toyKind({ marks: 'shared', colors: 'replace' });
  const bear = (color: string, more: Pick<Partial<Observed>, 'marks' | 'managedBy'> = {}): Observed => {
    const mark = { stack: 'prod', name: 'bear' };
    return liveToy(`${color}-bear`, { identity: `bear in ${color}`, marks: [mark], facts: { color }, ...more });
  };
  const red = desiredToy('bear', { color: 'red' });
  const others = {
    marks: [
      { stack: 'prod', name: 'bear' },
      { stack: 'other', name: 'bear' },
    ],
  };
  const gone = desiredToy('bear', { color: 'red', state: 'absent' });

  test.each<[string, Desired, readonly Observed[], readonly string[]]>([
    [
      'takes the place of what is ours',
      red,
      [bear('blue')],
      ['create identity-changed ready', 'delete identity-changed ready'],
    ],
    [
      'leaves what others own too',
      red,
      [bear('blue', others)],
      ['create identity-changed ready', 'forget others-own-it ready'],
    ],
    ['is found unfinished', red, [bear('blue'), bear('red')], ['delete identity-changed ready']],
    ['is neither of two', red, [bear('blue'), bear('green')], ['create missing blocked AMBIGUOUS']],
    ['stands there unmarked', red, [bear('blue'), bear('red', unmarked)], ['adopt unmarked blocked UNMARKED']],
    [
      'is kept there by a template',
      red,
      [bear('blue'), bear('red', { ...unmarked, managedBy: 'a policy template' })],
      ['create missing blocked MANAGED_ELSEWHERE'],
    ],
    [
      'is pinned',
      desiredToy('bear', { color: 'red', crn: bear('blue').id }),
      [bear('blue')],
      ['update differs blocked CANNOT_CHANGE'],
    ],
    ['goes whole', gone, [bear('blue'), bear('red')], ['delete declared-absent ready', 'delete declared-absent ready']],
  ])('%s', (_title, desired, objects, expected) => {
    expect(decided(desired, objects, kind)).toEqual(expected);
  });
});
