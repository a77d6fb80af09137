import { type Mark, sameMark } from './address.ts';
import type { Desired } from './resource.ts';

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
