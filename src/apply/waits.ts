import type { ApplyContext } from '../kinds/context.ts';
import type { Change, Condition, Plan } from '../model/change.ts';
import type { Tell } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';

/** Between rounds that wait for something to settle. */
const POLL_MS = 2_000;

/** Waits of hours and days are never waited for; what is settling, and the API's own seconds, are a matter of minutes. */
export function settlesSoon({ status }: Change, last: Date): boolean {
  if (status.is !== 'deferred') return false;
  return status.until.some((condition) => {
    const date = dateOf(condition);
    return condition.when === 'settled' || (date !== undefined && date <= last);
  });
}

/**
 * Waits for what a later round may do.
 *
 * @param ended what the round that is over came to; all rounds before it are in `outcomes`
 * @param deadline as milliseconds of the context's clock
 * @returns whether another round is worth it: something deferred becomes ready in time, nothing failed, nobody interrupts
 */
export async function waitForMore(
  { changes }: Pick<Plan, 'changes'>,
  { ended, outcomes, deadline }: { ended: readonly Outcome[]; outcomes: readonly Outcome[]; deadline: number },
  { clock, now, signal, tell }: ApplyContext,
): Promise<boolean> {
  const pending = changes.filter(({ status }) => status.is === 'deferred');
  const failed = outcomes.some(({ is }) => is !== 'done' && is !== 'waiting');
  if (pending.length === 0 || failed || signal.aborted || clock.now() >= deadline) return false;
  const last = new Date(now().getTime() + deadline - clock.now());
  // What was made in this round has a date in the next look.
  const isMaking = ended.some(({ is }) => is === 'done') && pending.some(isUndated);
  if (!isMaking && !pending.some((change) => settlesSoon(change, last))) return false;
  tellOfPropagation(pending, tell);
  await clock.sleep(pauseMs(pending, now()), signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return !signal.aborted;
}

function dateOf(condition: Condition): Date | undefined {
  const dated = condition.when === 'time' || condition.when === 'known' ? condition.from : undefined;
  return dated === undefined ? undefined : new Date(dated);
}

/** It waits for what this plan makes or changes, and for services to know that. */
function isUndated({ status }: Change): boolean {
  return status.is === 'deferred' && status.until.some((one) => one.when === 'known' && one.from === undefined);
}

/** Five minutes of silence would look like a hang. */
function tellOfPropagation(pending: readonly Change[], tell: Tell): void {
  for (const { address, verb, status } of pending) {
    if (status.is !== 'deferred' || !status.until.some(({ when }) => when === 'known')) continue;
    tell({ type: 'waiting', address, verb, reason: 'services to know the authorization that takes over' });
  }
}

/** Nothing is looked at before the first date, where dates are all that is waited for. */
function pauseMs(pending: readonly Change[], now: Date): number {
  const until = pending.flatMap(({ status }) => (status.is === 'deferred' ? status.until : []));
  if (until.some(({ when }) => when === 'settled') || pending.some(isUndated)) return POLL_MS;
  const dates = until.flatMap((condition) => dateOf(condition) ?? []).filter((date) => date > now);
  return dates.length === 0 ? POLL_MS : Math.max(POLL_MS, Math.min(...dates.map(Number)) - now.getTime());
}
