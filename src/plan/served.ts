import { holdersOf } from '../model/containment.ts';
import { addTo } from '../model/group-by.ts';
import type { Ref, Use } from '../model/relation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Grants, isRead, isServed, liveGrants } from '../rules/outlive.ts';

/** Which uses the live grants serve. */
export interface Served {
  /** Whether some live grant is known to serve a use. */
  isServedNow(use: Use): boolean;
  /** Uses on an object, or on what is inside it, that no live grant is known to serve. */
  unservedOn(target: Ref): readonly Use[];
}

/** What some grants do for uses. */
export interface Judged {
  readonly grants: Grants;
  serves(use: Use): boolean;
  /** Whether they let it read its key, whatever else it needs. */
  reads(use: Use): boolean;
}

/** Each use is judged once, and none before it is asked for. */
export function judged(grants: Grants, snapshot: Snapshot): Judged {
  return {
    grants,
    serves: remembered((use) => isServed(use, grants, snapshot)),
    reads: remembered((use) => isRead(use, grants, snapshot)),
  };
}

function remembered(judge: (use: Use) => boolean): (use: Use) => boolean {
  const known = new Map<Use, boolean>();
  return (use) => {
    const is = known.get(use) ?? judge(use);
    known.set(use, is);
    return is;
  };
}

/** Each use is judged once, and none before it is asked for. */
export function servedNow(snapshot: Snapshot): Served {
  const { serves: isServedNow } = judged(liveGrants(snapshot), snapshot);
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
