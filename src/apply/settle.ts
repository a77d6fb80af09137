import type { Kind } from '../kinds/kind.ts';
import type { Observed } from '../model/resource.ts';
import { createPace, isInterrupt } from './pace.ts';
import type { Run } from './run.ts';

export type Settled = { readonly is: 'settled'; readonly live: Observed } | { readonly is: 'gone' | 'late' };

/** Awaits objects whose life is `settling`. */
export interface Settler {
  wait(kind: Kind, live: Observed): Promise<Settled>;
}

interface Waiter {
  readonly kind: Kind;
  readonly live: Observed;
  resolve(settled: Settled): void;
  reject(error: unknown): void;
}

/** One loop asks for all that wait, so that waiting holds no slot of the executor. */
export function createSettler({ context, cloud, snapshot, deadline }: Run): Settler {
  const waiting = new Set<Waiter>();
  const { clock, signal } = context;
  const pace = createPace(clock, signal);
  let running = false;

  const poll = async (waiter: Waiter): Promise<void> => {
    const now = await waiter.kind.observe.reread(cloud, waiter.live, snapshot);
    if (now !== undefined) snapshot.put(now);
    else snapshot.drop(waiter.live.id);
    const settled: Settled | undefined =
      now === undefined
        ? { is: 'gone' }
        : now.life.is !== 'settling'
          ? { is: 'settled', live: now }
          : clock.now() >= deadline
            ? { is: 'late' }
            : undefined;
    if (settled === undefined) return;
    waiting.delete(waiter);
    waiter.resolve(settled);
  };

  const run = async (): Promise<void> => {
    running = true;
    try {
      while (waiting.size > 0) {
        await pace.wait();
        await Promise.all([...waiting].map(poll));
      }
    } catch (error) {
      // What an interrupt leaves behind still settles: it is late, not lost.
      for (const waiter of waiting) {
        if (isInterrupt(error, signal)) waiter.resolve({ is: 'late' });
        else waiter.reject(error);
      }
      waiting.clear();
    } finally {
      running = false;
    }
  };

  return {
    wait: (kind, live) =>
      new Promise((resolve, reject) => {
        waiting.add({ kind, live, resolve, reject });
        pace.restart();
        if (!running) void run();
      }),
  };
}
