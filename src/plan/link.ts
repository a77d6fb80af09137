import type { Address } from '../model/address.ts';
import type { Change, Condition } from '../model/change.ts';
import { containersOfCrn, holdersOf } from '../model/containment.ts';
import { addTo, groupBy } from '../model/group-by.ts';
import type { Ref } from '../model/relation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isRemoval } from '../model/verbs.ts';

const removes = ({ verb }: Change): boolean => isRemoval(verb);

/**
 * What each change waits for: what it depends on, or, when it removes something, whatever depends on that or lies in it, and
 * is removed too: a tombstone need not say where its object lies. An authorization goes after the keys in its scope that go
 * in the same plan.
 *
 * @param all what is linked, and what `--target` leaves out
 */
export function link(changes: readonly Change[], all: readonly Change[], snapshot: Snapshot): readonly Change[] {
  const { wanted, live } = snapshot;
  const staying = new Set<Address>();
  const removed = new Map<Address, Change[]>();
  const inside = new Map<Ref, Change[]>();
  const wrapping = new Map<Ref, Change[]>();
  for (const change of all) {
    const { address, target } = change;
    if (!removes(change)) staying.add(address);
    else {
      addTo(removed, address, change);
      if (target === undefined) continue;
      for (const holder of holdersOf(target.id, live.containers)) addTo(inside, holder, change);
      if (wanted.get(address)?.relations.wraps !== true) continue;
      for (const holder of holdersOf(target.id, containersOfCrn)) addTo(wrapping, holder, change);
    }
  }
  return changes.map((change) => {
    const { address, target } = change;
    const own = wanted.get(address);
    if (!removes(change)) return { ...change, after: (own?.dependsOn ?? []).filter((other) => staying.has(other)) };
    const grants = own?.relations.grants.flatMap((grant) => snapshot.idOf(grant.target) ?? []) ?? [];
    // A grant on this very key depends on it, and goes after it all the same.
    const isGrantOnIt = (other: Address): boolean =>
      own?.relations.wraps === true &&
      wanted.get(other)?.relations.grants.some(({ target: on }) => on === address) === true;
    const before = [
      ...wanted.dependents(address).flatMap((other) => (isGrantOnIt(other) ? [] : (removed.get(other) ?? []))),
      ...grants.flatMap((id) => wrapping.get(id) ?? []),
      ...(target === undefined ? [] : (inside.get(target.id) ?? [])),
    ];
    const after = new Set(before.filter((other) => other.address !== address).map((other) => other.address));
    return { ...change, after: [...after].sort() };
  });
}

/**
 * Deferred and blocked spread along dependencies, in one pass; what is still settling defers what needs it, and so does
 * what `--target` leaves out.
 *
 * @param changes in order: what one waits for stands before it
 */
export function spread(
  changes: readonly Change[],
  { wanted, live, idOf }: Snapshot,
  isMeant: (address: Address) => boolean,
): readonly Change[] {
  const held = new Set<Address>();
  const heldEdits = new Set<Address>();
  return changes.map((change): Change => {
    const { address } = change;
    const until = change.status.is === 'ready' ? waitsOf(change) : [];
    const next: Change = until.length === 0 ? change : { ...change, status: { is: 'deferred', until } };
    if (next.status.is !== 'ready') held.add(address);
    if (next.status.is !== 'ready' && !removes(change)) heldEdits.add(address);
    return next;
  });

  function waitsOf(change: Change): readonly Condition[] {
    const waits = change.after.filter((address) => !isMeant(address) || held.has(address));
    // What takes its place comes first.
    if (removes(change)) return doneBefore(heldEdits.has(change.address) ? [...waits, change.address] : waits);
    const busy = (wanted.get(change.address)?.dependsOn ?? []).flatMap((address): readonly Condition[] => {
      const id = idOf(address);
      const isBusy = id !== undefined && live.get(id)?.life.is === 'settling';
      return isBusy ? [{ when: 'settled', address, id }] : [];
    });
    return [...doneBefore(waits), ...busy];
  }
}

function doneBefore(addresses: readonly Address[]): readonly Condition[] {
  return addresses.map((address) => ({ when: 'done', address }));
}

/**
 * The two halves of a replace are one change when the second one may follow the first at once. Otherwise they stay two: the
 * new one is made, and the old one goes when nobody needs it any more.
 */
export function joinHalves(changes: readonly Change[]): readonly Change[] {
  const byAddress = groupBy(changes, ({ address }) => address);
  return changes.flatMap((change): readonly Change[] => {
    const own = byAddress.get(change.address) ?? [];
    const made = own.find(({ verb }) => verb === 'create');
    const [old, ...more] = own.filter(({ verb }) => verb === 'delete');
    if (made === undefined || old === undefined || more.length > 0 || old.status.is !== 'ready') return [change];
    if (change === old) return [];
    if (change !== made) return [change];
    const { target, blastRadius } = old;
    return [{ ...made, verb: 'replace', ...(target ? { target } : {}), ...(blastRadius ? { blastRadius } : {}) }];
  });
}

/**
 * The first of two steps by which something ends is taken when the second one waits for nothing else: the deletion of
 * a key that is still used is not announced, since the announcement counts for days only.
 */
export function firstStepsInTurn(changes: readonly Change[]): readonly Change[] {
  const removals = groupBy(changes.filter(removes), ({ address }) => address);
  return changes.filter(({ verb, address, target }) => {
    // Of one resource, what another takes the place of may go as well.
    const end = removals.get(address)?.find((other) => other.target?.id === target?.id);
    if (verb !== 'update' || end === undefined) return true;
    return end.status.is === 'deferred' && end.status.until.every(({ when }) => when === 'approval');
  });
}
