import type { Condition } from '../model/change.ts';
import type { Grant, Use } from '../model/relation.ts';
import type { Inventory } from '../model/resource.ts';
import { covers } from '../rules/coverage.ts';
import { needOf, type Shift, stranded } from '../rules/outlive.ts';
import { knownFrom } from '../rules/propagation.ts';
import { groupOf } from './affected.ts';

/** Uses that lean on what services may not know yet. */
export interface Leaning {
  readonly uses: readonly Use[];
  readonly until: Condition;
}

/**
 * Uses that are served now, and afterwards only by grants that services may not know yet: what this plan makes or changes, and
 * what was made or changed a moment ago. Without a wait their service would be refused its key for that moment.
 *
 * @param shift serves each of them in the end
 */
export function leaningOn(
  uses: readonly Use[],
  { before, after }: Shift,
  { inventory, now }: { readonly inventory: Inventory; readonly now: Date },
): Leaning | undefined {
  const live = new Set(inventory.objects.flatMap(({ relations }) => relations.grants));
  const isKnown = (grant: Grant): boolean => live.has(grant) && knownFrom(grant) <= now.getTime();
  const groups = groupOf({ inventory });
  const settled = { before, after: { ...after, grants: after.grants.filter(isKnown) } };
  const leaning = stranded(uses, settled, groups);
  if (leaning.length === 0) return undefined;
  const young = after.grants.filter((grant) => live.has(grant) && !isKnown(grant));
  const dates = leaning.map((use) => {
    const heirs = young.filter((grant) => covers(grant, needOf(use, groups), after.containers));
    return heirs.length === 0 ? undefined : Math.min(...heirs.map(knownFrom));
  });
  const known = dates.filter((date) => date !== undefined);
  const until: Condition =
    known.length === dates.length
      ? { when: 'known', from: new Date(Math.max(...known)).toISOString() }
      : { when: 'known' };
  return { uses: leaning, until };
}
