import { describe, expect, test } from '@jest/globals';
import { type Draft, type Rejection, without, withoutUnused } from '../../src/export/draft.ts';
import { kindsOf } from '../../src/kinds/kinds.ts';
import type { ExportedBlock } from '../../src/model/exported.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { indexWanted } from '../../src/model/wanted.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { desiredToy, liveToy, toyKind } from '../helpers/toy-kind.ts';

const kinds = kindsOf([toyKind()]);
const live = ['a', 'b', 'c'].map((name) => liveToy(name));
const input = { kinds, snapshot: snapshotOf(kinds, { objects: live }), subjects: 'all' as const, closed: new Set('') };

/** A toy is looked up by its size. */
function toy(name: string, spec: JsonObject = { size: 1, color: 'red' }, why?: string): ExportedBlock {
  const remarks = why === undefined ? [] : [{ field: '', text: why }];
  return { address: `toy.${name}`, kind: 'toy', block: 'toys', name, id: liveToy(name).id, spec, remarks };
}

/** c needs b, b needs a. */
const wanted = indexWanted([desiredToy('a'), desiredToy('b', {}, ['toy.a']), desiredToy('c', {}, ['toy.b'])]);

/** One line a block, and one for what is left out. */
function told({ blocks, leftOut }: Draft): readonly string[] {
  return [
    ...blocks.map(({ name, spec, remarks }) =>
      [name, JSON.stringify(spec), ...remarks.map(({ field, text }) => `# ${field}: ${text}`)].join(' '),
    ),
    ...leftOut.map(({ name, why }) => `without ${name}: ${why}`),
  ];
}

const whole = '{"size":1,"color":"red"}';

describe('what was rejected', () => {
  test.each<[string, readonly Partial<Rejection>[], readonly string[]]>([
    ['nothing', [], [`a ${whole}`, `b ${whole}`, `c ${whole}`]],
    [
      'a field that nothing is known by goes alone',
      [{ field: 'color', why: 'no such color' }],
      ['a {"size":1} # color: left out: no such color', `b ${whole}`, `c ${whole}`],
    ],
    [
      'of several reasons for a field the last is told',
      [
        { field: 'color', why: 'one' },
        { field: 'color', why: 'two' },
      ],
      ['a {"size":1} # color: left out: two', `b ${whole}`, `c ${whole}`],
    ],
    [
      'a field that it is known by takes the block, and all that depends on it',
      [{ field: 'size', why: 'too big' }],
      [
        'without a: too big',
        'without b: it depends on toy.a, which is left out',
        'without c: it depends on toy.b, which is left out',
      ],
    ],
    [
      'a block takes what depends on it, and nothing else',
      [{ address: 'toy.b', why: 'odd' }],
      [`a ${whole}`, 'without b: odd', 'without c: it depends on toy.b, which is left out'],
    ],
    [
      'a block that a plan finds is only looked up',
      [{ why: 'no room for a mark', isFound: true }],
      ['a {"existing":true,"size":1} # : no room for a mark', `b ${whole}`, `c ${whole}`],
    ],
    [
      'a block of which nothing was said stays',
      [{ address: 'toy.other', why: 'who is that' }],
      [`a ${whole}`, `b ${whole}`, `c ${whole}`],
    ],
  ])('%s', (_title, rejections, expected) => {
    const all = rejections.map((one) => ({ address: 'toy.a', field: '', why: '', ...one }));
    const draft = { blocks: [toy('a'), toy('b'), toy('c')], leftOut: [] };
    expect(told(without(draft, all, wanted, input))).toEqual(expected);
  });

  test('a block that is only looked up has no field to spare', () => {
    const blocks = [toy('a', { existing: true, size: 1 })];
    const rejections = [{ address: 'toy.a', field: 'color', why: 'odd', isFound: true }];
    expect(told(without({ blocks, leftOut: [] }, rejections, wanted, input))).toEqual(['without a: odd']);
  });
});

test('what nothing needs any more goes: with its reason where it was asked for', () => {
  const existing = { existing: true, size: 1 };
  const blocks = [toy('a', existing), toy('b', existing, 'it is theirs'), toy('c', existing)];
  expect(told(withoutUnused({ blocks, leftOut: [] }, wanted, input))).toEqual(['without b: it is theirs']);
  const used = [toy('a', existing), toy('b'), toy('c', existing)];
  expect(told(withoutUnused({ blocks: used, leftOut: [] }, wanted, input))).toEqual([
    `a ${JSON.stringify(existing)}`,
    `b ${whole}`,
  ]);
});
