import type { Address } from '../model/address.ts';
import type { Change, Outside } from '../model/change.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';

/**
 * What `--target` means, as in Terraform: the targets and whatever they depend on. What is to go is meant only when it is
 * a target itself: nothing ends because something else needs it no more, and what depends on it stays outside and holds it.
 *
 * @param targets none: everything is meant
 */
export function scopeOf(wanted: Wanted, targets: readonly Address[]): (address: Address) => boolean {
  if (targets.length === 0) return () => true;
  const meant = new Set<Address>(targets);
  // A set is walked in the order in which it grows.
  for (const address of meant) {
    const resource = wanted.get(address);
    if (resource === undefined || !isPresent(resource)) continue;
    for (const other of resource.dependsOn) {
      const dependency = wanted.get(other);
      if (dependency !== undefined && isPresent(dependency)) meant.add(other);
    }
  }
  return (address) => meant.has(address);
}

/** Changes that `--target` leaves out, which nothing in this plan may count on. */
export function outsideOf(changes: readonly Change[], isMeant: (address: Address) => boolean): readonly Outside[] {
  return changes.filter(({ address }) => !isMeant(address)).map(({ address, verb }) => ({ address, verb }));
}
