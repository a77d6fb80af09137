import type { Kinds, Quota } from '../kinds/kind.ts';
import type { Address } from '../model/address.ts';
import type { Problem } from '../model/errors.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';
import { at, type Places } from './places.ts';

interface Count {
  readonly quota: Quota;
  readonly taken: number;
  /** The first of those that are too many, in the order of addresses. */
  readonly over: Address | undefined;
}

/** Where more is declared than IBM Cloud holds; told once, beside one that is too many. */
export function checkQuotas(kinds: Kinds, wanted: Wanted, places: Places): readonly Problem[] {
  const counts = new Map<string, Count>();
  for (const resource of wanted.all()) {
    if (!isPresent(resource)) continue;
    for (const quota of kinds.of(resource).identity.quotas(resource)) {
      const before = counts.get(quota.what);
      const taken = (before?.taken ?? 0) + quota.takes;
      const over = before?.over ?? (taken > quota.most ? resource.address : undefined);
      counts.set(quota.what, { quota, taken, over });
    }
  }
  return [...counts.values()].flatMap(({ quota, taken, over }): readonly Problem[] => {
    if (over === undefined) return [];
    const { what, most, why, remedy, severity = 'error' } = quota;
    const message = `${taken} ${what} are declared, and ${most} is the most: ${why}`;
    return [{ code: 'TOO_MANY', severity, message, remedy, ...at(places, over, '') }];
  });
}
