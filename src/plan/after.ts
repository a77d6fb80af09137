import type { LiveId } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { type Containers, holdersOf, isWholeService, type Layout } from '../model/containment.ts';
import { addTo } from '../model/group-by.ts';
import { given } from '../model/json.ts';
import type { Grant, Ref, Relations, Use } from '../model/relation.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isDeletion } from '../model/verbs.ts';
import { isPresent } from '../model/wanted.ts';
import type { Grants } from '../rules/outlive.ts';

/** What the live objects will hold and grant once a plan is done. Built once a plan; nothing is copied. */
export interface After {
  readonly layout: Layout;
  /** The relations to which this plan's update leads; the live ones where it changes none. */
  relations(live: Observed): Relations;
  /**
   * What will be granted, seen with the layout of now or of then.
   *
   * @param deletions `kept`: as if nothing were deleted, since nobody can say which comes first
   */
  grants(layout: Layout, deletions: 'kept' | 'done'): Grants;
  /** Uses of what this plan moves to where this target holds it. */
  usesMovedTo(target: Ref): readonly Use[];
  /** Whether a grant is live as it is, and not what an update makes of it. */
  isLive(grant: Grant): boolean;
}

export function afterPlan(changes: readonly Change[], snapshot: Snapshot): After {
  const { live, wanted } = snapshot;
  const changed = new Map<LiveId, Relations>();
  const deleted = new Set<LiveId>();
  const fresh = new Set<Grant>();
  for (const change of changes) {
    const { verb, target, address, status } = change;
    const object = target && live.get(target.id);
    if (object === undefined) continue;
    if (isDeletion(verb)) deleted.add(object.id);
    const resource = wanted.get(address);
    if (verb !== 'update' || status.is === 'blocked' || resource === undefined || changed.has(object.id)) continue;
    const relations = relationsAfter(resource, object, change, snapshot);
    changed.set(object.id, relations);
    if (relations.grants !== object.relations.grants) for (const grant of relations.grants) fresh.add(grant);
  }
  const moved = new Map<Ref, Use[]>();
  const containers: Containers = (ref) => changed.get(ref)?.inside ?? live.containers(ref);
  for (const [id, { inside }] of changed) {
    if (inside === live.get(id)?.relations.inside) continue;
    for (const use of snapshot.uses.on(id)) for (const holder of holdersOf(id, containers)) addTo(moved, holder, use);
  }
  return {
    usesMovedTo: (target) => moved.get(target) ?? [],
    layout: { ...live.layout, containers },
    relations: ({ id, relations }) => changed.get(id) ?? relations,
    grants: (layout, deletions) => ({
      layout,
      grantsFor: (need) =>
        live.grantsFor(need, layout.containers).flatMap(({ grant, owner: { id } }): readonly Grant[] => {
          if (deletions === 'done' && deleted.has(id)) return [];
          return changed.get(id)?.grants ?? [grant];
        }),
    }),
    isLive: (grant) => !fresh.has(grant),
  };
}

/** Only what the update changes, the rest as it is. A container that is not live yet is named by its address. */
function relationsAfter(
  { refs, relations }: Desired,
  live: Observed,
  { fields }: Change,
  { idOf }: Snapshot,
): Relations {
  const afterwards = new Map(fields.map(({ field, after }) => [field, after]));
  const [grant] = live.relations.grants;
  // Not as declared: while others share it, what is there stays.
  const roles = textsIn(afterwards.get('roles'));
  const isMoved = fields.some(({ field }) => relations.inside.includes(refs[`/${field}`] ?? ''));
  return {
    ...live.relations,
    ...(grant !== undefined && roles !== undefined ? { grants: [{ ...grant, roles }] } : {}),
    ...(isMoved ? { inside: relations.inside.map((ref) => idOf(ref) ?? ref) } : {}),
  };
}

function textsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/**
 * What the object that takes the place of this one will grant, in live ids; it is there before this one goes. Nothing while
 * it names something that is not live.
 */
export function replacementGrants({ verb }: Change, desired: Desired, { idOf, catalog }: Snapshot): readonly Grant[] {
  if (verb !== 'delete' || !isPresent(desired)) return [];
  return desired.relations.grants.flatMap((grant): readonly Grant[] => {
    const { resourceGroup, instance, ...who } = grant.source;
    const target = isWholeService(grant.target) ? grant.target : idOf(grant.target);
    const source = instance === undefined ? undefined : idOf(instance);
    if (target === undefined || (instance !== undefined && source === undefined)) return [];
    const narrower = given({ instance: source, resourceGroup: resourceGroup && catalog.group(resourceGroup) });
    return [{ source: { ...who, ...narrower }, target, roles: grant.roles }];
  });
}
