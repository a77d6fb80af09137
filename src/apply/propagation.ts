import type { Need } from '../model/relation.ts';
import type { Desired } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { concerns } from '../rules/coverage.ts';
import { knownFrom } from '../rules/propagation.ts';

/**
 * Whether a live authorization about one of these needs changed so recently that services may not know it yet.
 *
 * @param now the cloud's time
 */
export function mayBePropagating(snapshot: Snapshot, desired: Desired, now: Date): boolean {
  const { live } = snapshot;
  return desired.relations.needs
    .flatMap((need) => liveNeed(need, snapshot))
    .some((need) =>
      live
        .grantsFor(need)
        .some(
          ({ grant }) => knownFrom(grant) > now.getTime() && concerns(grant, need, { ...live.layout, isOffline: true }),
        ),
    );
}

/** A declared need in live words. The needer itself is not live yet, so it is known by its service and group. */
function liveNeed(need: Need, { idOf, catalog }: Snapshot): readonly Need[] {
  const on = idOf(need.on);
  if (on === undefined) return [];
  const { service, resourceGroup } = need.by;
  return [{ ...need, on, by: { service, resourceGroup: catalog.group(resourceGroup) } }];
}
