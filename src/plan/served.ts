import { holdersOf } from '../model/containment.ts';
import { addTo } from '../model/group-by.ts';
import type { Ref, Use } from '../model/relation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isServed, liveGrants } from '../rules/outlive.ts';

/** Which uses the live grants serve. */
export interface Served {
  /** Whether some live grant is known to serve a use. */
  isServedNow(use: Use): boolean;
  /** Uses on an object, or on what is inside it, that no live grant is known to serve. */
  unservedOn(target: Ref): readonly Use[];
}

/** Each use is judged once, and none before it is asked for. */
export function servedNow(snapshot: Snapshot): Served {
  const grants = liveGrants(snapshot);
  const known = new Map<Use, boolean>();
  const isServedNow = (use: Use): boolean => {
    const is = known.get(use) ?? isServed(use, grants, snapshot);
    known.set(use, is);
    return is;
  };
  let unserved: ReadonlyMap<Ref, readonly Use[]> | undefined;
  const index = (): ReadonlyMap<Ref, readonly Use[]> => {
    const found = new Map<Ref, Use[]>();
    for (const use of snapshot.uses.all()) {
      if (isServedNow(use)) continue;
      for (const holder of holdersOf(use.on, snapshot.live.containers)) addTo(found, holder, use);
    }
    return found;
  };
  return {
    isServedNow,
    unservedOn(target) {
      unserved ??= index();
      return unserved.get(target) ?? [];
    },
  };
}
