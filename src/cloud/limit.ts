/** Runs work, at most `most` at a time for each key, in order of arrival. */
export type Limit = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** An agent's `maxSockets` would do it too, but got counts the wait for a socket as part of the request's time. */
export function createLimit(most: number): Limit {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  return async (key, work) => {
    const now = running.get(key) ?? 0;
    if (now < most) running.set(key, now + 1);
    else await new Promise<void>((go) => waiting.set(key, [...(waiting.get(key) ?? []), go]));
    try {
      return await work();
    } finally {
      // The place is handed on to the next in line, or given back.
      const next = waiting.get(key)?.shift();
      if (next === undefined) running.set(key, (running.get(key) ?? 1) - 1);
      else next();
    }
  };
}
