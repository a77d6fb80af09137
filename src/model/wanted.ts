import { type Address, keyOfMark, type Mark } from './address.ts';
import { type Containers, containersAmong, holdersOf, type Layout } from './containment.ts';
import { type Granted, GrantIndex } from './grant-index.ts';
import { addTo } from './group-by.ts';
import { marksOf } from './ownership.ts';
import type { Need } from './relation.ts';
import type { Desired } from './resource.ts';

/** What is declared, by whatever it is asked for. A lookup costs what it returns. */
export interface Wanted {
  readonly size: number;
  /** Every resource, as they were given; for one pass, never for a search. */
  all(): Iterable<Desired>;
  get(address: Address): Desired | undefined;
  ofKind(kind: string): readonly Desired[];
  /** Those that bear this mark or bore it under a former name. */
  withMark(kind: string, mark: Mark): readonly Desired[];
  /** Who depends on it, as they were given. */
  dependents(address: Address): readonly Address[];
  readonly containers: Containers;
  readonly layout: Layout;
  /** Grants that may be about a need, with their resources: the rules say which are. */
  grantsFor(need: Need): readonly Granted<Desired>[];
}

/** The one index of what is declared. Addresses are unique. */
export function indexWanted(desired: Iterable<Desired>): Wanted {
  const byAddress = new Map<Address, Desired>();
  const byKind = new Map<string, Desired[]>();
  const byMark = new Map<string, Desired[]>();
  const dependents = new Map<Address, Address[]>();
  const grants = new GrantIndex<Desired>();
  for (const resource of desired) {
    byAddress.set(resource.address, resource);
    addTo(byKind, resource.kind, resource);
    for (const mark of marksOf(resource)) addTo(byMark, keyOfMark(resource.kind, mark), resource);
    for (const other of new Set(resource.dependsOn)) addTo(dependents, other, resource.address);
    grants.add(resource, resource.relations.grants);
  }
  const containers = containersAmong((ref) => byAddress.get(ref)?.relations.inside);
  return {
    size: byAddress.size,
    all: () => byAddress.values(),
    get: (address) => byAddress.get(address),
    ofKind: (kind) => byKind.get(kind) ?? [],
    withMark: (kind, mark) => byMark.get(keyOfMark(kind, mark)) ?? [],
    dependents: (address) => dependents.get(address) ?? [],
    containers,
    layout: { containers, groupOf: () => undefined, isOffline: true },
    grantsFor: (need) => grants.about(need, holdersOf(need.on, containers)),
  };
}

/** Whether it is to stay: neither deleted nor let go. */
export function isPresent({ spec: { state = 'present' } }: Pick<Desired, 'spec'>): boolean {
  return state === 'present';
}
