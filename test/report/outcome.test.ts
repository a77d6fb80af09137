import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../src/apply/step.ts';
import { reportError } from '../../src/cli/output.ts';
import { CloudUnavailable, KeysteadError } from '../../src/model/errors.ts';
import type { Failure } from '../../src/model/outcome.ts';
import { renderEnding } from '../../src/report/outcome.ts';

const ending = { outcomes: [], deferred: [], blocked: [], unreviewed: [] };

const unknown = (error: Failure): string =>
  renderEnding(
    { ...ending, outcomes: [{ address: 'toy.bear', verb: 'create', is: 'unknown', error }] },
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

test('escapes of the cloud do not reach the terminal', () => {
  const evil = 'a\u001b[31mb\u009b31mc';
  const error = { code: 'CLOUD_REFUSED', message: evil };
  const reported: string[] = [];
  reportError(new KeysteadError('X', evil, { remedy: evil }), { note: (text) => void reported.push(text) });
  reportError(new Error(evil), { note: (text) => void reported.push(text) });
  const text = renderEnding(
    {
      ...ending,
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
