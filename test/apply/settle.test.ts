import { describe, expect, test } from '@jest/globals';
import { createRun } from '../../src/apply/run.ts';
import { createSettler, type Settled } from '../../src/apply/settle.ts';
import type { Cloud } from '../../src/cloud/reader.ts';
import { CloudUnavailable } from '../../src/model/errors.ts';
import type { Observed } from '../../src/model/resource.ts';
import { NOW, snapshotOf } from '../helpers/snapshot.ts';
import { type Facts, live, lockKinds } from '../helpers/toy-locks.ts';

/** How one of them is at some second, as the cloud says. */
type Is = (second: number) => 'settling' | 'active' | 'gone' | Error;

interface Given {
  /** Name → how it is. */
  readonly doors: Readonly<Record<string, Is>>;
  /** When each is begun to be waited for, in seconds; default 0. */
  readonly from?: Readonly<Record<string, number>>;
  readonly deadline?: number;
  readonly interruptAt?: number;
  /** The kind's look throws as a whole, instead of an answer a door, while this door is asked for along with others. */
  readonly spoils?: string;
}

/** Waits for doors in a cloud of literals, on a clock that only waits move. */
async function settle({ doors, from = {}, deadline = 3600, interruptAt = Number.POSITIVE_INFINITY, spoils }: Given) {
  let second = 0;
  const asked: { readonly second: number; readonly names: readonly string[] }[] = [];
  const controller = new AbortController();
  const kinds = lockKinds(() => ({
    observe: {
      follow(_read, settling) {
        asked.push({ second, names: settling.map(({ name }) => name) });
        if (settling.some(({ name }) => name === spoils)) throw new RangeError(`${spoils} cannot be looked at`);
        return settling.map(async (door) => {
          const is = doors[door.name]?.(second);
          if (is instanceof Error) throw is;
          return is === 'gone' ? undefined : ({ ...door, life: { is } } as Observed<Facts>);
        });
      },
    },
  }));
  const ends: Record<string, Settled['is'] | string> = {};
  const waits: Promise<unknown>[] = [];
  const begin = (name: string): void => {
    const door = live.door(name, '', { life: { is: 'settling' } });
    const end = settler.wait(kinds.of(door), door).then(
      ({ is }) => is,
      (error: Error) => error.message,
    );
    waits.push(
      end.then((is) => {
        ends[name] = `${is} at ${second}`;
      }),
    );
  };
  const clock = {
    now: () => second * 1000,
    async sleep(ms: number) {
      // All that begin at one time do so before it moves on.
      await undefined;
      const before = second;
      second += ms / 1000;
      if (second >= interruptAt) controller.abort();
      controller.signal.throwIfAborted();
      for (const name of Object.keys(doors)) {
        const at = from[name] ?? 0;
        if (at > before && at <= second) begin(name);
      }
    },
  };
  const run = createRun(
    {
      kinds,
      clock,
      endpoints: 'public',
      now: () => NOW,
      consents: [],
      cloud: () => ({}) as Cloud,
      tell: () => undefined,
      parallelism: 10,
      waitMs: deadline * 1000,
      signal: controller.signal,
      secret: async () => new Uint8Array(),
    },
    snapshotOf(kinds, {}),
    deadline * 1000,
  );
  const settler = createSettler(run);
  for (const name of Object.keys(doors)) if ((from[name] ?? 0) === 0) begin(name);
  for (let count = 0; count < waits.length; count += 1) await waits[count];
  return { ends, asked };
}

const until =
  (second: number): Is =>
  (now) =>
    now < second ? 'settling' : 'active';

describe('what settles', () => {
  test('is asked for together, at a pace that grows to ten seconds', async () => {
    const { ends, asked } = await settle({ doors: { a: until(60), b: until(60), c: until(1) } });
    expect(asked.map(({ second, names }) => `${second} ${names.join('')}`)).toEqual([
      '0.5 abc',
      '1.5 abc',
      '3 ab',
      '5 ab',
      '8 ab',
      '12 ab',
      '18 ab',
      '27 ab',
      '37 ab',
      '47 ab',
      '57 ab',
      '67 ab',
    ]);
    expect(ends).toEqual({ a: 'settled at 67', b: 'settled at 67', c: 'settled at 1.5' });
  });

  test('is not asked for more often because others come', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const from = Object.fromEntries(names.map((name, index) => [name, 60 + index]));
    const doors = { old: until(120), ...Object.fromEntries(names.map((name) => [name, until(120)])) };
    const { asked } = await settle({ doors, from });
    const seconds = asked.filter((one) => one.names.includes('old')).map(({ second }) => second);
    const late = seconds.filter((second) => second > 60);
    const pauses = late.slice(1).map((second, index) => second - (late[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5);
    // Whoever waits long is asked for along with whoever is due.
    expect(asked.length).toBeLessThan(130);
  });

  test('and cannot be read is that one alone', async () => {
    const { ends } = await settle({
      doors: { a: until(4), b: () => new CloudUnavailable({ api: 'toys', operation: 'read' }, 'nobody answers') },
    });
    expect(ends).toEqual({ a: 'settled at 5', b: 'nobody answers at 0.5' });
  });

  test('and spoils a look at all of them fails alone: the others are asked for without it', async () => {
    const { ends } = await settle({ doors: { a: until(4), b: until(4), c: until(30) }, spoils: 'b' });
    expect(ends).toEqual({
      a: expect.stringMatching(/^settled at /),
      b: expect.stringMatching(/^b cannot be looked at at /),
      c: expect.stringMatching(/^settled at /),
    });
  });

  test('and went away is gone; past the deadline it is late', async () => {
    const { ends } = await settle({
      doors: { a: (now) => (now < 3 ? 'settling' : 'gone'), b: until(99) },
      deadline: 20,
    });
    expect(ends).toEqual({ a: 'gone at 3', b: 'late at 27' });
  });

  test('is left behind by an interrupt: late, not lost', async () => {
    const { ends } = await settle({ doors: { a: until(30), b: until(60) }, interruptAt: 40 });
    expect(ends).toEqual({ a: 'settled at 37', b: 'late at 40' });
  });
});
