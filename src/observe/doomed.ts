import { decide, type Grounds } from '../decide/decide.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import type { Desired, Inventory } from '../model/resource.ts';
import { isRemoval } from '../model/verbs.ts';
import { allUses } from '../rules/outlive.ts';

/**
 * What would end although it is declared otherwise: the live object whose place another takes, and what its grants are
 * about. Who uses that has to be asked as of what is declared absent.
 */
export function doomedBy(
  kinds: readonly Kind[],
  desired: readonly Desired[],
  inventory: Inventory,
  lexicon: Lexicon,
  { now, consents }: Pick<Grounds, 'now' | 'consents'>,
): readonly LiveId[] {
  const { objects } = inventory;
  const known = identify(kinds, desired, objects, lexicon);
  const grounds = { objects, uses: allUses(inventory), known, now, consents };
  const ends = kinds.flatMap((kind) =>
    desired
      .filter((resource) => resource.kind === kind.name)
      .flatMap((resource) => decide(kind, resource, grounds).changes)
      .flatMap(({ verb, target }) => (isRemoval(verb) && target ? [target.id] : [])),
  );
  return objects
    .filter(({ id }) => ends.includes(id))
    .flatMap(({ id, relations }) => [id, ...relations.grants.map(({ target }) => target)]);
}
