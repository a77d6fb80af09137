import type { Kinds } from '../kinds/kind.ts';
import { addressOf, type LiveId, type Mark } from '../model/address.ts';
import type { Orphan } from '../model/change.ts';
import { type PlanInput, stacksOf } from '../model/plan-input.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isStanding } from '../model/state.ts';

/**
 * Live objects with this stack's mark that no resource is. They are shown and left alone.
 *
 * One that bears a declared resource's mark is shown as well when the resource is another object by its pin; while it is
 * not settled which object a resource is, its own block tells.
 *
 * @param claimed objects that a change is about
 */
export function orphansOf(
  kinds: Kinds,
  input: Pick<PlanInput, 'stack' | 'formerStack'>,
  snapshot: Snapshot,
  claimed: ReadonlySet<LiveId>,
): readonly Orphan[] {
  const { wanted, live } = snapshot;
  const stacks = stacksOf(input);
  const isUndecided = (kind: string, mark: Mark): boolean => {
    const [claimant] = wanted.withMark(kind, mark);
    return claimant !== undefined && snapshot.idOf(claimant.address) === undefined;
  };
  const orphans: Orphan[] = [];
  for (const object of live.all()) {
    const { id, kind, name, marks } = object;
    if (!isStanding(object)) continue;
    const isClaimed = claimed.has(id) || snapshot.declaredAs(id) !== undefined;
    for (const mark of marks) {
      if (!stacks.has(mark.stack) || isUndecided(kind, mark)) continue;
      // What several blocks may be carries the mark of each: one that nothing declares stays on it.
      const isLeftOn = kinds.of(object).ownership.marks === 'shared' && wanted.withMark(kind, mark).length === 0;
      if (isClaimed && !isLeftOn) continue;
      const former = mark.stack === input.stack ? {} : { stack: mark.stack };
      orphans.push({ address: addressOf(kind, mark.name), id, name, ...former });
    }
  }
  return orphans.sort((left, right) => (left.address < right.address ? -1 : 1));
}
