import type { Address } from '../model/address.ts';
import type { Change, Condition, FieldChange, Plan, Status } from '../model/change.ts';
import { isPending } from '../model/change.ts';
import { groupBy } from '../model/group-by.ts';
import { assertNever, isObject, sameJson } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { instanceOf } from '../model/uses.ts';
import { endsAccess, lossOf } from './fingerprint.ts';

/** A plan that somebody reviewed. */
export interface Review {
  /**
   * Whether a change that a later round asks for is one that was reviewed: the same verb on the same address, and no field
   * of it other than it was shown. Fewer fields are fine; what was shown as known later may be anything by now. What cannot
   * be undone hits exactly whom it was shown to hit. What was shown to wait before it deletes or takes access away is done only
   * when each condition that was shown is met.
   *
   * @param now the plan that it is in, and what that was planned upon
   */
  holds(change: Change, now: Now): boolean;
}

/** A plan as it is made now. */
export interface Now {
  readonly plan: Pick<Plan, 'changes'>;
  readonly snapshot: Pick<Snapshot, 'live' | 'uses' | 'now'>;
}

export function reviewOf({ changes }: Pick<Plan, 'changes'>): Review {
  const byAddress = groupBy(changes, ({ address }) => address);
  return {
    holds: (change, now) =>
      (byAddress.get(change.address) ?? []).some(
        (shown) =>
          shown.verb === change.verb &&
          shown.status.is !== 'blocked' &&
          sameJson(lossOf(change), lossOf(shown)) &&
          (change.status.is !== 'ready' || !endsAccess(change) || hasCome(shown.status, now)) &&
          change.fields.every((field) => shown.fields.some((other) => isShown(field, other))),
      ),
  };
}

/**
 * What a saved plan does not hold of the plan that is made now. None: what is left to do is what was reviewed, though some
 * of it may be done already, by an earlier run of the same plan.
 */
export function unreviewedIn(now: Now, reviewed: Pick<Plan, 'changes'>): readonly Change[] {
  const review = reviewOf(reviewed);
  return now.plan.changes.filter((change) => change.status.is !== 'blocked' && !review.holds(change, now));
}

/** Whether what a change was shown to wait for is there: it may be ready now for another reason, which nobody reviewed. */
function hasCome(shown: Status, now: Now): boolean {
  return shown.is !== 'deferred' || shown.until.every((condition) => isMet(condition, now));
}

function isMet(condition: Condition, { plan, snapshot: { live, uses, now } }: Now): boolean {
  switch (condition.when) {
    case 'unused': {
      const users = new Set(condition.by.map(instanceOf));
      return condition.on.every((id) => uses.on(id).every(({ by }) => !users.has(instanceOf(by))));
    }
    case 'done':
      return plan.changes.every(({ address, status }) => address !== condition.address || status.is === 'ready');
    case 'settled':
      return live.get(condition.id)?.life.is !== 'settling';
    case 'time':
      return Date.parse(condition.from) <= now.getTime();
    // Guards and the API judge these anew, and say no while they are not met.
    case 'known':
    case 'approval':
      return true;
    default:
      return assertNever(condition);
  }
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
export function holdUnreviewed(now: Now, review: Review): readonly Change[] {
  const held = new Set<Address>();
  return now.plan.changes.map((change): Change => {
    if (change.status.is !== 'ready') return change;
    if (!review.holds(change, now)) held.add(change.address);
    const until = change.after.filter((address) => held.has(address));
    if (until.length === 0) return change;
    held.add(change.address);
    return { ...change, status: { is: 'deferred', until: until.map((address) => ({ when: 'done', address })) } };
  });
}
