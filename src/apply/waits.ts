import type { Change, Condition } from '../model/change.ts';
import type { Tell } from '../model/event.ts';

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

function dateOf(condition: Condition): Date | undefined {
  const dated = condition.when === 'time' || condition.when === 'known' ? condition.from : undefined;
  return dated === undefined ? undefined : new Date(dated);
}

/** It waits for what this plan makes or changes, and for services to know that. */
export function isUndated({ status }: Change): boolean {
  return status.is === 'deferred' && status.until.some((one) => one.when === 'known' && one.from === undefined);
}

/** Five minutes of silence would look like a hang. */
export function tellOfPropagation(pending: readonly Change[], tell: Tell): void {
  for (const { address, verb, status } of pending) {
    if (status.is !== 'deferred' || !status.until.some(({ when }) => when === 'known')) continue;
    tell({ type: 'waiting', address, verb, reason: 'services to know the authorization that takes over' });
  }
}

/** Nothing is looked at before the first date, where dates are all that is waited for. */
export function pauseMs(pending: readonly Change[], now: Date): number {
  const until = pending.flatMap(({ status }) => (status.is === 'deferred' ? status.until : []));
  if (until.some(({ when }) => when === 'settled') || pending.some(isUndated)) return POLL_MS;
  const dates = until.flatMap((condition) => dateOf(condition) ?? []).filter((date) => date > now);
  return dates.length === 0 ? POLL_MS : Math.max(POLL_MS, Math.min(...dates.map(Number)) - now.getTime());
}
