import type { Reader } from '../cloud/reader.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import { CloudRefused } from '../model/errors.ts';
import type { Use } from '../model/relation.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';

/**
 * Lists what is live, kind by kind, containers first, so that what is inside them can be asked for.
 *
 * A kind whose list is refused is noted as unreadable and the rest goes on: its resources will be blocked, not created.
 */
export async function discover(
  kinds: readonly Kind[],
  desired: readonly Desired[],
  lexicon: Lexicon,
  read: Reader,
): Promise<Inventory> {
  const objects: Observed[] = [];
  const uses: Use[] = [];
  const unreadable: { kind: string; message: string }[] = [];
  for (const kind of kinds) {
    const asked = desired.filter((resource) => resource.kind === kind.name);
    try {
      const found = await kind.observe(read, asked, identify(kinds, desired, objects, lexicon));
      objects.push(...found.objects);
      uses.push(...found.uses);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push({ kind: kind.name, message: error.message });
    }
  }
  return { objects, uses, strangers: new Map(), unreadable };
}

function isUnreadable(error: unknown): error is CloudRefused {
  return error instanceof CloudRefused && (error.facts.status === 401 || error.facts.status === 403);
}
