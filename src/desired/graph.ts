import type { Address } from '../model/address.ts';
import type { Desired } from '../model/resource.ts';
import { impliedEdges } from '../rules/order.ts';
import { containersAmong } from './containers.ts';

/** A resource's references and the edges that nobody writes (design 5: a deployment waits for its authorizations). */
export function withImpliedEdges(desired: readonly Desired[]): readonly Desired[] {
  const edges = impliedEdges(desired, containersAmong(desired));
  return desired.map((resource) => {
    const implied = edges.filter(({ from, to }) => from === resource.address && to !== from).map(({ to }) => to);
    return { ...resource, dependsOn: [...new Set([...resource.dependsOn, ...implied])].sort() };
  });
}

/** @returns the addresses of one cycle, first one repeated at the end; `undefined` when there is none */
export function findCycle(desired: readonly Desired[]): readonly Address[] | undefined {
  const byAddress = new Map(desired.map((resource) => [resource.address, resource]));
  const done = new Set<Address>();
  const visit = (address: Address, path: readonly Address[]): readonly Address[] | undefined => {
    const start = path.indexOf(address);
    if (start >= 0) return [...path.slice(start), address];
    if (done.has(address)) return undefined;
    for (const next of byAddress.get(address)?.dependsOn ?? []) {
      const cycle = visit(next, [...path, address]);
      if (cycle) return cycle;
    }
    done.add(address);
    return undefined;
  };
  for (const { address } of desired) {
    const cycle = visit(address, []);
    if (cycle) return cycle;
  }
  return undefined;
}
