import type { Address } from '../model/address.ts';
import type { Desired } from '../model/resource.ts';
import type { Wanted } from '../model/wanted.ts';
import { impliedBy } from '../rules/order.ts';

/** A resource's references and the edges that nobody writes (design 5: a deployment waits for its authorizations). */
export function withImpliedEdges(wanted: Wanted): readonly Desired[] {
  return [...wanted.all()].map((resource) => {
    const dependsOn = new Set([...resource.dependsOn, ...impliedBy(resource, wanted)]);
    return { ...resource, dependsOn: [...dependsOn].sort() };
  });
}

/** @returns the addresses of one cycle, first one repeated at the end; `undefined` when there is none */
export function findCycle(wanted: Wanted): readonly Address[] | undefined {
  const done = new Set<Address>();
  const path = new Set<Address>();
  const visit = (address: Address): readonly Address[] | undefined => {
    if (path.has(address)) {
      const whole = [...path];
      return [...whole.slice(whole.indexOf(address)), address];
    }
    if (done.has(address)) return undefined;
    path.add(address);
    for (const next of wanted.get(address)?.dependsOn ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.delete(address);
    done.add(address);
    return undefined;
  };
  for (const { address } of wanted.all()) {
    const cycle = visit(address);
    if (cycle) return cycle;
  }
  return undefined;
}
