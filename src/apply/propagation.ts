import type { Known } from '../kinds/known.ts';
import { containersAmongLive } from '../model/containment.ts';
import type { Need } from '../model/relation.ts';
import type { Desired } from '../model/resource.ts';
import { concerns } from '../rules/coverage.ts';
import { knownFrom } from '../rules/propagation.ts';
import type { World } from './world.ts';

/** Whether a live authorization about one of these needs changed so recently that services may not know it yet. */
export function mayBePropagating(world: World, desired: Desired): boolean {
  const known = world.known();
  const now = world.means.now().getTime();
  const needs = desired.relations.needs.flatMap((need) => liveNeed(need, known));
  const objects = world.objects();
  const containers = containersAmongLive(objects);
  return objects.some(({ relations }) =>
    relations.grants.some((grant) => knownFrom(grant) > now && needs.some((need) => concerns(grant, need, containers))),
  );
}

/** A declared need in live words. The needer itself is not live yet, so it is known by its service and group. */
function liveNeed(need: Need, known: Known): readonly Need[] {
  const on = known.id(need.on);
  if (on === undefined) return [];
  const { service, resourceGroup } = need.by;
  return [{ ...need, on, by: { service, resourceGroup: known.group(resourceGroup) } }];
}
