import type { Problem } from '../model/errors.ts';

/** A problem in one document, with where in it: what it makes unusable is decided by the pointer, not by the place. */
export interface Fault {
  /** JSON pointer into the document. */
  readonly pointer: string;
  readonly problem: Problem;
}

/**
 * One problem for one mistake: a mistake in an anchored map is found again through each of its aliases, and a schema may
 * refuse one value in several words. Several fields missing in one map are several mistakes at one place.
 */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, at }) => {
    const words = at === undefined || code === 'MISSING_FIELD' ? message : '';
    const key = JSON.stringify([code, at?.file, at?.line, at?.column, words]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** By file, line and column; what has no place comes first. Equal places keep their order. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((left, right) => {
    if (left.at === undefined || right.at === undefined)
      return Number(left.at !== undefined) - Number(right.at !== undefined);
    if (left.at.file !== right.at.file) return left.at.file < right.at.file ? -1 : 1;
    return left.at.line - right.at.line || left.at.column - right.at.column;
  });
}
