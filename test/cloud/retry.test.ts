import { describe, expect, test } from '@jest/globals';
import type { AddressedCall } from '../../src/cloud/api.ts';
import { AttemptFailed, type Failure } from '../../src/cloud/failure.ts';
import { classify, waitMsAfter, withRetries } from '../../src/cloud/retry.ts';
import { retryAfterMs } from '../../src/cloud/retry-after.ts';
import { CloudRefused, CloudUnavailable, LostAnswer } from '../../src/model/errors.ts';

const answered = (status: number, retryAfterMs?: number): Failure =>
  retryAfterMs === undefined ? { is: 'answered', status } : { is: 'answered', status, retryAfterMs };
const unreached = (code: string): Failure => ({ is: 'unreached', code });
const unanswered = (code: string): Failure => ({ is: 'unanswered', code });

describe('classify', () => {
  test.each([
    // failure, for a read, for a write, for a write that may be repeated
    [answered(400), 'give-up', 'give-up', 'give-up'],
    [answered(401), 'give-up', 'give-up', 'give-up'],
    [answered(403), 'give-up', 'give-up', 'give-up'],
    [answered(404), 'give-up', 'give-up', 'give-up'],
    [answered(409), 'give-up', 'give-up', 'give-up'],
    [answered(410), 'give-up', 'give-up', 'give-up'],
    [answered(412), 'give-up', 'give-up', 'give-up'],
    [answered(422), 'give-up', 'give-up', 'give-up'],
    [answered(302), 'give-up', 'give-up', 'give-up'],
    [answered(408), 'retry', 'lost-answer', 'retry'],
    [answered(429), 'retry', 'retry', 'retry'],
    [answered(500), 'retry', 'lost-answer', 'retry'],
    [answered(501), 'give-up', 'give-up', 'give-up'],
    [answered(502), 'retry', 'lost-answer', 'retry'],
    [answered(503), 'retry', 'lost-answer', 'retry'],
    [answered(504), 'retry', 'lost-answer', 'retry'],
    [unanswered('ETIMEDOUT'), 'retry', 'lost-answer', 'retry'],
    [unanswered('ECONNRESET'), 'retry', 'lost-answer', 'retry'],
    [unanswered('EPIPE'), 'retry', 'lost-answer', 'retry'],
    [unanswered('NOT_JSON'), 'retry', 'lost-answer', 'retry'],
    [unreached('ECONNREFUSED'), 'retry', 'retry', 'retry'],
    [unreached('ENOTFOUND'), 'retry', 'retry', 'retry'],
    [unreached('ETIMEDOUT'), 'retry', 'retry', 'retry'],
    [unreached('CERT_HAS_EXPIRED'), 'give-up', 'give-up', 'give-up'],
    [unreached('DEPTH_ZERO_SELF_SIGNED_CERT'), 'give-up', 'give-up', 'give-up'],
  ] as const)('%j: a read %s, a write %s, a write that may be repeated %s', (failure, read, write, repeatable) => {
    expect(classify(failure, { method: 'GET' })).toBe(read);
    expect(classify(failure, { method: 'HEAD' })).toBe(read);
    expect(classify(failure, { method: 'POST', idempotent: true })).toBe(read);
    expect(classify(failure, { method: 'POST' })).toBe(write);
    expect(classify(failure, { method: 'PATCH' })).toBe(write);
    expect(classify(failure, { method: 'PUT' })).toBe(write);
    expect(classify(failure, { method: 'DELETE', idempotent: true })).toBe(repeatable);
  });
});

describe('waits', () => {
  test('double from half a second to ten, spread over their upper half', () => {
    const waits = (random: number) => [1, 2, 3, 4, 5, 6].map((tries) => waitMsAfter(answered(503), tries, random));
    expect(waits(1)).toEqual([500, 1000, 2000, 4000, 8000, 10_000]);
    expect(waits(0)).toEqual([250, 500, 1000, 2000, 4000, 5000]);
  });

  test('are what the API asked for, when it did', () => {
    expect(waitMsAfter(answered(429, 7000), 1, 0)).toBe(7000);
    expect(waitMsAfter(answered(429, 0), 1, 1)).toBe(500);
  });

  test.each([
    ['3', undefined, 3000],
    [' 0 ', undefined, 0],
    ['Wed, 21 Oct 2026 07:28:10 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT', 10_000],
    ['Wed, 21 Oct 2026 07:28:10 GMT', undefined, 12_000],
    ['Wed, 21 Oct 2026 07:28:10 GMT', 'Wed, 21 Oct 2026 07:30:00 GMT', 0],
    ['soon', undefined, undefined],
    [undefined, undefined, undefined],
  ])('Retry-After %j with Date %j is %s ms', (header, date, ms) => {
    expect(retryAfterMs(header, date, Date.parse('2026-10-21T07:27:58Z'))).toBe(ms);
  });
});

