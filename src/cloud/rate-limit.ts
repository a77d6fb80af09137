import type { Pace } from './retry.ts';

/**
 * Spreads requests over time: no more than so many a second, evenly, in the order of asking.
 *
 * @param maxRps undefined: as many as there are
 * @returns what each request waits for; it rejects when the pace's signal is aborted
 */
export function rateLimit(maxRps: number | undefined, { clock, signal }: Pace): () => Promise<void> {
  if (maxRps === undefined) return async () => {};
  let next = 0;
  return async () => {
    const now = clock.now();
    const at = Math.max(now, next);
    next = at + 1000 / maxRps;
    if (at > now) await clock.sleep(at - now, signal);
  };
}
