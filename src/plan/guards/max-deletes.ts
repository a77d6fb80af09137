import type { Change, Plan } from '../../model/change.ts';
import { deletesAllowed } from '../../model/consent.ts';
import { SafetyRefusal } from '../../model/errors.ts';
import { stacksOf } from '../../model/plan-input.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isDeletion, stepsOf } from '../../model/verbs.ts';

/** The larger of five and 30 % of what is owned (design 6). */
const LEAST = 5;
const SHARE = 0.3;

/** What a run ends, what is replaced among it. Waits that it does not see the end of, and marks that are removed, do not count. */
function deletionsIn({ changes }: Pick<Plan, 'changes'>, last: Date): readonly Change[] {
  return changes.filter(({ verb, status }) => stepsOf(verb).some(isDeletion) && isOfThisRun(status, last));
}

/** Also what this run waits for: a date that comes, or that services know what takes over, which is a matter of minutes. */
function isOfThisRun(status: Change['status'], last: Date): boolean {
  if (status.is !== 'deferred') return status.is === 'ready';
  return status.until.every(
    (condition) =>
      (condition.when === 'known' || condition.when === 'time') &&
      (condition.from === undefined || new Date(condition.from) <= last),
  );
}

/**
 * Guards on the whole set, asked before the first write.
 *
 * @param last until when the run waits
 * @throws SafetyRefusal `TOO_MANY_DELETES` naming the flag
 */
export function guardDeletions(plan: Plan, { live }: Pick<Snapshot, 'live'>, last: Date): void {
  const stacks = stacksOf(plan);
  let owned = 0;
  for (const { marks } of live.all()) if (marks.some(({ stack }) => stacks.has(stack))) owned += 1;
  const most = plan.maxDeletes ?? Math.max(LEAST, Math.floor(owned * SHARE));
  const count = deletionsIn(plan, last).length;
  if (count <= Math.max(most, deletesAllowed(plan.consents))) return;
  throw new SafetyRefusal('TOO_MANY_DELETES', `this run would delete ${count} objects, more than ${most}`, {
    remedy: `\`--allow deletes:${count}\` lifts it for this run; \`safety: { maxDeletes: ${count} }\` for good`,
  });
}
