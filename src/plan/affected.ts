import type { Known } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import type { Affected, Change } from '../model/change.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import type { Use } from '../model/relation.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';
import { isRemoval } from '../model/verbs.ts';
import { lingerDays, registrationEnds } from '../services/window.ts';

interface Scene {
  readonly desired: readonly Desired[];
  readonly inventory: Inventory;
  readonly known: Known;
  readonly changes: readonly Change[];
}

function instanceOf(by: LiveId): LiveId {
  return isCrn(by) ? instanceCrnOf(by) : by;
}

/** Names who uses a key: from what was observed, else from what a stranger's own API said, else by its CRN. */
export function affectedBy(uses: readonly Use[], { desired, inventory, known }: Scene): readonly Affected[] {
  const seen = new Map<string, Affected>();
  for (const { on, by, preventsDeletion } of uses) {
    const instance = instanceOf(by);
    const live = inventory.objects.find(({ id }) => id === instance);
    const stranger = inventory.strangers.get(instance);
    const address = desired.find((resource) => known.id(resource.address) === instance)?.address;
    const deletedAt = live === undefined ? stranger?.deletedAt : deletionOf(live);
    seen.set(`${on} ${by}`, {
      on,
      by,
      name: live?.name ?? stranger?.name ?? by,
      service: parseCrn(by)?.service ?? stranger?.service ?? '',
      ...(address === undefined ? {} : { address }),
      ...(deletedAt === undefined ? {} : { deletedAt }),
      preventsDeletion,
    });
  }
  return [...seen.values()].sort((left, right) => (left.by + left.on < right.by + right.on ? -1 : 1));
}

function deletionOf({ life }: Observed): string | undefined {
  return life.is === 'restorable' ? life.since : undefined;
}

/** The group of a registrant's instance, where it is known. */
export function groupOf({ inventory }: Pick<Scene, 'inventory'>): (instance: LiveId) => string | undefined {
  const groups = new Map(
    inventory.objects.flatMap(({ id, relations }) => {
      const group = relations.needs.find(({ by }) => by.instance === id)?.by.resourceGroup;
      return group === undefined ? [] : [[id, group] as const];
    }),
  );
  return (instance) => groups.get(instance) ?? inventory.strangers.get(instance)?.resourceGroup;
}

/** When a use ends: a date once its user is deleted, so many days after a deletion that this plan brings, or not known. */
export function endOfUse(
  { by, service, deletedAt }: Affected,
  { changes }: Pick<Scene, 'changes'>,
): { readonly latest?: string; readonly daysAfterDeletion?: number } {
  if (deletedAt !== undefined) {
    const latest = registrationEnds(service, deletedAt);
    return latest === undefined ? {} : { latest };
  }
  const going = changes.some(({ verb, target }) => isRemoval(verb) && target?.id === instanceOf(by));
  const days = going ? lingerDays(service) : undefined;
  return days === undefined ? {} : { daysAfterDeletion: days };
}
