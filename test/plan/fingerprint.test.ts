import { describe, expect, test } from '@jest/globals';
import type { Affected, Change, Condition, Status } from '../../src/model/change.ts';
import { checksumOf, fingerprintOf } from '../../src/plan/fingerprint.ts';
import { planOfChanges } from '../helpers/plans.ts';

const account = '0123456789abcdef0123456789abcdef';
const user: Affected = {
  on: 'crn:key',
  by: 'crn:bucket',
  name: 'archive',
  service: 'cloud-object-storage',
  preventsDeletion: false,
};

const update: Change = {
  address: 'toy.bear',
  verb: 'update',
  because: 'differs',
  fields: [
    { field: 'size', before: 1, after: 2 },
    { field: 'color', after: { red: 1, blue: 2 } },
  ],
  target: { id: 'crn:bear', version: '1' },
  after: [],
  status: { is: 'ready' },
};
const shred: Change = {
  ...update,
  address: 'toy.key',
  verb: 'cryptoshred',
  fields: [],
  target: { id: 'crn:key', version: '1', state: 'active' },
  irreversible: true,
  blastRadius: [user, { ...user, by: 'crn:other' }],
};
const lasting: Change = { ...shred, verb: 'delete' };
const { irreversible: _, ...deletion } = lasting;

const create: Change = { ...update, verb: 'create' };
const moving: Change = { ...update, blastRadius: [user] };
const store = 'crn:v1:bluemix:public:databases-for-redis:us-south:a/1:store::';
const dated = { latest: '2026-12-03T00:00:00Z' };
const unused = (more: Partial<Extract<Condition, { when: 'unused' }>> = {}): Status => ({
  is: 'deferred',
  until: [{ when: 'unused', on: ['crn:key'], by: [`${store}/agentid=pvc-1`], ...more }],
});
const deferred = (from: string) => ({ is: 'deferred', until: [{ when: 'time', from }] }) as const;
const blocked = { is: 'blocked', code: 'UNMARKED', message: 'it has no mark' } as const;
const of = (...changes: readonly Change[]) => fingerprintOf(account, changes);

describe('a fingerprint stays the same', () => {
  test.each<[string, readonly Change[], readonly Change[]]>([
    ['whatever order changes have', [update, shred], [shred, update]],
    ['whatever order fields have', [update], [{ ...update, fields: [...update.fields].reverse() }]],
    [
      'whatever order the members of a value have',
      [update],
      [{ ...update, fields: update.fields.with(1, { field: 'color', after: { blue: 2, red: 1 } }) }],
    ],
    ['when it waits', [update], [{ ...update, status: deferred('2026-12-01T00:00:00Z') }]],
    [
      'when it waits until another date',
      [{ ...update, status: deferred('2026-12-01T00:00:00Z') }],
      [{ ...update, status: deferred('2026-12-02T00:00:00Z') }],
    ],
    ['when it waits for another change', [update], [{ ...update, after: ['toy.box'] }]],
    ['with another version of the object', [update], [{ ...update, target: { id: 'crn:bear', version: '2' } }]],
    ['with another object, where it can be undone', [deletion], [{ ...deletion, target: { id: 'x', version: '1' } }]],
    ['with other users, where it can be undone', [deletion], [{ ...deletion, blastRadius: [] }]],
    ['for another reason', [update], [{ ...update, because: 'mark-lost' }]],
    ['with a remark', [update], [{ ...update, remarks: ['it is large'] }]],
    ['with a blocked change beside it', [update], [update, { ...create, status: blocked }]],
    [
      'when the date of a wait becomes known',
      [{ ...deletion, status: unused() }],
      [{ ...deletion, status: unused(dated) }],
    ],
    [
      'when another volume of the same instance is used',
      [{ ...deletion, status: unused() }],
      [{ ...deletion, status: unused({ by: [`${store}/agentid=pvc-2`, `${store}/agentid=pvc-1`] }) }],
    ],
    ['whatever order users have', [shred], [{ ...shred, blastRadius: [...(shred.blastRadius ?? [])].reverse() }]],
    ['with what is known of users', [shred], [{ ...shred, blastRadius: shred.blastRadius?.map(renamed) ?? [] }]],
  ])('%s', (_title, before, after) => {
    expect(of(...after)).toBe(of(...before));
  });
});

describe('a fingerprint changes', () => {
  test.each<[string, readonly Change[], readonly Change[]]>([
    ['with the address', [update], [{ ...update, address: 'toy.duck' }]],
    ['with the verb', [update], [{ ...update, verb: 'create' }]],
    ['with one field less', [update], [{ ...update, fields: update.fields.slice(1) }]],
    [
      'with the value before',
      [update],
      [{ ...update, fields: update.fields.with(0, { field: 'size', before: 3, after: 2 }) }],
    ],
    [
      'with the value after',
      [update],
      [{ ...update, fields: update.fields.with(0, { field: 'size', before: 1, after: 3 }) }],
    ],
    ['with another change', [update], [update, shred]],
    ['when what was blocked is done', [{ ...update, status: blocked }], [update]],
    [
      'with an object that is lost for good',
      [shred],
      [{ ...shred, target: { id: 'x', version: '1', state: 'active' } }],
    ],
    ['with its state', [shred], [{ ...shred, target: { id: 'crn:key', version: '1', state: 'disabled' } }]],
    ['with whom it hits', [shred], [{ ...shred, blastRadius: [user] }]],
    ['when it cannot be undone any more', [deletion], [lasting]],
    ['when a deletion waits no more', [{ ...deletion, status: unused() }], [deletion]],
    ['when a deletion is blocked', [deletion], [{ ...deletion, status: blocked }]],
    [
      'with whom a deletion waits for',
      [{ ...deletion, status: unused() }],
      [{ ...deletion, status: unused({ by: [user.by] }) }],
    ],
    [
      'with what a deletion waits for',
      [{ ...deletion, status: unused() }],
      [{ ...deletion, status: deferred(dated.latest) }],
    ],
    [
      'when an update that moves what others use waits no more',
      [{ ...moving, status: deferred(dated.latest) }],
      [moving],
    ],
  ])('%s', (_title, before, after) => {
    expect(of(...after)).not.toBe(of(...before));
  });

  test('with the account', () => {
    expect(fingerprintOf('ffffffffffffffffffffffffffffffff', [update])).not.toBe(of(update));
  });
});

test('is sixteen hexadecimal digits, of no change as well', () => {
  expect([of(), of(update, shred)]).toEqual([
    expect.stringMatching(/^[0-9a-f]{16}$/),
    expect.stringMatching(/^[0-9a-f]{16}$/),
  ]);
});

test('a checksum covers what a fingerprint leaves out', () => {
  const plan = planOfChanges([update]);
  expect(checksumOf(planOfChanges([{ ...update, after: ['toy.box'] }]))).not.toBe(checksumOf(plan));
  expect(checksumOf({ ...plan, consents: ['adopt'] })).not.toBe(checksumOf(plan));
});

function renamed(one: Affected): Affected {
  return {
    ...one,
    name: 'another name',
    service: 'another',
    deletedAt: '2026-12-01T00:00:00Z',
    preventsDeletion: true,
  };
}
