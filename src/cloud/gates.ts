import { AttemptFailed } from './failure.ts';
import { BUDGET_MS, type Pace } from './retry.ts';

/** A host's queue: it runs a few at a time, in the order of asking. */
type Queue = <T>(work: () => Promise<T>) => Promise<T>;

export interface Gates {
  /**
   * Makes an attempt when its turn in the queue comes, and not while requests of its sort are known to be refused for their
   * rate: who waits in line is not refused, so its own time is not used up, and no slot is held by waiting.
   *
   * @param sort requests that are counted together
   */
  through<T>(sort: string, queue: Queue, attempt: () => Promise<T>): Promise<T>;
}

interface Gate {
  /** As milliseconds of the clock. */
  readonly openAt: number;
  /** Since when nothing of this sort has succeeded. */
  readonly closedSince: number;
}

/** One gate a sort: a 429 that says how long closes it, and whatever is let through opens it. */
export function createGates({ clock, signal }: Pace): Gates {
  const gates = new Map<string, Gate>();
  /** Where nothing gets through at all, each is refused for itself: nobody waits for ever. */
  const waitMs = (sort: string): number => {
    const gate = gates.get(sort);
    const now = clock.now();
    return gate === undefined || now - gate.closedSince >= BUDGET_MS ? 0 : Math.max(0, gate.openAt - now);
  };
  const close = (sort: string, ms: number): void => {
    // Nobody is to wait that long: each is refused for itself.
    if (ms > BUDGET_MS) return;
    const now = clock.now();
    const { openAt = 0, closedSince = now } = gates.get(sort) ?? {};
    gates.set(sort, { openAt: Math.max(openAt, now + ms), closedSince });
  };
  return {
    async through(sort, queue, attempt) {
      for (;;) {
        for (let ms = waitMs(sort); ms > 0; ms = waitMs(sort)) await clock.sleep(ms, signal);
        const made = await queue(async () => {
          // It closed while this one stood in the queue.
          if (waitMs(sort) > 0) return undefined;
          try {
            const answer = await attempt();
            gates.delete(sort);
            return { answer };
          } catch (error) {
            const refusal =
              error instanceof AttemptFailed && error.failure.is === 'answered' ? error.failure : undefined;
            if (refusal?.status === 429 && refusal.retryAfterMs !== undefined) close(sort, refusal.retryAfterMs);
            throw error;
          }
        });
        if (made !== undefined) return made.answer;
      }
    },
  };
}
