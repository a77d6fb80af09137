import type { Address } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { rowOf } from '../model/verbs.ts';

/**
 * A total, repeatable order: dependencies first, then kind, then address, then verb.
 *
 * @param kinds names, in registry order
 * @param kindOf of an address
 */
export function order(
  changes: readonly Change[],
  kinds: readonly string[],
  kindOf: (address: Address) => string,
): readonly Change[] {
  const rank = (change: Change): readonly [number, string, number] => [
    kinds.indexOf(kindOf(change.address)),
    change.address,
    rowOf(change.verb).order,
  ];
  const sorted = [...changes].sort((left, right) => compare(rank(left), rank(right)));
  const waiting = new Map<Address, Set<Address>>();
  for (const { address, after } of sorted) {
    waiting.set(address, new Set([...(waiting.get(address) ?? []), ...after]));
  }
  const ordered: Change[] = [];
  while (waiting.size > 0) {
    // A cycle is refused by `validate`; were there one, the smallest rank goes first rather than nothing at all.
    const free =
      sorted.find(({ address }) => waiting.has(address) && isFree(address, waiting)) ??
      sorted.find(({ address }) => waiting.has(address));
    if (free === undefined) break;
    ordered.push(...sorted.filter(({ address }) => address === free.address));
    waiting.delete(free.address);
  }
  return ordered;
}

function isFree(address: Address, waiting: ReadonlyMap<Address, ReadonlySet<Address>>): boolean {
  return [...(waiting.get(address) ?? [])].every((other) => !waiting.has(other));
}

function compare(left: readonly [number, string, number], right: readonly [number, string, number]): number {
  if (left[0] !== right[0]) return left[0] - right[0];
  if (left[1] !== right[1]) return left[1] < right[1] ? -1 : 1;
  return left[2] - right[2];
}
