import type { Kinds } from '../kinds/kind.ts';
import type { Address } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { addTo, groupBy } from '../model/group-by.ts';
import { rowOf } from '../model/verbs.ts';
import type { Wanted } from '../model/wanted.ts';
import { createHeap } from './heap.ts';

/**
 * A total, repeatable order: dependencies first, then kind, then address, then verb (Kahn's algorithm with a heap). A cycle is
 * refused by `validate`; were there one, its resources come last, by rank.
 *
 * @param changes those of an address become neighbours
 */
export function order(changes: readonly Change[], kinds: Kinds, wanted: Wanted): readonly Change[] {
  const kindRank = new Map([...kinds].map(({ name }, index) => [name, index]));
  const rankOf = (address: Address): number => kindRank.get(wanted.get(address)?.kind ?? '') ?? -1;
  const byAddress = groupBy(changes, ({ address }) => address);
  const sorted = [...byAddress.keys()].sort(
    (left, right) => rankOf(left) - rankOf(right) || (left < right ? -1 : left > right ? 1 : 0),
  );
  const rank = new Map(sorted.map((address, index) => [address, index]));
  const waitsFor = new Map<Address, number>();
  const waiters = new Map<Address, Address[]>();
  for (const [address, own] of byAddress) {
    const before = new Set(
      own.flatMap(({ after }) => after).filter((other) => byAddress.has(other) && other !== address),
    );
    waitsFor.set(address, before.size);
    for (const other of before) addTo(waiters, other, address);
  }
  const free = createHeap();
  const done = new Set<Address>();
  for (const [index, address] of sorted.entries()) if (waitsFor.get(address) === 0) free.push(index);
  for (let index = free.pop(); index !== undefined; index = free.pop()) {
    const address = sorted[index] ?? '';
    done.add(address);
    for (const waiter of waiters.get(address) ?? []) {
      const left = (waitsFor.get(waiter) ?? 0) - 1;
      waitsFor.set(waiter, left);
      if (left === 0) free.push(rank.get(waiter) ?? 0);
    }
  }
  const ordered = [...done, ...sorted.filter((address) => !done.has(address))];
  return ordered.flatMap((address) => [...(byAddress.get(address) ?? [])].sort(byVerb));
}

function byVerb(left: Change, right: Change): number {
  return rowOf(left.verb).order - rowOf(right.verb).order;
}
