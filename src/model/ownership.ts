import { type Mark, sameMark } from './address.ts';
import type { Desired, Observed } from './resource.ts';

/** A resource as its marks tell it: the one of now, and those of former names. */
export type Bearer = Pick<Desired, 'mark' | 'formerMarks'>;

/** The mark of now first. */
export function marksOf({ mark, formerMarks = [] }: Bearer): readonly Mark[] {
  return [mark, ...formerMarks];
}

/** Of these marks, those that the resource bore under former names. */
export function formerAmong(marks: readonly Mark[], { formerMarks = [] }: Bearer): readonly Mark[] {
  return marks.filter((mark) => formerMarks.some((former) => sameMark(mark, former)));
}

/** Of these marks, those that are or were this resource's. */
export function ownAmong(marks: readonly Mark[], bearer: Bearer): readonly Mark[] {
  return marks.filter((mark) => marksOf(bearer).some((own) => sameMark(mark, own)));
}

/** Of these marks, those of somebody else. */
export function othersAmong(marks: readonly Mark[], bearer: Bearer): readonly Mark[] {
  return marks.filter((mark) => !marksOf(bearer).some((own) => sameMark(mark, own)));
}

/** What is to stand once the resource's mark was set: its own in the place of former ones, and everybody else's as it is. */
export function marksOnceSet(marks: readonly Mark[], bearer: Bearer): readonly Mark[] {
  const kept = marks.filter((mark) => formerAmong([mark], bearer).length === 0);
  return kept.some((mark) => sameMark(mark, bearer.mark)) ? kept : [...kept, bearer.mark];
}

/** Also by a mark of a former name. */
export function isOurs(bearer: Bearer, { marks }: Pick<Observed, 'marks'>): boolean {
  return ownAmong(marks, bearer).length > 0;
}

/** Stacks other than this one, whatever it is or was called, that own it too: nothing is taken from what they may need. Sorted. */
export function otherStacks(bearer: Bearer, { marks }: Pick<Observed, 'marks'>): readonly string[] {
  const own = marksOf(bearer).map(({ stack }) => stack);
  const stacks = othersAmong(marks, bearer).map(({ stack }) => stack);
  return [...new Set(stacks)].filter((stack) => !own.includes(stack)).sort();
}

/** Marks that go when the mark is set on what is not shared: those of former names, or, of what is taken over, its owners'. */
export function replacedBy(bearer: Bearer, live: Pick<Observed, 'marks'>): readonly Mark[] {
  if (isOurs(bearer, live)) return formerAmong(live.marks, bearer);
  return live.marks.filter(({ stack }) => stack !== bearer.mark.stack);
}
