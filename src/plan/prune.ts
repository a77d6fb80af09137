import { identify } from '../decide/match.ts';
import type { Lexicon } from '../kinds/known.ts';
import { isCrn } from '../model/crn.ts';
import type { Desired } from '../model/resource.ts';
import { orphansOf, type Search } from './orphans.ts';
import { nameIn, tombstoneOf } from './tombstone.ts';

/**
 * What `--prune` ends: orphans that hold no data, as if their tombstones were declared. What they are about is named by its
 * CRN, which brings it into scope.
 */
export function prunedIn(search: Search & { readonly lexicon: Lexicon }): readonly Desired[] {
  const { kinds, stack, desired, inventory, lexicon } = search;
  const known = identify(kinds, desired, inventory.objects, lexicon);
  const declared = new Set(desired.map(({ address }) => address));
  const nobody = (): undefined => undefined;
  // What bears the former stack's mark is this one's only where it is declared: that stack may still be somebody's.
  const orphans = orphansOf(search, [], known).filter((orphan) => orphan.stack === undefined);
  const pruned = orphans.flatMap((orphan): readonly Desired[] => {
    const live = inventory.objects.find(({ id }) => id === orphan.id);
    const kind = kinds.find(({ name }) => name === live?.kind);
    const { address } = orphan;
    if (live === undefined || kind === undefined || !kind.prunable || declared.has(address)) return [];
    const spec = kind.normalize(tombstoneOf(kind, live, orphan, nobody, known), {});
    const words = kind.references(spec).filter(({ word }) => isCrn(word));
    const refs = Object.fromEntries(words.map(({ pointer, word }) => [pointer, word]));
    const relations = kind.relations(spec, refs, address);
    const mark = { stack, name: nameIn(orphan) };
    return [{ address, kind: kind.name, mark, spec, refs, dependsOn: [], relations, pruned: true as const }];
  });
  return pruned.flatMap((first, index) => {
    const isFirst = pruned.findIndex(({ address }) => address === first.address) === index;
    return isFirst ? [together(first, pruned.slice(index + 1))] : [];
  });
}

/** A replace that was not finished leaves two of one mark: one tombstone ends both, and what both are about comes into scope. */
function together(first: Desired, others: readonly Desired[]): Desired {
  const same = others.filter(({ address }) => address === first.address);
  const grants = [first, ...same].flatMap(({ relations }) => relations.grants);
  return { ...first, relations: { ...first.relations, grants } };
}
