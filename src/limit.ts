/** Runs work, at most so much of it at a time, in order of arrival. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimit(most: number): Limit {
  const waiting: (() => void)[] = [];
  let first = 0;
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      // The place is handed on to the next in line, or given back. Taking from the front of a long list would move the rest.
      const next = waiting[first];
      if (next === undefined) free += 1;
      else {
        first += 1;
        next();
      }
      if (first === waiting.length) first = waiting.length = 0;
    }
  };
}
