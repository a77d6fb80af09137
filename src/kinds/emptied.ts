import type { LiveId } from '../model/address.ts';
import type { ActionContext } from './action.ts';

/**
 * How long what left a ring or an instance may still be counted as in it. Key Protect docs, "Grouping keys together using
 * key rings": a move takes up to ten minutes. A deleted key was still counted after 55 s (terraform-provider-ibm issue 4837).
 */
const SPREAD_MS = 600_000;

/**
 * Removes what must be empty. Where this run took something out of it, a refusal may be about just that, and is tried again.
 *
 * @param isNotEmpty whether a refusal says that something is still in it
 */
export async function removeEmptied(
  { hasLost, persist, now }: ActionContext,
  id: LiveId,
  remove: () => Promise<void>,
  isNotEmpty: (error: unknown) => boolean,
): Promise<void> {
  if (!hasLost(id)) return await remove();
  const until = now().getTime() + SPREAD_MS;
  await persist({ reason: 'what left it to be no longer counted', ms: SPREAD_MS }, async () => {
    try {
      await remove();
      return true;
    } catch (error) {
      if (!isNotEmpty(error) || now().getTime() >= until) throw error;
      return undefined;
    }
  });
}
