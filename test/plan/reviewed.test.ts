import { describe, expect, test } from '@jest/globals';
import { type Change, type Condition, type FieldChange, pending, type Status } from '../../src/model/change.ts';
import type { Use } from '../../src/model/relation.ts';
import { holdUnreviewed, reviewOf } from '../../src/plan/reviewed.ts';
import { NOW, snapshotOf } from '../helpers/snapshot.ts';

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

const nowOf = (changes: readonly Change[], registrations: readonly Use[] = []) => ({
  plan: { changes },
  snapshot: snapshotOf([], { registrations }),
});

describe('a deletion that was shown to wait', () => {
  const user = 'crn:v1:bluemix:public:cloud-object-storage:global:a/1:store:bucket:b';
  const other = user.replace('store', 'other');
  const on = 'crn:v1:bluemix:public:kms:us-south:a/1:vault:key:k';
  const deletion = (until?: Condition): Change =>
    change([], { verb: 'delete', ...(until && { status: { is: 'deferred', until: [until] } }) });
  const use = (by: string): Use => ({ on, by, preventsDeletion: false });
  const unused: Condition = { when: 'unused', on: [on], by: [user] };
  const later = new Date(NOW.getTime() + 1000).toISOString();
  test.each<[string, Condition | undefined, readonly Use[], boolean]>([
    ['is done when it was shown ready', undefined, [use(user)], true],
    ['is done when nobody uses it any more', unused, [], true],
    ['is done when only somebody else uses it, whom its guards let pass', unused, [use(other)], true],
    ['is not done while who was shown still uses it', unused, [use(user)], false],
    ['nor while another bucket of the same instance does', unused, [use(user.replace(/b$/, 'c'))], false],
    ['is done when its time has come', { when: 'time', from: NOW.toISOString() }, [], true],
    ['is not done before its time', { when: 'time', from: later }, [], false],
    ['is done when what it waits for is done', { when: 'done', address: 'toy.other' }, [], true],
    ['is not done while what it waits for is held', { when: 'done', address: 'toy.held' }, [], false],
  ])('%s', (_title, until, uses, expected) => {
    const held = change([size], { address: 'toy.held', status: deferred });
    const review = reviewOf({ changes: [deletion(until)] });
    expect(review.holds(deletion(), nowOf([deletion(), held], uses))).toBe(expected);
  });

  test('may wait on, whatever it was shown to wait for', () => {
    const waiting = deletion({ when: 'time', from: later });
    expect(reviewOf({ changes: [deletion(unused)] }).holds(waiting, nowOf([waiting], [use(user)]))).toBe(true);
  });
});

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
    expect(reviewOf({ changes: [shown] }).holds(now, nowOf([now]))).toBe(expected);
  });

  test('and that nobody reviewed holds up what comes after it, and nothing else', () => {
    const after = change([size], { address: 'toy.duck', after: ['toy.bear'] });
    const last = change([size], { address: 'toy.last', after: ['toy.duck'] });
    const other = change([size], { address: 'toy.other' });
    const reviewed = { changes: [change([size]), after, last, other] };
    const held = holdUnreviewed(nowOf([change([color]), other, after, last]), reviewOf(reviewed));
    expect(held.map(({ address, status }) => [address, status])).toEqual([
      ['toy.bear', { is: 'ready' }],
      ['toy.other', { is: 'ready' }],
      ['toy.duck', { is: 'deferred', until: [{ when: 'done', address: 'toy.bear' }] }],
      ['toy.last', { is: 'deferred', until: [{ when: 'done', address: 'toy.duck' }] }],
    ]);
  });
});
