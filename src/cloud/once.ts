/**
 * Asks once for each set of arguments: concurrent and later callers share the answer. A failure is not kept.
 */
export function once<Args extends readonly string[], T>(
  fetch: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const held = answers.get(key);
    if (held !== undefined) return held;
    const asked = fetch(...args);
    answers.set(key, asked);
    asked.catch(() => answers.delete(key));
    return asked;
  };
}
