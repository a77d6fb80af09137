/**
 * Asks for several words at once: who asks while an answer is under way shares the next one, which begins after that. So no
 * answer is older than its question.
 *
 * @param fetch answers for all of the words; a failure is everybody's who shares it
 */
export function gathered<T>(fetch: (words: ReadonlySet<string>) => Promise<T>): (word: string) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: { readonly words: Set<string>; readonly answer: Promise<T> } | undefined;
  return (word) => {
    if (next === undefined) {
      const words = new Set<string>();
      const answer = last.then(() => {
        next = undefined;
        return fetch(words);
      });
      next = { words, answer };
      last = answer.catch(() => undefined);
    }
    next.words.add(word);
    return next.answer;
  };
}
