import type { Known } from '../kinds/known.ts';
import type { Address } from '../model/address.ts';
import type { Change, Condition } from '../model/change.ts';
import { containersAmongLive, containersOfCrn, isWithin } from '../model/containment.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { isRemoval } from '../model/verbs.ts';

const ends = ({ verb }: Change): boolean => isRemoval(verb);

interface Scene {
  readonly desired: readonly Desired[];
  readonly objects: readonly Observed[];
  readonly known: Known;
}

/**
 * What a change waits for: what it depends on, or, when it ends something, whatever depends on that or lies in it, and ends
 * too: a tombstone need not say where its object lies. An authorization ends after the keys in its scope that end in the
 * same plan.
 */
export function link(change: Change, all: readonly Change[], { desired, objects, known }: Scene): Change {
  const own = desired.find(({ address }) => address === change.address);
  if (!ends(change)) {
    const depends = own?.dependsOn ?? [];
    return {
      ...change,
      after: depends.filter((address) => all.some((other) => other.address === address && !ends(other))),
    };
  }
  const targets = own?.relations.grants.flatMap(({ target }) => known.id(target) ?? []) ?? [];
  const containers = containersAmongLive(objects);
  const before = all.filter(ends).filter((other) => {
    if (other.address === change.address) return false;
    const dependent = desired.find(({ address }) => address === other.address);
    const inScope = targets.some((target) => {
      const wraps = dependent?.relations.wraps === true;
      return wraps && other.target !== undefined && isWithin(target, other.target.id, containersOfCrn);
    });
    const isInside =
      change.target !== undefined &&
      other.target !== undefined &&
      change.target.id !== other.target.id &&
      isWithin(change.target.id, other.target.id, containers);
    return dependent?.dependsOn.includes(change.address) || inScope || isInside;
  });
  return { ...change, after: [...new Set(before.map(({ address }) => address))].sort() };
}

/**
 * Deferred and blocked spread along dependencies; what is still settling defers what needs it, and so does what `--target`
 * leaves out.
 */
export function spread(
  changes: readonly Change[],
  desired: readonly Desired[],
  settling: ReadonlyMap<Address, Observed>,
  isMeant: (address: Address) => boolean,
): readonly Change[] {
  const waits = (change: Change, current: readonly Change[]): readonly Condition[] => {
    const held = change.after.filter(
      (address) =>
        !isMeant(address) || current.some((other) => other.address === address && other.status.is !== 'ready'),
    );
    // What takes its place comes first.
    const before = ends(change)
      ? current.filter((other) => other.address === change.address && !ends(other) && other.status.is !== 'ready')
      : [];
    const depends = ends(change) ? [] : (desired.find(({ address }) => address === change.address)?.dependsOn ?? []);
    const busy = depends.flatMap((address) => {
      const live = settling.get(address);
      return live === undefined ? [] : [{ address, id: live.id }];
    });
    return [
      ...[...held, ...new Set(before.map(({ address }) => address))].map((address) => ({
        when: 'done' as const,
        address,
      })),
      ...busy.map((settled) => ({ when: 'settled' as const, ...settled })),
    ];
  };
  let current = changes;
  for (;;) {
    const next = current.map((change): Change => {
      if (change.status.is !== 'ready') return change;
      const until = waits(change, current);
      return until.length === 0 ? change : { ...change, status: { is: 'deferred', until } };
    });
    if (next.every((change, index) => change === current[index])) return next;
    current = next;
  }
}
