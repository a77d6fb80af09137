import type { Kind } from '../kinds/kind.ts';
import { groupBy } from '../model/group-by.ts';
import type { Observed } from '../model/resource.ts';
import { FIRST_PAUSE_MS, isInterrupt, longer, pause } from './pace.ts';
import type { Run } from './run.ts';

export type Settled = { readonly is: 'settled'; readonly live: Observed } | { readonly is: 'gone' | 'late' };

/** Awaits objects whose life is `settling`. */
export interface Settler {
  wait(kind: Kind, live: Observed): Promise<Settled>;
}

interface Waiter {
  readonly kind: Kind;
  readonly live: Observed;
  /** How long it is left alone before it is asked for again, and until when. */
  pauseMs: number;
  due: number;
  resolve(settled: Settled): void;
  reject(error: unknown): void;
}

/** One loop asks for all that wait, each at a pace of its own, so that waiting holds no slot of the executor. */
export function createSettler({ context, cloud, snapshot, deadline }: Run): Settler {
  const waiting = new Set<Waiter>();
  const { clock, signal } = context;
  let running = false;

  const settledBy = (waiter: Waiter, now: Observed | undefined): Settled | undefined => {
    if (now === undefined) {
      snapshot.drop(waiter.live.id);
      return { is: 'gone' };
    }
    snapshot.put(now);
    if (now.life.is !== 'settling') return { is: 'settled', live: now };
    if (clock.now() >= deadline) return { is: 'late' };
    waiter.pauseMs = longer(waiter.pauseMs);
    waiter.due = clock.now() + waiter.pauseMs;
    return undefined;
  };

  /** What goes wrong with one is that one's own. What an interrupt leaves behind still settles: it is late, not lost. */
  const fail = (waiter: Waiter, error: unknown): void => {
    waiting.delete(waiter);
    if (isInterrupt(error, signal)) waiter.resolve({ is: 'late' });
    else waiter.reject(error);
  };

  /** An answer each. A look that fails as a whole is made again for each of them, so that whoever spoils it fails alone. */
  const look = (kind: Kind, waiters: readonly Waiter[]): readonly Promise<Observed | undefined>[] => {
    try {
      return kind.observe.follow(
        cloud,
        waiters.map(({ live }) => live),
        snapshot,
      );
    } catch (error) {
      return waiters.length > 1 ? waiters.flatMap((one) => look(kind, [one])) : [Promise.reject(error)];
    }
  };

  const ask = async (kind: Kind, waiters: readonly Waiter[]): Promise<void> => {
    const answers = look(kind, waiters);
    const asked = waiters.map(async (waiter, index) => {
      try {
        const settled = settledBy(waiter, await answers[index]);
        if (settled === undefined) return;
        waiting.delete(waiter);
        waiter.resolve(settled);
      } catch (error) {
        fail(waiter, error);
      }
    });
    await Promise.all(asked);
  };

  const run = async (): Promise<void> => {
    running = true;
    try {
      while (waiting.size > 0) {
        await pause(FIRST_PAUSE_MS, clock, signal);
        const now = clock.now();
        const all = [...waiting];
        if (!all.some(({ due }) => due <= now)) continue;
        // Whoever has waited for half its pause is asked for along with whoever is due: one list tells of all.
        const due = all.filter((waiter) => waiter.due - waiter.pauseMs / 2 <= now);
        await Promise.all([...groupBy(due, ({ kind }) => kind)].map(([kind, own]) => ask(kind, own)));
      }
    } catch (error) {
      for (const waiter of waiting) fail(waiter, error);
    } finally {
      running = false;
    }
  };

  return {
    wait: (kind, live) =>
      new Promise((resolve, reject) => {
        const pauseMs = FIRST_PAUSE_MS;
        waiting.add({ kind, live, pauseMs, due: clock.now() + pauseMs, resolve, reject });
        if (!running) void run();
      }),
  };
}
