import leven from 'leven';

/**
 * The candidate that a mistyped word most likely means: the smallest edit distance, at most 2 or a third of the word's
 * length, whichever is more. Ties go to the first candidate; case does not count as a difference.
 *
 * @returns undefined when nothing is near, which also covers the word itself being a candidate
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === word) return undefined;
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = leven(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least && distance < candidate.length) [best, least] = [candidate, distance];
  }
  return best;
}
