import type { Kinds } from '../kinds/kind.ts';
import { isCrn } from '../model/crn.ts';
import { groupBy } from '../model/group-by.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Desired } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { orphansOf } from './orphans.ts';
import { nameIn, tombstoneOf } from './tombstone.ts';

/**
 * What `--prune` deletes: orphans that hold no data, as if their tombstones were declared. What they are about is named by
 * its CRN, which brings it into scope.
 */
export function prunedIn(kinds: Kinds, input: PlanInput, snapshot: Snapshot): readonly Desired[] {
  const unnamed = (): undefined => undefined;
  const pruned = orphansOf(kinds, input, snapshot, new Set()).flatMap((orphan): readonly Desired[] => {
    const live = snapshot.live.get(orphan.id);
    const { address } = orphan;
    // What bears the former stack's mark is this one's only where it is declared: that stack may still be somebody's.
    if (live === undefined || orphan.stack !== undefined || snapshot.wanted.get(address) !== undefined) return [];
    const kind = kinds.of(live);
    if (!kind.ownership.prunable) return [];
    const spec = kind.identity.normalize(tombstoneOf(kind, live, orphan, unnamed, snapshot), {});
    const words = kind.identity.references(spec).filter(({ word }) => isCrn(word));
    const refs = Object.fromEntries(words.map(({ pointer, word }) => [pointer, word]));
    const relations = kind.identity.relations(spec, refs, address);
    const mark = { stack: input.stack, name: nameIn(orphan) };
    return [{ address, kind: kind.name, mark, spec, refs, dependsOn: [], relations, pruned: true as const }];
  });
  return [...groupBy(pruned, ({ address }) => address).values()].flatMap(together);
}

/** A replace that was not finished leaves two of one mark: one tombstone ends both, and what both are about comes into scope. */
function together(same: readonly Desired[]): readonly Desired[] {
  const [first] = same;
  if (first === undefined) return [];
  return [{ ...first, relations: { ...first.relations, grants: same.flatMap(({ relations }) => relations.grants) } }];
}
