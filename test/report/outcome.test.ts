import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../src/apply/step.ts';
import { reportError } from '../../src/cli/output.ts';
import type { Change } from '../../src/model/change.ts';
import { CloudUnavailable, KeysteadError } from '../../src/model/errors.ts';
import type { Failure } from '../../src/model/outcome.ts';
import { renderResult, resultAsJson } from '../../src/report/outcome.ts';

const nothing = { outcomes: [], deferred: [], blocked: [], unreviewed: [], outside: [] };

const unknown = (error: Failure): string =>
  renderResult(
    { ...nothing, outcomes: [{ address: 'toy.bear', verb: 'create', is: 'unknown', error }] },
    { color: false },
  );

describe('sentences end once', () => {
  const facts = { api: 'Toys', operation: 'create toy' };

  test.each([
    [new CloudUnavailable(facts, 'It failed.', { remedy: 'Run it again later.' }), 'It failed. Run it again later.'],
    [new KeysteadError('TWIN', 'there are two', { remedy: 'delete one' }), 'there are two; delete one'],
    [new KeysteadError('TWIN', 'there are two'), 'there are two'],
  ])('before what to do (%#)', (error, expected) => {
    expect(failureOf(error).message).toBe(expected);
  });

  test.each(['no answer came.', 'no answer came'])('after what is unknown: %s', (message) => {
    expect(unknown({ code: 'LOST_ANSWER', message })).toMatch(/no answer came\. It may or may not have happened/);
  });
});

describe('what is blocked', () => {
  const change = (address: string, message: string): Change => ({
    address,
    verb: 'create',
    because: 'missing',
    fields: [],
    after: [],
    status: { is: 'blocked', code: 'UNMARKED', message },
  });
  const blocked = [change('toy.bear', 'bears bite'), change('toy.duck', 'ducks now bite')];

  test('is told once: where the plan above has told it, its code and its address are enough', () => {
    const shown = [change('toy.bear', 'bears bite'), change('toy.duck', 'ducks bite')];
    expect(renderResult({ ...nothing, blocked }, { color: false, shown })).toBe(
      [
        '  toy.duck: blocked [UNMARKED]',
        '      ducks now bite',
        '  toy.bear: blocked [UNMARKED]',
        '      the plan above says why, and what to do',
        'Apply incomplete: 0 created, 0 changed, 0 deleted, 2 blocked.',
        '',
      ].join('\n'),
    );
  });

  test('is told whole where no plan was shown, and in JSON', () => {
    for (const told of [
      renderResult({ ...nothing, blocked }, { color: false }),
      resultAsJson({ ...nothing, blocked }),
    ]) {
      expect(told).toContain('bears bite');
      expect(told).toContain('ducks now bite');
    }
  });
});

test('escapes of the cloud do not reach the terminal', () => {
  const evil = 'a\u001b[31mb\u009b31mc';
  const error = { code: 'CLOUD_REFUSED', message: evil };
  const reported: string[] = [];
  reportError(new KeysteadError('X', evil, { remedy: evil }), { note: (text) => void reported.push(text) });
  reportError(new Error(evil), { note: (text) => void reported.push(text) });
  const text = renderResult(
    {
      ...nothing,
      outcomes: [
        { address: 'toy.a', verb: 'create', is: 'failed', error },
        { address: 'toy.b', verb: 'create', is: 'stale', reason: evil },
        { address: 'toy.c', verb: 'create', is: 'waiting', until: [{ when: 'settled', id: evil }] },
      ],
    },
    { color: false },
  );
  for (const shown of [unknown(error), text, ...reported]) {
    expect(shown).toContain('b\ufffd31mc');
    expect(shown).not.toContain('\u001b');
  }
});
