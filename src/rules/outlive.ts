import { type Containers, isWithin } from '../model/containment.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import type { Grant, Need, Party, Use } from '../model/relation.ts';
import type { Inventory, Observed } from '../model/resource.ts';
import { covers } from './coverage.ts';

/** Reading a key is what every use needs of its authorization. */
const USE_ROLES = ['Reader'];

/**
 * Every use that is known: registrations, and live or reclaiming objects that carry a key's CRN. Without the second half a
 * key could be deleted in the minute before its service registers.
 */
export function allUses({ objects, uses }: Pick<Inventory, 'objects' | 'uses'>): readonly Use[] {
  const known = new Set(uses.map(({ on, by }) => `${on} ${by}`));
  const carried = objects
    .filter(({ life }) => life.is === 'active' || life.is === 'settling' || life.is === 'restorable')
    .flatMap((object) =>
      object.relations.needs.map((need) => ({ on: need.on, by: object.id, preventsDeletion: false })),
    )
    .filter(({ on, by }) => !known.has(`${on} ${by}`));
  return [...uses, ...carried];
}

/** Uses on an object, or on what is inside it. */
export function usesWithin(id: string, uses: readonly Use[], containers: Containers): readonly Use[] {
  return uses.filter(({ on }) => isWithin(id, on, containers));
}

/** A use as a need: its service, its instance, and its group where that is known. */
export function needOf({ on, by }: Use, groupOf: (instance: string) => string | undefined): Need {
  const instance = isCrn(by) ? instanceCrnOf(by) : by;
  const resourceGroup = groupOf(instance);
  const party: Party = {
    service: parseCrn(by)?.service ?? '',
    instance,
    ...(resourceGroup === undefined ? {} : { resourceGroup }),
  };
  return { by: party, on, roles: USE_ROLES, pointer: '' };
}

/** What would serve uses before a change, and after it. */
export interface Shift {
  readonly before: { readonly grants: readonly Grant[]; readonly containers: Containers };
  readonly after: { readonly grants: readonly Grant[]; readonly containers: Containers };
}

/**
 * Uses that are served now and would not be afterwards. Uses of a destroyed key count: its service needs the
 * authorization to unregister, or to recover after a restore.
 */
export function stranded(
  uses: readonly Use[],
  { before, after }: Shift,
  groupOf: (instance: string) => string | undefined,
): readonly Use[] {
  const served = (need: Need, side: Shift['before']) =>
    side.grants.some((grant) => covers(grant, need, side.containers));
  return uses.filter((use) => {
    const need = needOf(use, groupOf);
    return served(need, before) && !served(need, after);
  });
}

/** Live grants of all objects but these. */
export function grantsWithout(objects: readonly Observed[], ids: ReadonlySet<string>): readonly Grant[] {
  return objects.filter(({ id }) => !ids.has(id)).flatMap(({ relations }) => relations.grants);
}
