import { describe, expect, test } from '@jest/globals';
import type { Change, Status } from '../../../src/model/change.ts';
import type { Verb } from '../../../src/model/verbs.ts';
import { guardDeletions } from '../../../src/plan/guards/max-deletes.ts';
import { planOfChanges } from '../../helpers/plans.ts';
import { NOW, snapshotOf } from '../../helpers/snapshot.ts';
import { kinds, live } from '../../helpers/toy-locks.ts';

const HOUR_MS = 3_600_000;
const ready: Status = { is: 'ready' };
const last = new Date(NOW.getTime() + HOUR_MS);
const after = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS).toISOString();

const changes = (count: number, verb: Verb = 'delete', status: Status = ready): readonly Change[] =>
  Array.from({ length: count }, (_, index) => ({
    address: `lock.${verb}-${index}`,
    verb,
    because: 'declared-absent' as const,
    fields: [],
    after: [],
    status,
  }));

/** A stack that owns so many locks, beside some of another stack's. */
const owning = (count: number) =>
  snapshotOf(kinds, {
    objects: [
      ...Array.from({ length: count }, (_, index) => live.lock(`own-${index}`)),
      ...Array.from({ length: 50 }, (_, index) =>
        live.lock(`other-${index}`, { marks: [{ stack: 'other', name: `other-${index}` }] }),
      ),
    ],
  });

type Row = readonly [string, readonly Change[], number, Parameters<typeof planOfChanges>[1]];

describe('so many deletions at once are too many', () => {
  test.each<Row>([
    ['six, of five that are always allowed', changes(6), 0, {}],
    ['31, of thirty in a hundred', changes(31), 100, {}],
    ['more than the manifest allows', changes(2), 100, { maxDeletes: 1 }],
    ['more than was consented to', changes(7), 0, { consents: ['deletes:6'] }],
    ['of any verb that ends something', [...changes(2), ...changes(2, 'cryptoshred'), ...changes(2, 'reclaim')], 0, {}],
    ['of what is replaced', changes(6, 'replace'), 0, {}],
    [
      'with those whose date comes while the run waits',
      changes(6, 'delete', { is: 'deferred', until: [{ when: 'time', from: after(1) }] }),
      0,
      {},
    ],
    [
      'with those that wait for services to know',
      changes(6, 'delete', { is: 'deferred', until: [{ when: 'known' }] }),
      0,
      {},
    ],
  ])('%s', (_title, planned, owned, parts) => {
    const refuse = () => guardDeletions(planOfChanges(planned, parts), owning(owned), last);
    expect(refuse).toThrow(`this run would delete ${planned.length} objects`);
    expect(refuse).toThrow(expect.objectContaining({ remedy: expect.stringContaining(`deletes:${planned.length}`) }));
  });
});

describe('so many are not', () => {
  test.each<Row>([
    ['five', changes(5), 0, {}],
    ['30 of a hundred', changes(30), 100, {}],
    ['as many as the manifest allows', changes(9), 0, { maxDeletes: 9 }],
    ['as many as were consented to', changes(9), 0, { maxDeletes: 1, consents: ['deletes:9'] }],
    ['marks that are removed', changes(9, 'forget'), 0, {}],
    ['what is blocked', changes(9, 'delete', { is: 'blocked', code: 'NOT_EMPTY', message: '' }), 0, {}],
    [
      'what waits for days',
      changes(9, 'delete', { is: 'deferred', until: [{ when: 'unused', on: [], by: [] }] }),
      0,
      {},
    ],
    [
      'what waits for longer than the run',
      changes(9, 'delete', { is: 'deferred', until: [{ when: 'time', from: after(2) }] }),
      0,
      {},
    ],
  ])('%s', (_title, planned, owned, parts) => {
    expect(() => guardDeletions(planOfChanges(planned, parts), owning(owned), last)).not.toThrow();
  });
});
