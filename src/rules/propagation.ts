import type { Grant } from '../model/relation.ts';

/** A service may not know a policy for five minutes after its last change (design 10). */
const BUDGET_MS = 300_000;

/** From when on every service knows this grant, in milliseconds; one whose last change is not told is known. */
export function knownFrom({ changedAt }: Grant): number {
  return changedAt === undefined ? 0 : Date.parse(changedAt) + BUDGET_MS;
}
