import { describe, expect, test } from '@jest/globals';
import { type Change, type FieldChange, pending, type Status } from '../../src/model/change.ts';
import { holdUnreviewed, reviewOf } from '../../src/plan/reviewed.ts';

const change = (fields: readonly FieldChange[], more: Partial<Change> = {}): Change => ({
  address: 'toy.bear',
  verb: 'update',
  because: 'differs',
  fields,
  after: [],
  status: { is: 'ready' },
  ...more,
});

const size: FieldChange = { field: 'size', before: 1, after: 2 };
const color: FieldChange = { field: 'color', before: 'red', after: 'blue' };
const deferred: Status = { is: 'deferred', until: [{ when: 'settled', id: 'crn:x' }] };

describe('a change that a later round asks for', () => {
  test.each<[string, Change, Change, boolean]>([
    ['the same', change([size]), change([size]), true],
    ['deferred in the review', change([size]), change([size], { status: deferred }), true],
    [
      'blocked in the review',
      change([size]),
      change([size], { status: { is: 'blocked', code: 'UNMARKED', message: '' } }),
      false,
    ],
    ['another verb', change([size]), change([size], { verb: 'create' }), false],
    ['another address', change([size]), change([size], { address: 'toy.duck' }), false],
    ['one field less', change([size]), change([size, color]), true],
    ['one field more', change([size, color]), change([size]), false],
    ['another field', change([color]), change([size]), false],
    ['another value before', change([{ ...size, before: 3 }]), change([size]), false],
    ['another value after', change([{ ...size, after: 3 }]), change([size]), false],
    [
      'what was pending is known',
      change([{ ...size, after: 'crn:k' }]),
      change([{ ...size, after: pending('key.k') }]),
      true,
    ],
    [
      'what was pending inside is known',
      change([{ field: 'map', after: { a: 1, b: ['crn:k'] } }]),
      change([{ field: 'map', after: { a: 1, b: [{ knownAfter: 'key.k' }] } }]),
      true,
    ],
    [
      'something else beside what was pending',
      change([{ field: 'map', after: { a: 2, b: 'crn:k' } }]),
      change([{ field: 'map', after: { a: 1, b: { knownAfter: 'key.k' } } }]),
      false,
    ],
  ])('%s', (_title, now, shown, expected) => {
    expect(reviewOf({ changes: [shown] }).holds(now)).toBe(expected);
  });

  test('and that nobody reviewed holds up what comes after it, and nothing else', () => {
    const after = change([size], { address: 'toy.duck', after: ['toy.bear'] });
    const last = change([size], { address: 'toy.last', after: ['toy.duck'] });
    const other = change([size], { address: 'toy.other' });
    const reviewed = { changes: [change([size]), after, last, other] };
    const held = holdUnreviewed([change([color]), other, after, last], reviewOf(reviewed));
    expect(held.map(({ address, status }) => [address, status])).toEqual([
      ['toy.bear', { is: 'ready' }],
      ['toy.other', { is: 'ready' }],
      ['toy.duck', { is: 'deferred', until: [{ when: 'done', address: 'toy.bear' }] }],
      ['toy.last', { is: 'deferred', until: [{ when: 'done', address: 'toy.duck' }] }],
    ]);
  });
});
