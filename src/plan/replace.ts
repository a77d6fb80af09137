import type { Known } from '../kinds/known.ts';
import type { Change } from '../model/change.ts';
import { isWholeService } from '../model/containment.ts';
import type { Grant } from '../model/relation.ts';
import type { Desired } from '../model/resource.ts';

/**
 * What grants the object that takes the place of this one will give, in live ids; it is there before this one goes. Nothing
 * while it names something that is not live.
 */
export function heirsOf(
  { address, verb }: Change,
  { desired, known }: { readonly desired: readonly Desired[]; readonly known: Known },
): readonly Grant[] {
  const own = desired.find((resource) => resource.address === address);
  const stays = own?.spec.state === undefined || own.spec.state === 'present';
  if (own === undefined || verb !== 'delete' || !stays) return [];
  return own.relations.grants.flatMap((grant): readonly Grant[] => {
    const { resourceGroup, instance, ...who } = grant.source;
    const target = isWholeService(grant.target) ? grant.target : known.id(grant.target);
    const source = instance === undefined ? undefined : known.id(instance);
    if (target === undefined || (instance !== undefined && source === undefined)) return [];
    const narrower = {
      ...(source === undefined ? {} : { instance: source }),
      ...(resourceGroup === undefined ? {} : { resourceGroup: known.group(resourceGroup) }),
    };
    return [{ source: { ...who, ...narrower }, target, roles: grant.roles }];
  });
}

/**
 * The two halves of a replace are one change when the second one may follow the first at once. Otherwise they stay two: the
 * new one is made, and the old one goes when nobody needs it any more.
 */
export function joinHalves(changes: readonly Change[]): readonly Change[] {
  return changes.flatMap((change): readonly Change[] => {
    const own = changes.filter(({ address }) => address === change.address);
    const made = own.find(({ verb }) => verb === 'create');
    const [old, ...more] = own.filter(({ verb }) => verb === 'delete');
    if (made === undefined || old === undefined || more.length > 0 || old.status.is !== 'ready') return [change];
    if (change === old) return [];
    if (change !== made) return [change];
    const { target, blastRadius } = old;
    return [{ ...made, verb: 'replace', ...(target ? { target } : {}), ...(blastRadius ? { blastRadius } : {}) }];
  });
}
