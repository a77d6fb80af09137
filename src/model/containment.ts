import { instanceCrnOf, parseCrn } from './crn.ts';
import type { Ref } from './relation.ts';

/** What holds a ref: its rings, its instance, its service. */
export type Containers = (ref: Ref) => readonly Ref[];

/** What coverage has to know of the places that grants and needs name. */
export interface Layout {
  readonly containers: Containers;
  /** The resource group of an instance, by its id, where it is known. */
  groupOf(instance: Ref): string | undefined;
  /** Declared: what a needer does not tell cannot refuse it, since a default group's name is unknown offline. */
  readonly isOffline?: true;
}

/** Stands for every instance of a service, where a grant has no narrower target. */
export function wholeService(service: string): Ref {
  return `service:${service}`;
}

/** Stands for an instance of which nothing but its GUID is known: its policy names it, and no list shows it. */
export function unlocated(guid: string): Ref {
  return `guid:${guid}`;
}

export function isUnlocated(ref: Ref): boolean {
  return ref.startsWith('guid:');
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

/** Containment as these say; what holds anything else follows from its CRN. */
export function containersAmong(insideOf: (ref: Ref) => readonly Ref[] | undefined): Containers {
  const known = new Map<Ref, readonly Ref[]>();
  return (ref) => {
    const inside = insideOf(ref);
    if (inside !== undefined) return inside;
    const told = known.get(ref) ?? containersOfCrn(ref);
    known.set(ref, told);
    return told;
  };
}

/** `ref` and all that holds it, nearest first; each once. */
export function holdersOf(ref: Ref, containers: Containers): readonly Ref[] {
  const holders = new Set([ref]);
  // A set is walked in the order in which it grows.
  for (const holder of holders) for (const outer of containers(holder)) holders.add(outer);
  return [...holders];
}

/** Whether `ref` is `target` or lies inside it. */
export function isWithin(target: Ref, ref: Ref, containers: Containers): boolean {
  return target === ref || containers(ref).some((container) => isWithin(target, container, containers));
}
