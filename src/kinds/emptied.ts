import type { LiveId } from '../model/address.ts';
import type { ActionContext } from './action.ts';

/**
 * How long what left a ring or an instance may still be counted as in it. Key Protect docs, "Grouping keys together using
 * key rings": a move takes up to ten minutes. A deleted key was still counted after 55 s (terraform-provider-ibm issue 4837).
 */
const SPREAD_MS = 600_000;

/**
 * Removes what must be empty. Where something was taken out of it a moment ago, a refusal may be about just that, and is
 * tried again.
 *
 * @param isNotEmpty whether a refusal says that something is still in it
 */
export async function removeEmptied(
  context: ActionContext,
  id: LiveId,
  remove: () => Promise<void>,
  isNotEmpty: (error: unknown) => boolean,
): Promise<void> {
  const { persist, now } = context;
  if (!isJustEmptied(context, id)) return await remove();
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

/** By this run, or by one before it: what was destroyed in it says since when. */
function isJustEmptied({ hasLost, snapshot, now }: ActionContext, id: LiveId): boolean {
  const since = now().getTime() - SPREAD_MS;
  for (const { life } of snapshot.live.inside(id)) {
    if (life.is === 'restorable' && Date.parse(life.since ?? '') > since) return true;
  }
  return hasLost(id);
}
