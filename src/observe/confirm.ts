import type { Reader } from '../cloud/reader.ts';
import { decide, type Grounds } from '../decide/decide.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import type { Desired, Inventory } from '../model/resource.ts';
import { allUses } from '../rules/outlive.ts';

/**
 * Asks each object itself before a list's word is taken for it: one read for each difference, and a search by mark or
 * name for whatever would be created because it is missing (design 2.9). Kinds are gone through containers first,
 * since what is confirmed of a container decides what can be asked about its contents.
 *
 * @returns the inventory with those objects read anew, found or dropped
 */
export async function confirm(
  kinds: readonly Kind[],
  desired: readonly Desired[],
  inventory: Inventory,
  lexicon: Lexicon,
  read: Reader,
  { now, consents }: Pick<Grounds, 'now' | 'consents'>,
): Promise<Inventory> {
  const objects = new Map(inventory.objects.map((object) => [object.id, object]));
  for (const kind of kinds) {
    if (inventory.unreadable.some((scope) => scope.kind === kind.name)) continue;
    const asked = desired.filter((resource) => resource.kind === kind.name);
    const all = [...objects.values()];
    const known = identify(kinds, desired, all, lexicon);
    const grounds = { objects: all, uses: allUses({ ...inventory, objects: all }), known, now, consents };
    const results = await Promise.all(
      asked.map(async (resource) => {
        const { match, changes } = decide(kind, resource, grounds);
        const isPinUnseen = match.is === 'blocked' && match.code === 'NOT_FOUND';
        if (match.is === 'none' || isPinUnseen) return { found: await kind.lookFor(read, resource, known) };
        if (match.is !== 'one' || changes.length === 0) return {};
        const stale = [match.live, ...(match.leftovers ?? [])];
        const found = await Promise.all(stale.map((live) => kind.reread(read, live, known)));
        return { stale, found: found.flatMap((live) => live ?? []) };
      }),
    );
    for (const { stale, found } of results) {
      for (const { id } of stale ?? []) objects.delete(id);
      for (const object of found ?? []) objects.set(object.id, object);
    }
  }
  return { ...inventory, objects: [...objects.values()] };
}
