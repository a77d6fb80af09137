import { describe, expect, test } from '@jest/globals';
import type { Change, Condition, Plan } from '../../src/model/change.ts';
import { renderDrift } from '../../src/report/drift.ts';
import { renderExplanation } from '../../src/report/explain.ts';
import { renderPlan } from '../../src/report/plan/text.ts';
import { planOfChanges } from '../helpers/plans.ts';

const change: Change = {
  address: 'toy.bear',
  verb: 'create',
  because: 'missing',
  fields: [],
  after: [],
  status: { is: 'ready' },
};

/** A plan that holds this change, or these parts. */
const planOf = (more: Partial<Change>, parts: Partial<Plan> = {}): Plan =>
  planOfChanges([{ ...change, ...more }], parts);

const textOf = (more: Partial<Change>, parts: Partial<Plan> = {}): string =>
  renderPlan(planOf(more, parts), { color: false });

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

describe('a change in a plan for people', () => {
  test.each([
    [{ when: 'settled', id: 'crn:v1:duck', address: 'toy.duck' } as const, 'deferred: until toy.duck has settled'],
    [{ when: 'settled', id: 'crn:v1:duck' } as const, 'deferred: until crn:v1:duck has settled'],
  ])('waits for what is named by its address where there is one (%#)', (condition, expected) => {
    expect(textOf({ status: { is: 'deferred', until: [condition] } })).toContain(expected);
  });

  test('says of what is pending what it waits for, inside of lists too', () => {
    const after = [1, { key: { knownAfter: 'key.k' }, on: true }, { knownAfter: 'key.l' }];
    expect(textOf({ fields: [{ field: 'parameters.keys', after }] })).toContain(
      'parameters.keys  [1, { "key": (known after key.k), "on": true }, (known after key.l)]',
    );
  });

  test('that is looked up and not found has no sign of a create', () => {
    const text = textOf({ status: { is: 'blocked', code: 'NOT_FOUND', message: 'it was not found' } });
    expect(text).toContain('  ? toy.bear  blocked [NOT_FOUND]\n      it was not found\n');
    expect(text).not.toContain('+ toy.bear');
  });

  test('keeps escapes of files and of the cloud from the terminal', () => {
    const evil = 'a\u001b[31mb\u009b31mc\u202ed';
    const use = { on: evil, by: evil, name: evil, service: evil, preventsDeletion: false };
    const plan = planOf(
      {
        fields: [{ field: 'parameters', before: evil, after: { [evil]: evil, list: [{ [evil]: evil }] } }],
        address: evil,
        status: { is: 'blocked', code: 'UNMARKED', message: `${evil}\n${evil}` },
        remarks: [evil],
        blastRadius: [{ ...use, address: evil, deletedAt: evil }],
      },
      {
        // A plan file may have been written by anyone.
        account: evil,
        stack: evil,
        endpoints: evil,
        notes: [{ address: evil, field: evil, text: evil }],
        orphans: [{ address: evil, id: evil, name: evil, tombstone: evil }],
        impaired: [{ address: evil, why: evil }],
        posture: [{ address: evil, text: evil }],
        settling: [evil],
        finished: [{ address: evil, restorableUntil: evil, erase: evil }],
      },
    );
    const page = renderExplanation(
      {
        formatVersion: 1,
        address: 'toy.bear',
        live: {
          id: evil,
          name: evil,
          state: evil,
          marks: [],
          madeBy: evil,
          madeAt: '2026-12-01T12:00:00Z',
          history: [evil],
        },
        posture: [evil],
        fields: [{ field: evil, value: evil }],
        uses: [use],
        keys: [{ id: evil, state: evil }],
        grants: [{ id: evil, source: evil, target: evil, roles: [evil] }],
        deletion: { verb: 'delete', status: { is: 'blocked', code: 'UNMARKED', message: `${evil}\n${evil}` } },
      },
      { color: false },
    );
    for (const text of [renderPlan(plan, { color: false }), renderDrift(plan, { color: false }), page]) {
      expect(text).toContain('b\ufffd31mc\ufffdd');
      expect(text).not.toMatch(controls);
    }
    const until: readonly Condition[] = [
      { when: 'settled', id: evil },
      { when: 'settled', id: evil, address: evil },
      { when: 'done', address: evil },
      { when: 'time', from: evil },
      { when: 'approval', expires: evil },
      { when: 'unused', on: [evil], by: [evil], latest: evil },
    ];
    expect(textOf({ status: { is: 'deferred', until } })).not.toMatch(controls);
  });
});

test('drift counts in the plural and in the singular', () => {
  const gone: Change = { ...change, address: 'toy.duck', verb: 'delete', because: 'declared-absent' };
  const last = (changes: readonly Change[]) =>
    renderDrift(planOf({}, { changes }), { color: false }).trimEnd().split('\n').at(-1);
  expect(last([])).toBe('No drift.');
  expect(last([change, gone])).toBe('Drift: 1 resource differs from its manifest, 1 deletion under way.');
  expect(last([change, { ...change, address: 'toy.cat' }])).toBe('Drift: 2 resources differ from their manifests.');
});
