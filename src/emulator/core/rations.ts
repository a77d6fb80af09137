/** How often somebody may do something in a minute. */
export interface Rations {
  /**
   * Counts a call. A minute starts with the first call after the one before has ended.
   * @param what whose calls of what: each is counted by itself
   * @param perMinute 0: as many as wanted, and none is counted
   * @returns when the minute ends, where this call is one too many
   */
  spend(what: string, perMinute: number, at: Date): Date | undefined;
  clear(): void;
}

const minuteMs = 60_000;

/** Makes counters; they are in memory alone, and count what is refused as well. */
export function makeRations(): Rations {
  const counters = new Map<string, { readonly endsAt: number; count: number }>();
  return {
    spend(what, perMinute, at) {
      if (perMinute === 0) return undefined;
      const now = at.getTime();
      const running = counters.get(what);
      const isOver = running === undefined || now >= running.endsAt || now < running.endsAt - minuteMs;
      const counter = isOver ? { endsAt: now + minuteMs, count: 0 } : running;
      counters.set(what, counter);
      counter.count += 1;
      return counter.count > perMinute ? new Date(counter.endsAt) : undefined;
    },
    clear: () => counters.clear(),
  };
}
