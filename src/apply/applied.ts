import type { Change, Plan } from '../model/change.ts';
import type { Applied, Outcome } from '../model/outcome.ts';

/**
 * @param last the plan of the last look
 * @param isReviewed whether the review holds a change
 */
export function appliedOf(last: Plan, outcomes: readonly Outcome[], isReviewed: (change: Change) => boolean): Applied {
  const ended = new Set(outcomes.map(({ address, verb }) => `${verb} ${address}`));
  return {
    outcomes,
    deferred: last.changes.filter(
      ({ status, verb, address }) => status.is === 'deferred' && !ended.has(`${verb} ${address}`),
    ),
    // Of one resource some fields may have been updated and others refused.
    blocked: last.changes.filter(({ status }) => status.is === 'blocked'),
    // Also where the same verb was done before: these are other fields.
    unreviewed: last.changes.filter((change) => change.status.is === 'ready' && !isReviewed(change)),
    outside: last.outside,
  };
}
