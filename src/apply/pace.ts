import type { Clock } from '../cloud/clock.ts';
import { CloudUnavailable, Interrupted } from '../model/errors.ts';

/** Polls and symptom retries start at half a second and grow by half to ten seconds (design 10). */
const FIRST_MS = 500;
const GROWTH = 1.5;
const LONGEST_MS = 10_000;

/**
 * Waits that grow; one for each thing that is waited for.
 *
 * `wait` throws Interrupted when the signal is aborted.
 */
export function createPace(clock: Clock, signal: AbortSignal): { wait(): Promise<void>; restart(): void } {
  let next = FIRST_MS;
  return {
    async wait() {
      const ms = next;
      next = Math.min(next * GROWTH, LONGEST_MS);
      await clock.sleep(ms, signal).catch((cause: unknown) => {
        throw signal.aborted ? new Interrupted({ cause }) : cause;
      });
    },
    restart() {
      next = FIRST_MS;
    },
  };
}

/** Whether an error is an interrupt's doing: a wait that it cut short, here or between the tries of a request. */
export function isInterrupt(error: unknown, { aborted }: AbortSignal): boolean {
  return error instanceof Interrupted || (aborted && error instanceof CloudUnavailable);
}
