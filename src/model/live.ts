import { keyOfMark, type LiveId, type Mark } from './address.ts';
import { type Containers, containersAmong, holdersOf, type Layout } from './containment.ts';
import { type Granted, GrantIndex } from './grant-index.ts';
import type { Need, Ref } from './relation.ts';
import type { Observed } from './resource.ts';

/** What is live, by whatever it is asked for. A lookup costs what it returns. */
export type Live = Omit<LiveIndex, 'put' | 'remove'>;

/** The one index of live objects. Filling it costs the objects times the depth of their containers, which is four at most. */
export class LiveIndex {
  readonly containers: Containers = containersAmong((ref) => this.#byId.get(ref)?.relations.inside);
  readonly layout: Layout = { containers: this.containers, groupOf: (instance) => this.groupOf(instance) };
  readonly #byId = new Map<LiveId, Observed>();
  /** By whatever else they are asked for: see `placesOf`. */
  readonly #groups = new Map<string, Set<Observed>>();
  readonly #grants = new GrantIndex<Observed>();
  readonly #granted = new Map<LiveId, readonly Granted<Observed>[]>();

  get size(): number {
    return this.#byId.size;
  }

  /** Every object, in the order in which they were seen; for one pass, never for a search. */
  all(): Iterable<Observed> {
    return this.#byId.values();
  }

  get(id: LiveId): Observed | undefined {
    return this.#byId.get(id);
  }

  withMark(kind: string, mark: Mark): readonly Observed[] {
    return [...this.#at(`mark ${keyOfMark(kind, mark)}`)];
  }

  withIdentity(kind: string, identity: string): readonly Observed[] {
    return [...this.#at(`identity ${kind} ${identity}`)];
  }

  /** Of the same name, whatever its resource group: see `Observed.kinship`. */
  sameNameElsewhere(kind: string, kinship: string): readonly Observed[] {
    return [...this.#at(`kinship ${kind} ${kinship}`)];
  }

  /** What lies in this object, however deep; not the object itself. */
  inside(id: LiveId): readonly Observed[] {
    const found = new Set<Observed>();
    const holders = new Set<Ref>([id]);
    for (const holder of holders) {
      for (const object of this.#at(`inside ${holder}`)) {
        if (object.id === id) continue;
        found.add(object);
        holders.add(object.id);
      }
    }
    return [...found];
  }

  /** Grants that may be about a need, with their objects: the rules say which are. */
  grantsFor(need: Need, containers: Containers = this.containers): readonly Granted<Observed>[] {
    return this.#grants.about(need, holdersOf(need.on, containers));
  }

  /** Grants that name just this target, whoever they are about. */
  grantsAt(target: Ref): Iterable<Granted<Observed>> {
    return this.#grants.at(target);
  }

  /** Needs of one instance, whichever live object tells of them. */
  needsOf(instance: LiveId): readonly Need[] {
    const owners = [...this.#at(`needs ${instance}`)];
    return owners.flatMap(({ relations }) => relations.needs.filter(({ by }) => by.instance === instance));
  }

  /** The resource group of an instance, where it is known. */
  groupOf(instance: Ref): string | undefined {
    return this.#byId.get(instance)?.resourceGroup;
  }

  put(object: Observed): void {
    this.#forget(this.#byId.get(object.id));
    this.#byId.set(object.id, object);
    for (const place of placesOf(object)) {
      const same = this.#groups.get(place);
      if (same === undefined) this.#groups.set(place, new Set([object]));
      else same.add(object);
    }
    if (object.relations.grants.length > 0) {
      this.#granted.set(object.id, this.#grants.add(object, object.relations.grants));
    }
  }

  remove(id: LiveId): void {
    this.#forget(this.#byId.get(id));
    this.#byId.delete(id);
  }

  #forget(object: Observed | undefined): void {
    if (object === undefined) return;
    for (const place of placesOf(object)) this.#groups.get(place)?.delete(object);
    this.#grants.remove(this.#granted.get(object.id) ?? []);
    this.#granted.delete(object.id);
  }

  #at(place: string): Iterable<Observed> {
    return this.#groups.get(place) ?? [];
  }
}

function placesOf({ kind, identity, kinship, marks, relations }: Observed): readonly string[] {
  const needers = new Set(relations.needs.flatMap(({ by }) => by.instance ?? []));
  return [
    ...[...needers].map((instance) => `needs ${instance}`),
    ...marks.map((mark) => `mark ${keyOfMark(kind, mark)}`),
    `identity ${kind} ${identity}`,
    ...(kinship === undefined ? [] : [`kinship ${kind} ${kinship}`]),
    ...relations.inside.map((container) => `inside ${container}`),
  ];
}
