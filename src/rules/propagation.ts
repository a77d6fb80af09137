import type { Grant } from '../model/relation.ts';

/** A service may not know a policy for five minutes after its last change, in milliseconds. Source: design 10. */
export const PROPAGATION_MS = 300_000;

/** From when on every service knows this grant, in milliseconds; one whose last change is not told is known. */
export function knownFrom({ changedAt }: Grant): number {
  return changedAt === undefined ? 0 : Date.parse(changedAt) + PROPAGATION_MS;
}
