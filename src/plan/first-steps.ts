import type { Change } from '../model/change.ts';
import { isRemoval } from '../model/verbs.ts';

/**
 * The first of two steps by which something ends is taken when the second one waits for nothing else: the deletion of
 * a key that is still used is not announced, since the announcement counts for days only.
 */
export function firstStepsInTurn(changes: readonly Change[]): readonly Change[] {
  return changes.filter((change) => {
    const end = endingOf(change, changes);
    if (change.verb !== 'update' || end === undefined) return true;
    return end.status.is === 'deferred' && end.status.until.every(({ when }) => when === 'approval');
  });
}

/** The end of the same object: of one resource, what another takes the place of may end as well. */
function endingOf({ address, target }: Change, changes: readonly Change[]): Change | undefined {
  return changes.find((other) => other.address === address && isRemoval(other.verb) && other.target?.id === target?.id);
}
