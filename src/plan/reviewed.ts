import type { Address } from '../model/address.ts';
import type { Change, FieldChange, Plan } from '../model/change.ts';
import { isPending } from '../model/change.ts';
import { groupBy } from '../model/group-by.ts';
import { isObject, sameJson } from '../model/json.ts';
import { lossOf } from './fingerprint.ts';

/** A plan that somebody reviewed. */
export interface Review {
  /**
   * Whether a change that a later round asks for is one that was reviewed: the same verb on the same address, and no field
   * of it other than it was shown. Fewer fields are fine; what was shown as known later may be anything by now. What cannot
   * be undone hits exactly whom it was shown to hit.
   */
  holds(change: Change): boolean;
}

export function reviewOf({ changes }: Pick<Plan, 'changes'>): Review {
  const byAddress = groupBy(changes, ({ address }) => address);
  return {
    holds: (change) =>
      (byAddress.get(change.address) ?? []).some(
        (shown) =>
          shown.verb === change.verb &&
          shown.status.is !== 'blocked' &&
          sameJson(lossOf(change), lossOf(shown)) &&
          change.fields.every((field) => shown.fields.some((other) => isShown(field, other))),
      ),
  };
}

/**
 * What a saved plan does not hold of the plan that is made now. None: what is left to do is what was reviewed, though some
 * of it may be done already, by an earlier run of the same plan.
 */
export function unreviewedIn({ changes }: Pick<Plan, 'changes'>, reviewed: Pick<Plan, 'changes'>): readonly Change[] {
  const review = reviewOf(reviewed);
  return changes.filter((change) => change.status.is !== 'blocked' && !review.holds(change));
}

function isShown(field: FieldChange, shown: FieldChange): boolean {
  return (
    field.field === shown.field &&
    sameJson(field.before ?? null, shown.before ?? null) &&
    isFilled(shown.after, field.after)
  );
}

/** The same value, but for what is filled in where it was pending. */
function isFilled(shown: unknown, now: unknown): boolean {
  if (isPending(shown)) return true;
  if (Array.isArray(shown) && Array.isArray(now)) {
    return shown.length === now.length && shown.every((item, index) => isFilled(item, now[index]));
  }
  if (isObject(shown) && isObject(now)) {
    const names = [...new Set([...Object.keys(shown), ...Object.keys(now)])];
    return names.every((name) => isFilled(shown[name], now[name]));
  }
  return sameJson(shown, now);
}

/** What comes after a change that nobody reviewed waits for it; the rest is as it was. Dependencies stand first. */
export function holdUnreviewed(changes: readonly Change[], review: Review): readonly Change[] {
  const held = new Set<Address>();
  return changes.map((change): Change => {
    if (change.status.is !== 'ready') return change;
    if (!review.holds(change)) held.add(change.address);
    const until = change.after.filter((address) => held.has(address));
    if (until.length === 0) return change;
    held.add(change.address);
    return { ...change, status: { is: 'deferred', until: until.map((address) => ({ when: 'done', address })) } };
  });
}
