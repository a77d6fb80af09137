import type { Clock } from '../cloud/clock.ts';

/** Polls and symptom retries start at half a second and grow by half to ten seconds (design 10). */
const FIRST_MS = 500;
const GROWTH = 1.5;
const LONGEST_MS = 10_000;

/** Waits that grow; one for each thing that is waited for. */
export function createPace(clock: Clock, signal: AbortSignal): { wait(): Promise<void>; restart(): void } {
  let next = FIRST_MS;
  return {
    async wait() {
      const ms = next;
      next = Math.min(next * GROWTH, LONGEST_MS);
      await clock.sleep(ms, signal);
    },
    restart() {
      next = FIRST_MS;
    },
  };
}
