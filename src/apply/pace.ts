import type { Clock } from '../cloud/clock.ts';
import { CloudUnavailable, Interrupted } from '../model/errors.ts';

/** Polls and symptom retries start at half a second and grow by half to ten seconds (design 10). */
export const FIRST_PAUSE_MS = 500;
const GROWTH = 1.5;
const LONGEST_MS = 10_000;

/** The pause after one of `ms`. */
export function longer(ms: number): number {
  return Math.min(ms * GROWTH, LONGEST_MS);
}

/** Waits that grow; one for each thing that is waited for. The wait throws Interrupted when the signal is aborted. */
export function createPace(clock: Clock, signal: AbortSignal, first = FIRST_PAUSE_MS): { wait(): Promise<void> } {
  let next = first;
  return {
    async wait() {
      const ms = next;
      next = longer(ms);
      await pause(ms, clock, signal);
    },
  };
}

/** @throws Interrupted when the signal is aborted */
export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch((cause: unknown) => {
    throw signal.aborted ? new Interrupted({ cause }) : cause;
  });
}

/** Whether an error is an interrupt's doing: a wait that it cut short, here or between the tries of a request. */
export function isInterrupt(error: unknown, { aborted }: AbortSignal): boolean {
  return error instanceof Interrupted || (aborted && error instanceof CloudUnavailable);
}
