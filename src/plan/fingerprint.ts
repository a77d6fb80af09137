import { createHash } from 'node:crypto';
import type { Change, Plan } from '../model/change.ts';
import { isObject } from '../model/json.ts';

/** Hexadecimal digits shown: 64 bits, enough to tell plans apart and short enough to be read aloud. */
const DIGITS = 16;

/**
 * What a consent is bound to: account, address, verb, and each changed field before and after; for what cannot be undone
 * also the object, its state and whom it hits. Never dates, versions or ETags, nor whether it is ready or waits, so that
 * waiting does not change it. What is blocked is not done, so it counts only once it is not.
 */
export function fingerprintOf(account: string, changes: readonly Change[]): string {
  const facts = changes
    .filter(({ status }) => status.is !== 'blocked')
    .map((change) => {
      const { address, verb, fields } = change;
      const rows = [...fields].sort((left, right) => (left.field < right.field ? -1 : 1));
      const values = rows.map(({ field, before, after }) => [field, before ?? null, after]);
      return canonical([address, verb, values, lossOf(change) ?? []]);
    })
    .sort();
  return digest(canonical([account, facts]));
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
