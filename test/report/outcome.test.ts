import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../src/apply/step.ts';
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
