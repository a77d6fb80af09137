import type { Indexes, Table } from './store.ts';

/** What a table tells the tables: how many records it handed out, and that one changed. */
export interface Watch {
  looked(records: number): void;
  changed(): void;
}

/**
 * One table in memory. Writes take effect at once and are kept as they were before until `commit`, so that `rollBack`
 * leaves the records, their order and the indexes as they were. Records are frozen when they are put: one that a handler
 * changed in place would differ from what the log says.
 */
export class RecordTable implements Table<object, string> {
  readonly #watch: Watch;
  readonly #records = new Map<string, object>();
  /** Where each record stands among all; kept for a deleted one until the transaction ends. */
  readonly #places = new Map<string, number>();
  readonly #before = new Map<string, object | undefined>();
  readonly #indexes = new Map<string, RecordIndex>();
  #last = 0;
  /** Lists are asked for far more often than records change. */
  #listed: readonly object[] | undefined;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Adds the indexes that are not there yet. */
  declare(indexes: Indexes<object, string>): void {
    for (const [name, valuesOf] of Object.entries(indexes)) {
      if (this.#indexes.has(name)) continue;
      const index = new RecordIndex(valuesOf);
      for (const [id, record] of this.#records) index.change(id, undefined, record);
      this.#indexes.set(name, index);
    }
  }

  get(id: string): object | undefined {
    this.#watch.looked(1);
    return this.#records.get(id);
  }

  put(id: string, record: object): void {
    this.#write(id, freeze(record));
  }

  delete(id: string): void {
    if (this.#records.has(id)) this.#write(id, undefined);
  }

  all(): readonly object[] {
    this.#listed ??= Object.freeze(this.#ordered(this.#records.keys()).flatMap((id) => this.#records.get(id) ?? []));
    this.#watch.looked(this.#listed.length);
    return this.#listed;
  }

  by(name: string, value: string): readonly object[] {
    return this.ids(name, value).flatMap((id) => this.get(id) ?? []);
  }

  ids(name: string, value: string): readonly string[] {
    return this.#index(name).list(value, (ids) => this.#ordered(ids));
  }

  first(name: string): object | undefined {
    const [id] = this.#index(name).first() ?? [];
    return id === undefined ? undefined : this.get(id);
  }

  get size(): number {
    return this.#records.size;
  }

  /** The records by id, in order. */
  entries(): readonly (readonly [id: string, record: object])[] {
    return this.#ordered(this.#records.keys()).map((id) => [id, this.#records.get(id) ?? {}]);
  }

  /** What the open transaction changed, each record once: as it was, and as it is. */
  changes(): readonly { readonly id: string; readonly before: object | undefined; readonly after: object | null }[] {
    return [...this.#before].map(([id, before]) => ({ id, before, after: this.#records.get(id) ?? null }));
  }

  commit(): void {
    for (const id of this.#before.keys()) if (!this.#records.has(id)) this.#places.delete(id);
    this.#before.clear();
  }

  rollBack(): void {
    for (const [id, record] of this.#before) this.#set(id, record);
    this.commit();
  }

  #write(id: string, record: object | undefined): void {
    if (!this.#before.has(id)) this.#before.set(id, this.#records.get(id));
    this.#set(id, record);
  }

  #set(id: string, record: object | undefined): void {
    for (const index of this.#indexes.values()) index.change(id, this.#records.get(id), record);
    if (record === undefined) this.#records.delete(id);
    else this.#records.set(id, record);
    if (!this.#places.has(id)) this.#places.set(id, ++this.#last);
    this.#listed = undefined;
    this.#watch.changed();
  }

  #index(name: string): RecordIndex {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`the table has no index ${name}`);
    return index;
  }

  #ordered(ids: Iterable<string>): readonly string[] {
    const placeOf = (id: string): number => this.#places.get(id) ?? 0;
    return [...ids].sort((one, other) => placeOf(one) - placeOf(other));
  }
}

/** The ids of records under each value that one function gives of them. */
class RecordIndex {
  readonly #valuesOf: (record: object) => string | readonly string[] | undefined;
  readonly #ids = new Map<string, Set<string>>();
  readonly #listed = new Map<string, readonly string[]>();
  /** The values, falling, once somebody asked for the first; some of them may be gone by now. */
  #falling: string[] | undefined;

  constructor(valuesOf: (record: object) => string | readonly string[] | undefined) {
    this.#valuesOf = valuesOf;
  }

  change(id: string, before: object | undefined, after: object | undefined): void {
    for (const value of this.#under(before)) this.#take(value, id);
    for (const value of this.#under(after)) this.#put(value, id);
  }

  list(value: string, inOrder: (ids: Iterable<string>) => readonly string[]): readonly string[] {
    const ids = this.#ids.get(value);
    if (ids === undefined) return [];
    const listed = this.#listed.get(value) ?? inOrder(ids);
    this.#listed.set(value, listed);
    return listed;
  }

  /** The ids under the smallest value. */
  first(): ReadonlySet<string> | undefined {
    this.#falling ??= [...this.#ids.keys()].sort().reverse();
    for (let value = this.#falling.at(-1); value !== undefined; value = this.#falling.at(-1)) {
      const ids = this.#ids.get(value);
      if (ids !== undefined) return ids;
      this.#falling.pop();
    }
    return undefined;
  }

  #under(record: object | undefined): readonly string[] {
    const values = record === undefined ? undefined : this.#valuesOf(record);
    return typeof values === 'string' ? [values] : (values ?? []);
  }

  #take(value: string, id: string): void {
    const ids = this.#ids.get(value);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(value);
    this.#listed.delete(value);
  }

  #put(value: string, id: string): void {
    const ids = this.#ids.get(value) ?? new Set();
    if (ids.size === 0 && this.#falling !== undefined) insert(this.#falling, value);
    this.#ids.set(value, ids.add(id));
    this.#listed.delete(value);
  }
}

/** Into its place in a falling list. */
function insert(falling: string[], value: string): void {
  let [from, to] = [0, falling.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((falling[middle] ?? '') > value) from = middle + 1;
    else to = middle;
  }
  if (falling[from] !== value) falling.splice(from, 0, value);
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
