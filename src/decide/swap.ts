import { type Mark, sameMark } from '../model/address.ts';
import { blocked, type FieldChange, READY, type Status } from '../model/change.ts';
import { formerAmong } from '../model/ownership.ts';
import type { Case } from './change.ts';
import { pinIn, pinOf } from './match.ts';

export interface Swap {
  readonly fields: readonly FieldChange[];
  readonly status: Status;
}

/**
 * What it takes that a live object bears the mark of now in the place of former ones; `undefined`: it bears none of those.
 *
 * The new mark comes first, so that a run that ends between the two leaves the object marked. Where there is no room for
 * both, the object must be one that is found without a mark, by its pin or its identity: else the next run would take it
 * for missing, and make a second one.
 */
export function swapOf({ kind, desired, live, snapshot }: Case): Swap | undefined {
  const former = formerAmong(live.marks, desired);
  if (former.length === 0) return undefined;
  const fields = [{ field: 'mark', before: inWords(former), after: inWords([desired.mark]) }];
  const isSet = live.marks.some((mark) => sameMark(mark, desired.mark));
  const isFound = pinIn(desired) !== undefined || kind.identity.of(desired, snapshot) === live.identity;
  if (isSet || isFound || !kind.ownership.isFull(live)) return { fields, status: READY };
  const remedy = `pin it with \`${pinOf(live.id)}\`, so that it is found between the two, or take one of the others away first`;
  const message = `${live.id} has no room for its new mark beside the former one; ${remedy}`;
  return { fields, status: blocked('MARK_FULL', message) };
}

function inWords(marks: readonly Mark[]): string {
  return marks.map(({ stack, name }) => `${stack}/${name}`).join(', ');
}
