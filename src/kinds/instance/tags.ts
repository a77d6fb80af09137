import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import { CloudRefused, isRefused } from '../../model/errors.ts';
import type { ActionContext } from '../action.ts';

/**
 * Tagging learns of an instance some time after it was made, and until then refuses its tags. No length is published: in the
 * issues of terraform-provider-ibm (3874, 1276) it took up to twenty seconds, so three minutes are judged.
 */
const UNKNOWN_MS = 180_000;
const FIRST_PAUSE_MS = 5_000;

/**
 * Whether a refusal of an instance's tags may only mean that tagging does not know the instance yet: 403, 404, or a failure
 * inside a 200.
 *
 * @param ageMs since the instance was made
 */
export function isUnknownYet(error: unknown, ageMs: number): error is CloudRefused {
  return (
    ageMs < UNKNOWN_MS && (isRefused(error, 403, 404) || (error instanceof CloudRefused && error.facts.status === 200))
  );
}

/**
 * Attaches tags, in lower case; of a new instance until tagging knows it. May be repeated.
 *
 * @returns as they are stored
 */
export async function attach(
  { cloud, persist, now }: ActionContext,
  { crn, created_at }: RcInstance,
  tags: readonly string[],
): Promise<readonly string[]> {
  const stored = tags.map((tag) => tag.toLowerCase());
  const madeAt = Date.parse(created_at ?? '');
  const ageMs = (): number => (Number.isNaN(madeAt) ? Number.POSITIVE_INFINITY : now().getTime() - madeAt);
  const wait = { reason: 'tagging to know the new instance', ms: UNKNOWN_MS, firstPauseMs: FIRST_PAUSE_MS };
  await persist(wait, async () => {
    try {
      await cloud.attachTags(crn, stored);
      return true;
    } catch (error) {
      if (!isUnknownYet(error, ageMs())) throw error;
      return undefined;
    }
  });
  return stored;
}
