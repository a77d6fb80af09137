import { type Containers, containersOfCrn } from '../model/containment.ts';
import type { Desired } from '../model/resource.ts';

/** What holds a declared address is what it says; what holds a CRN follows from the CRN. */
export function containersAmong(desired: readonly Desired[]): Containers {
  const inside = new Map(desired.map(({ address, relations }) => [address, relations.inside]));
  return (ref) => inside.get(ref) ?? containersOfCrn(ref);
}
