import type { LiveId, Mark } from './address.ts';
import { type Containers, containersAmong, holdersOf } from './containment.ts';
import { type Granted, GrantIndex } from './grant-index.ts';
import type { Need, Ref } from './relation.ts';
import type { Observed } from './resource.ts';

/** What is live, by whatever it is asked for. A lookup costs what it returns. */
export interface Live {
  readonly size: number;
  /** Every object, in the order in which they were seen; for one pass, never for a search. */
  all(): Iterable<Observed>;
  get(id: LiveId): Observed | undefined;
  withMark(kind: string, mark: Mark): readonly Observed[];
  withIdentity(kind: string, identity: string): readonly Observed[];
  /** Of the same name, whatever its resource group: see `Observed.kinship`. */
  sameNameElsewhere(kind: string, kinship: string): readonly Observed[];
  /** What lies in this object, however deep; not the object itself. */
  inside(id: LiveId): readonly Observed[];
  readonly containers: Containers;
  /** Grants that may be about a need, with their objects: the rules say which are. */
  grantsFor(need: Need, containers?: Containers): readonly Granted<Observed>[];
  /** The resource group of an instance that needs something, where it is known. */
  groupOf(instance: LiveId): string | undefined;
}

type Bucket = Map<string, Set<Observed>>;

/** The one index of live objects. Filling it costs the objects times the depth of their containers, which is four at most. */
export class LiveIndex implements Live {
  readonly containers: Containers;
  readonly #byId = new Map<LiveId, Observed>();
  readonly #byMark: Bucket = new Map();
  readonly #byIdentity: Bucket = new Map();
  readonly #byKinship: Bucket = new Map();
  readonly #byContainer: Bucket = new Map();
  readonly #grants = new GrantIndex<Observed>();
  readonly #granted = new Map<LiveId, readonly Granted<Observed>[]>();

  constructor(objects: Iterable<Observed> = []) {
    this.containers = containersAmong((ref) => this.#byId.get(ref)?.relations.inside);
    for (const object of objects) this.put(object);
  }

  put(object: Observed): void {
    this.#forget(this.#byId.get(object.id));
    this.#byId.set(object.id, object);
    for (const [bucket, key] of this.#placesOf(object)) {
      const same = bucket.get(key);
      if (same === undefined) bucket.set(key, new Set([object]));
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
    for (const [bucket, key] of this.#placesOf(object)) bucket.get(key)?.delete(object);
    this.#grants.remove(this.#granted.get(object.id) ?? []);
    this.#granted.delete(object.id);
  }

  #placesOf(object: Observed): readonly (readonly [Bucket, string])[] {
    const { kind, identity, kinship, marks, relations } = object;
    return [
      ...marks.map((mark) => [this.#byMark, keyOfMark(kind, mark)] as const),
      [this.#byIdentity, `${kind} ${identity}`],
      ...(kinship === undefined ? [] : ([[this.#byKinship, `${kind} ${kinship}`]] as const)),
      ...relations.inside.map((container) => [this.#byContainer, container] as const),
    ];
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Observed> {
    return this.#byId.values();
  }

  get(id: LiveId): Observed | undefined {
    return this.#byId.get(id);
  }

  withMark(kind: string, mark: Mark): readonly Observed[] {
    return [...(this.#byMark.get(keyOfMark(kind, mark)) ?? [])];
  }

  withIdentity(kind: string, identity: string): readonly Observed[] {
    return [...(this.#byIdentity.get(`${kind} ${identity}`) ?? [])];
  }

  sameNameElsewhere(kind: string, kinship: string): readonly Observed[] {
    return [...(this.#byKinship.get(`${kind} ${kinship}`) ?? [])];
  }

  inside(id: LiveId): readonly Observed[] {
    const found = new Set<Observed>();
    const holders = new Set<Ref>([id]);
    for (const holder of holders) {
      for (const object of this.#byContainer.get(holder) ?? []) {
        if (object.id === id) continue;
        found.add(object);
        holders.add(object.id);
      }
    }
    return [...found];
  }

  grantsFor(need: Need, containers: Containers = this.containers): readonly Granted<Observed>[] {
    return this.#grants.about(need, holdersOf(need.on, containers));
  }

  groupOf(instance: LiveId): string | undefined {
    return this.#byId.get(instance)?.relations.needs.find(({ by }) => by.instance === instance)?.by.resourceGroup;
  }
}

function keyOfMark(kind: string, { stack, name }: Mark): string {
  return `${kind} ${stack}/${name}`;
}
