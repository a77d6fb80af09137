import type { Comparison } from '../kinds/fields.ts';
import { blocked, type Change } from '../model/change.ts';
import { othersAmong } from '../model/ownership.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { type Case, change } from './change.ts';
import { pinIn } from './match.ts';
import { releasing } from './ownership.ts';

/**
 * What makes up the object was changed, so another one takes its place: a create, and then the end of what stands. What
 * differs in writing alone is no difference.
 *
 * @returns the changes, or the comparison that is left when nothing is to be replaced
 */
export function replacing(
  one: Case,
  comparison: Comparison,
): { readonly changes: readonly Change[] } | { readonly rest: Comparison } {
  const { kind, desired, live, snapshot } = one;
  const moved = comparison.differences.filter(({ leads }) => leads === 'replace');
  if (moved.length === 0) return { rest: comparison };
  if (kind.identity.of(desired, snapshot) === live.identity) {
    return { rest: { ...comparison, differences: comparison.differences.filter((rest) => !moved.includes(rest)) } };
  }
  // What other stacks keep on the old one is nothing to the new one.
  const alone = kind.compare(desired, { ...live, marks: [desired.mark] }, snapshot);
  const fields = alone.differences.map((difference) => difference.change);
  if (pinIn(desired) !== undefined) {
    const names = moved.map((difference) => `\`${difference.change.field}\``).join(' and ');
    const message = `${desired.address} is pinned to ${live.id}, whose ${names} cannot change; remove the pin, and another takes its place`;
    return { changes: [change(one, 'update', 'differs', { fields, status: blocked('CANNOT_CHANGE', message) })] };
  }
  return { changes: [change({ desired }, 'create', 'identity-changed', { fields }), leaving(desired, live)] };
}

/** The end of what was replaced; where others own it too, only our mark goes. */
export function leaving(desired: Desired, live: Observed): Change {
  if (othersAmong(live.marks, desired).length > 0) return releasing(desired, live);
  const remarks = [`what goes is ${live.id}, whose place another takes`];
  return change({ desired, live }, 'delete', 'identity-changed', { remarks });
}
