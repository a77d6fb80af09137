import type { Known } from '../kinds/known.ts';
import type { Change } from '../model/change.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';

interface Scene {
  readonly desired: readonly Desired[];
  readonly inventory: Inventory;
  readonly known: Known;
  readonly changes: readonly Change[];
}

/** The live objects with the relations to which this plan's updates lead; what ends is still among them. */
export function afterUpdates({ desired, inventory, known, changes }: Scene): readonly Observed[] {
  const updates = changes.filter(({ verb, status }) => verb === 'update' && status.is !== 'blocked');
  return inventory.objects.map((live) => {
    const change = updates.find(({ target }) => target?.id === live.id);
    const wanted = desired.find(({ address }) => address === change?.address);
    if (change === undefined || wanted === undefined) return live;
    return { ...live, relations: relationsAfter(wanted, live, change, known) };
  });
}

/** Only what the update changes, the rest as it is. A container that is not live yet is named by its address. */
function relationsAfter(
  { refs, relations }: Desired,
  live: Observed,
  { fields }: Change,
  known: Known,
): Observed['relations'] {
  const changed = new Set(fields.map(({ field }) => field));
  const [grant] = live.relations.grants;
  const roles = changed.has('roles') ? relations.grants[0]?.roles : undefined;
  const isMoved = fields.some(({ field }) => relations.inside.includes(refs[`/${field}`] ?? ''));
  return {
    ...live.relations,
    ...(grant !== undefined && roles !== undefined ? { grants: [{ ...grant, roles }] } : {}),
    ...(isMoved ? { inside: relations.inside.map((ref) => known.id(ref) ?? ref) } : {}),
  };
}
