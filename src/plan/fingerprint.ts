import { createHash } from 'node:crypto';
import type { Change } from '../model/change.ts';

/** Hexadecimal digits shown: 64 bits, enough to tell plans apart and short enough to be read aloud. */
const DIGITS = 16;

/**
 * What a consent is bound to: account, address, verb, and each changed field before and after; for what cannot be undone
 * also whom it hits. Never dates, versions, ETags or status, so that waiting does not change it.
 */
export function fingerprintOf(account: string, changes: readonly Change[]): string {
  const facts = changes
    .map(({ address, verb, fields, target, irreversible, blastRadius = [] }) => [
      address,
      verb,
      [...fields]
        .sort((left, right) => (left.field < right.field ? -1 : 1))
        .map(({ field, before, after }) => [field, before ?? null, after]),
      irreversible ? [target?.id ?? null, blastRadius.map(({ on, by }) => [on, by])] : [],
    ])
    .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([account, facts]))
    .digest('hex')
    .slice(0, DIGITS);
}
