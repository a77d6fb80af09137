import type { LiveId } from './address.ts';
import { instanceCrnOf, parseCrn } from './crn.ts';
import type { Ref, Relations } from './relation.ts';

/** What holds a ref: its rings, its instance, its service. */
export type Containers = (ref: Ref) => readonly Ref[];

/** Stands for every instance of a service, where a grant has no narrower target. */
export function wholeService(service: string): Ref {
  return `service:${service}`;
}

export function isWholeService(ref: Ref): boolean {
  return ref.startsWith('service:');
}

/**
 * Containment that follows from a CRN alone: a key lies in its instance, an instance in its service. For whatever the
 * caller does not know better.
 */
export function containersOfCrn(ref: Ref): readonly Ref[] {
  const crn = parseCrn(ref);
  if (crn === undefined) return [];
  return crn.type === '' ? [wholeService(crn.service)] : [instanceCrnOf(ref)];
}

/** What holds a live object is what it says; what holds anything else follows from its CRN. */
export function containersAmongLive(
  objects: readonly { readonly id: LiveId; readonly relations: Relations }[],
): Containers {
  const inside = new Map(objects.map(({ id, relations }) => [id, relations.inside]));
  return (ref) => inside.get(ref) ?? containersOfCrn(ref);
}

/** Whether `ref` is `target` or lies inside it. */
export function isWithin(target: Ref, ref: Ref, containers: Containers): boolean {
  return target === ref || containers(ref).some((container) => isWithin(target, container, containers));
}
