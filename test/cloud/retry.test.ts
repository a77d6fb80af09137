import { describe, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import type { AddressedCall } from '../../src/cloud/api.ts';
import { AttemptFailed, type Failure } from '../../src/cloud/failure.ts';
import { createGates } from '../../src/cloud/gates.ts';
import { rateLimit } from '../../src/cloud/rate-limit.ts';
import { classify, waitMsAfter, withRetries } from '../../src/cloud/retry.ts';
import { retryAfterMs } from '../../src/cloud/retry-after.ts';
import { CloudRefused, CloudUnavailable, LostAnswer } from '../../src/model/errors.ts';
import { INSTANCE, keys, withServer } from './scripted.ts';

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
    expect(waitMsAfter(answered(429, 1), 3, 1)).toBe(2000);
  });

  test.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:10 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 10_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:10 GMT' }, 12_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:10 GMT', date: 'Wed, 21 Oct 2026 07:30:00 GMT' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
    // Resource Controller says when its timer expires, in seconds since the epoch: IBM's API reference, "Rate limiting".
    [{ 'x-ratelimit-reset': '1792567690', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 10_000],
    [{ 'x-ratelimit-reset': '1792567690' }, 12_000],
    [{ 'x-ratelimit-reset': '1792567690', 'retry-after': '3' }, 3000],
    [{ 'x-ratelimit-reset': '1792567600', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 0],
    // In answers that were recorded it is what is left of the time: test/witness.
    [{ 'x-ratelimit-reset': '41.25', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 41_250],
    [{ 'x-ratelimit-reset': 'later' }, undefined],
  ])('%j asks for %s ms', (headers, ms) => {
    expect(retryAfterMs(headers, Date.parse('2026-10-21T07:27:58Z'))).toBe(ms);
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

  test('tries a 429 for two minutes, however often', async () => {
    const { done, tries } = run(create, Array(15).fill(answered(429)));
    await expect(done).resolves.toBe('answer');
    expect(tries()).toBe(16);
    const { done: never, waits } = run(create, Array(99).fill(answered(429)));
    await expect(never).rejects.toThrow(CloudUnavailable);
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(110_000);
    expect(waited).toBeLessThanOrEqual(120_000);
  });

  test('counts no 429 among the six tries of what is out of order', async () => {
    const busy = Array(4).fill(answered(429, 1000));
    const { done, tries } = run(read, [...busy, ...Array(5).fill(answered(503))]);
    await expect(done).resolves.toBe('answer');
    expect(tries()).toBe(10);
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
    await expect(run(remove, Array(99).fill(answered(429))).done).rejects.toThrow(CloudUnavailable);
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

describe('a limit of requests a second', () => {
  /** Asks for so many turns at once; a wait moves the clock for all. */
  async function turns(count: number, maxRps: number | undefined): Promise<readonly number[]> {
    let now = 0;
    const sleepers: { readonly until: number; wake(): void }[] = [];
    const sleep = (ms: number) => new Promise<void>((wake) => void sleepers.push({ until: now + ms, wake }));
    const turn = rateLimit(maxRps, { clock: { now: () => now, sleep }, random: () => 0 });
    const at: number[] = [];
    const asked = Array.from({ length: count }, async () => {
      await turn();
      at.push(now);
    });
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = sleepers.sort((left, right) => left.until - right.until).shift();
      if (next === undefined) break;
      now = next.until;
      next.wake();
    }
    await Promise.all(asked);
    return at;
  }

  test('spreads them evenly, in the order of asking', async () => {
    expect(await turns(5, 4)).toEqual([0, 250, 500, 750, 1000]);
  });

  test('is none where none is set', async () => {
    expect(await turns(5, undefined)).toEqual([0, 0, 0, 0, 0]);
  });

  test('holds for all hosts together, the login too', async () => {
    await withServer(
      () => keys,
      async ({ connection, waits }) => {
        const reader = connection.reader();
        await Promise.all([
          reader.keys(INSTANCE),
          reader.instance('x').catch(() => undefined),
          reader.keyRings(INSTANCE),
        ]);
        expect(waits).toHaveLength(3);
        for (const ms of waits) expect(ms).toBeGreaterThan(0);
      },
      undefined,
      { maxRps: 2 },
    );
  });
});

describe('what a host refuses for its rate', () => {
  const endpoint = { url: 'http://cloud.test', variable: 'IBMCLOUD_KP_API_ENDPOINT', isOverride: true };
  const host = { variable: endpoint.variable, public: '{region}.kms', private: 'private.{region}.kms' };
  const api = { name: 'Key Protect', host, idHeader: 'Correlation-Id' } as const;
  const call: AddressedCall = { api, endpoint, operation: 'list keys', path: '/keys' };

  /** So many requests at once, of which a host takes `perMinute`; time passes when nobody has anything else to do. */
  async function storm(count: number, perMinute: number) {
    let now = 0;
    const sleepers: { readonly until: number; wake(): void }[] = [];
    const sleep = (ms: number) => new Promise<void>((wake) => void sleepers.push({ until: now + ms, wake }));
    const pace = { clock: { now: () => now, sleep }, random: () => 0 };
    const [gates, queue] = [createGates(pace), pLimit(4)];
    const taken = new Map<number, number>();
    let refused = 0;
    const attempt = async (): Promise<string> => {
      await new Promise((resolve) => setImmediate(resolve));
      const minute = Math.floor(now / 60_000);
      const before = taken.get(minute) ?? 0;
      if (before < perMinute) {
        taken.set(minute, before + 1);
        return 'answer';
      }
      refused += 1;
      throw new AttemptFailed(answered(429, (minute + 1) * 60_000 - now), { api: api.name, operation: 'list keys' });
    };
    const asked = Array.from({ length: count }, () =>
      withRetries(call, () => gates.through('GET', queue, attempt), pace).catch((error: Error) => error.name),
    );
    let open = true;
    const all = Promise.all(asked).finally(() => {
      open = false;
    });
    while (open) {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (queue.activeCount > 0 || queue.pendingCount > 0) continue;
      const next = sleepers.sort((left, right) => left.until - right.until).shift();
      if (next === undefined) continue;
      now = next.until;
      next.wake();
    }
    return { answers: await all, refused, minutes: now / 60_000 };
  }

  test('waits in line: it is not sent meanwhile, and gets through however long the line is', async () => {
    const { answers, refused, minutes } = await storm(95, 10);
    expect(answers.filter((one) => one !== 'answer')).toEqual([]);
    expect(minutes).toBe(9);
    // A few that were under way in each window, and no more.
    expect(refused).toBeLessThanOrEqual(9 * 4);
  });

  test('is given up where nothing gets through at all', async () => {
    const { answers, minutes } = await storm(12, 0);
    expect(answers).toEqual(Array(12).fill('CloudUnavailable'));
    expect(minutes).toBeLessThanOrEqual(6);
  });

  test.each([
    { 'retry-after': '86400' },
    { 'x-ratelimit-reset': '99999999999' },
    { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' },
  ])('for longer than there is time for is given up by each at once, whoever asks next: %j', async (headers) => {
    await withServer(
      () => ({ status: 429, headers }),
      async ({ connection, waits }) => {
        for (const _ of [1, 2]) await expect(connection.reader().keys(INSTANCE)).rejects.toThrow(CloudUnavailable);
        expect(waits).toEqual([]);
      },
    );
  });
});
