import type { Kind } from '../kinds/kind.ts';
import type { Observed } from '../model/resource.ts';
import { createPace, isInterrupt } from './pace.ts';
import type { World } from './world.ts';

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
export function createSettler(world: World): Settler {
  const waiting = new Set<Waiter>();
  const { clock, signal, deadline } = world.means;
  const pace = createPace(clock, signal);
  let running = false;

  const poll = async (waiter: Waiter): Promise<void> => {
    const now = await waiter.kind.reread(world.means.cloud, waiter.live, world.known());
    if (now !== undefined) world.saw(now);
    else world.lost(waiter.live.id);
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