describe('retries', () => {
  const endpoint = { url: 'http://cloud.test', variable: 'IBMCLOUD_KP_API_ENDPOINT', isOverride: true };
  const host = { variable: endpoint.variable, public: '{region}.kms', private: 'private.{region}.kms' };
  const api = { name: 'Key Protect', host, idHeader: 'Correlation-Id' } as const;
  const read: AddressedCall = { api, endpoint, operation: 'list keys', method: 'GET', path: '/keys' };
  const create: AddressedCall = { api, endpoint, operation: 'create key', method: 'POST', path: '/keys' };
  const remove: AddressedCall = {
    api,
    endpoint,
    operation: 'remove alias',
    method: 'DELETE',
    path: '/keys/a',
    idempotent: true,
  };

  /** Fails in the given way, one a try, then answers; waits move an imagined clock. */
  function run(call: AddressedCall, failures: readonly Failure[], signal?: AbortSignal) {
    const waits: number[] = [];
    let now = 0;
    const sleep = async (ms: number, stop?: AbortSignal) => {
      stop?.throwIfAborted();
      waits.push(ms);
      now += ms;
    };
    let tries = 0;
    const done = withRetries(
      call,
      async (count) => {
        tries += 1;
        expect(count).toBe(tries);
        const failure = failures[tries - 1];
        if (failure === undefined) return 'answer';
        throw new AttemptFailed(failure, { api: api.name, operation: call.operation, correlationId: 'c-1' });
      },
      { clock: { now: () => now, sleep }, random: () => 1, ...(signal === undefined ? {} : { signal }) },
    );
    return { done, waits, tries: () => tries };
  }

  test('tries a read until it is answered', async () => {
    const { done, waits } = run(read, [answered(503), unanswered('ECONNRESET'), answered(429, 4000)]);
    await expect(done).resolves.toBe('answer');
    expect(waits).toEqual([500, 1000, 4000]);
  });

  test('gives a read up after six tries, as unavailable', async () => {
    const { done, tries } = run(read, Array(9).fill(answered(503)));
    await expect(done).rejects.toThrow(CloudUnavailable);
    await expect(done).rejects.toThrow('Key Protect, list keys: HTTP 503 (correlation id c-1), after 6 tries');
    expect(tries()).toBe(6);
  });

  test('does not wait longer than two minutes for anything', async () => {
    const { done, waits } = run(create, [answered(429, 90_000), answered(429, 31_000)]);
    await expect(done).rejects.toThrow(CloudUnavailable);
    expect(waits).toEqual([90_000]);
    const asked = run(create, [answered(429, 3_600_000)]);
    await expect(asked.done).rejects.toMatchObject({ remedy: expect.stringContaining('--parallelism') });
    expect(asked.waits).toEqual([]);
  });

  test('never sends a create again once its answer was lost', async () => {
    const { done, tries } = run(create, [unanswered('ETIMEDOUT')]);
    await expect(done).rejects.toThrow(LostAnswer);
    await expect(done).rejects.toThrow(
      'Key Protect, create key: no usable answer came from http://cloud.test (ETIMEDOUT) (correlation id c-1); it may have happened all the same',
    );
    expect(tries()).toBe(1);
  });

  test('sends a create again when the host was never reached, and gives up as unavailable', async () => {
    const reached = run(create, [unreached('ECONNREFUSED'), unreached('ECONNREFUSED')]);
    await expect(reached.done).resolves.toBe('answer');
    const down = run(create, Array(9).fill(unreached('ECONNREFUSED')));
    await expect(down.done).rejects.toThrow(CloudUnavailable);
    await expect(down.done).rejects.toMatchObject({ remedy: expect.stringContaining('IBMCLOUD_KP_API_ENDPOINT') });
    expect(down.tries()).toBe(4);
  });

  test('repeats a removal after a lost answer, and says that it may have happened when none ever comes', async () => {
    await expect(run(remove, [unanswered('ECONNRESET')]).done).resolves.toBe('answer');
    await expect(run(remove, Array(9).fill(answered(502))).done).rejects.toThrow(LostAnswer);
    await expect(run(remove, Array(9).fill(answered(429))).done).rejects.toThrow(CloudUnavailable);
  });

  test('ends at once on a refusal, with the words of the API', async () => {
    const { done, tries } = run(create, [answered(409)]);
    await expect(done).rejects.toThrow(CloudRefused);
    expect(tries()).toBe(1);
  });

  test('does not wait after an interruption', async () => {
    const stop = new AbortController();
    stop.abort();
    const { done, waits, tries } = run(read, Array(9).fill(answered(503)), stop.signal);
    await expect(done).rejects.toThrow(CloudUnavailable);
    expect(waits).toEqual([]);
    expect(tries()).toBe(1);
  });

  test('lets every other error through as it is', async () => {
    const bug = new RangeError('bug');
    await expect(
      withRetries(read, async () => Promise.reject(bug), {
        clock: { now: () => 0, sleep: async () => {} },
        random: () => 0,
      }),
    ).rejects.toBe(bug);
  });
});
