import { createHash } from 'node:crypto';
import type { Change, Plan } from '../model/change.ts';
import { assertNever, isObject } from '../model/json.ts';
import { instanceOf } from '../model/uses.ts';
import { isDeletion, stepsOf } from '../model/verbs.ts';

/** Hexadecimal digits shown: 64 bits, enough to tell plans apart and short enough to be read aloud. */
const DIGITS = 16;

/**
 * What a consent is bound to: account, address, verb, and each changed field before and after; for what cannot be undone
 * also the object, its state and whom it hits; for what deletes or takes access away, whether it is ready, blocked, or waits
 * and for whom. Never dates, versions or ETags. Of anything else it does not count whether it waits, and what is blocked
 * counts only once it is not.
 */
export function fingerprintOf(account: string, changes: readonly Change[]): string {
  const facts = changes
    .filter((change) => change.status.is !== 'blocked' || endsAccess(change))
    .map((change) => {
      const { address, verb, fields } = change;
      const rows = [...fields].sort((left, right) => (left.field < right.field ? -1 : 1));
      const values = rows.map(({ field, before, after }) => [field, before ?? null, after]);
      return canonical([
        address,
        verb,
        values,
        lossOf(change) ?? [],
        ...(endsAccess(change) ? [standingOf(change)] : []),
      ]);
    })
    .sort();
  return digest(canonical([account, facts]));
}

/** Whether a change deletes, or takes away what others use. */
export function endsAccess({ verb, blastRadius }: Change): boolean {
  return stepsOf(verb).some(isDeletion) || (blastRadius !== undefined && blastRadius.length > 0);
}

/** Whether it is done, and what it waits for: kinds of conditions and whom they are about. */
function standingOf({ status }: Change): unknown {
  if (status.is !== 'deferred') return status.is;
  return status.until
    .map((condition) => {
      switch (condition.when) {
        case 'unused':
          return [condition.when, [...condition.on].sort(), [...new Set(condition.by.map(instanceOf))].sort()];
        case 'done':
          return [condition.when, condition.address];
        case 'settled':
          return [condition.when, condition.id];
        case 'time':
        case 'known':
        case 'approval':
          return [condition.when];
        default:
          return assertNever(condition);
      }
    })
    .map(canonical)
    .sort();
}

/** What is lost by a change that cannot be undone, in one comparable form. */
export function lossOf({ irreversible, target, blastRadius = [] }: Change): readonly unknown[] | undefined {
  if (!irreversible) return undefined;
  return [target?.id ?? null, target?.state ?? null, blastRadius.map(({ on, by }) => `${on} ${by}`).sort()];
}

/** Of everything that a plan holds: a file that somebody edited does not give it. The summary only counts. */
export function checksumOf(plan: Omit<Plan, 'checksum'>): string {
  const { checksum, summary, ...held }: Readonly<Record<string, unknown>> = { ...plan };
  return digest(canonical(held));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}

/** JSON whose members are sorted, so that equal data is equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
