import { RecordTable } from './record-table.ts';
import type { Indexes, Store, Table } from './store.ts';

/** One changed record: table, id, and the record as it is now; `null` for a deleted one. */
export type Write = readonly [table: string, id: string, record: object | null];

/** Tables whose name starts so hold key material and the like: they are saved, and never shown. */
export const secretPrefix = 'secret/';

/** All tables in memory, with one open transaction at most. */
export class Tables implements Store {
  readonly #tables = new Map<string, RecordTable>();
  readonly #history = new History();
  readonly #remembered = new Map<string, unknown>();
  /** How many records were handed out so far: what an answer costs, whatever the machine. */
  looked = 0;

  table<T extends object, Index extends string = never>(name: string, indexes?: Indexes<T, Index>): Table<T, Index> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new RecordTable({
        looked: (records) => {
          this.looked += records;
        },
        changed: () => this.#remembered.clear(),
      });
      this.#tables.set(name, table);
    }
    // Each table is only ever read through the accessor of the folder that owns it, which names the one record type.
    if (indexes !== undefined) table.declare(indexes as unknown as Indexes<object, string>);
    return table as unknown as Table<T, Index>;
  }

  remember<V>(key: string, make: () => V): V {
    if (!this.#remembered.has(key)) this.#remembered.set(key, make());
    // Put there by the line above, or by an earlier call with this key and so with this `make`.
    return this.#remembered.get(key) as V;
  }

  /** What the open transaction has changed so far, each record once. */
  pending(): readonly Write[] {
    return this.#map((name, table) => table.changes().map(({ id, after }): Write => [name, id, after]));
  }

  /** @param at emulator time, by which what was there before can be asked for (`asOf`) */
  commit(at?: number): void {
    if (at !== undefined) {
      this.#history.add(
        at,
        this.#map((name, table) => table.changes().map(({ id, before }): Before => [name, id, before])),
      );
    }
    for (const table of this.#tables.values()) table.commit();
  }

  /** The records as they were at that time, for reading; as long ago as the history goes. */
  asOf(time: number): Store {
    const changed = this.#history.since(time);
    return {
      table: <T extends object, Index extends string = never>(name: string, indexes?: Indexes<T, Index>) => {
        const table = this.table<T, Index>(name, indexes);
        const before = changed.get(name);
        if (before === undefined) return table;
        // As in `table`: one record type a table, which the folder's accessor names.
        const present = table as unknown as Table<object, string>;
        const past = new PastTable(present, before, indexes as unknown as Indexes<object, string> | undefined);
        return past as unknown as Table<T, Index>;
      },
      remember: (_key, make) => make(),
    };
  }

  /** Nothing was ever otherwise. */
  forget(): void {
    this.#history.clear();
  }

  rollBack(): void {
    for (const table of this.#tables.values()) table.rollBack();
  }

  /** Puts what a log says, without a transaction. */
  load([name, id, record]: Write): void {
    const table = this.table(name);
    if (record === null) table.delete(id);
    else table.put(id, record);
    this.#tables.get(name)?.commit();
  }

  /** Every record, for a snapshot. */
  records(): readonly Write[] {
    return this.#map((name, table) => table.entries().map(([id, record]): Write => [name, id, record]));
  }

  #map<T>(of: (name: string, table: RecordTable) => readonly T[]): readonly T[] {
    return [...this.#tables].flatMap(([name, table]) => of(name, table));
  }
}

/** A record as it was before a commit: table, id, and the record, `undefined` where there was none. */
export type Before = readonly [table: string, id: string, record: object | undefined];

/** So many commits are remembered: more than a stale list of a few seconds can need. */
const kept = 2000;

/** What the last commits changed, so that a list can be answered as it was a while ago. It lives in memory only. */
class History {
  readonly #commits: { readonly at: number; readonly before: readonly Before[] }[] = [];

  add(at: number, before: readonly Before[]): void {
    if (before.length === 0) return;
    if (this.#commits.length >= kept) this.#commits.shift();
    this.#commits.push({ at, before });
  }

  clear(): void {
    this.#commits.length = 0;
  }

  /** By table and id, the records that were changed after that time, as they were then. */
  since(time: number): ReadonlyMap<string, ReadonlyMap<string, object | undefined>> {
    const changed = new Map<string, Map<string, object | undefined>>();
    // Backwards, so that the oldest of several changes is the one that stays.
    for (let index = this.#commits.length - 1; index >= 0; index -= 1) {
      const commit = this.#commits[index];
      if (commit === undefined || commit.at <= time) break;
      for (const [table, id, record] of commit.before) {
        const records = changed.get(table) ?? new Map<string, object | undefined>();
        changed.set(table, records.set(id, record));
      }
    }
    return changed;
  }
}

/** A table as it was; nothing can be written to it. */
class PastTable implements Table<object, string> {
  readonly #present: Table<object, string>;
  readonly #before: ReadonlyMap<string, object | undefined>;
  readonly #indexes: Indexes<object, string>;

  constructor(
    present: Table<object, string>,
    before: ReadonlyMap<string, object | undefined>,
    indexes: Indexes<object, string> = {},
  ) {
    this.#present = present;
    this.#before = before;
    this.#indexes = indexes;
  }

  get(id: string): object | undefined {
    return this.#before.has(id) ? this.#before.get(id) : this.#present.get(id);
  }

  put(): void {
    throw new Error('the past cannot be changed');
  }

  delete(): void {
    throw new Error('the past cannot be changed');
  }

  all(): readonly object[] {
    const now = new Map([...this.#before.keys()].map((id) => [this.#present.get(id), id]));
    // What is there now stays in its place; what is gone by now comes last.
    const kept = this.#present.all().flatMap((record) => {
      const id = now.get(record);
      return id === undefined ? [record] : (this.get(id) ?? []);
    });
    const gone = [...this.#before].flatMap(([id, record]) =>
      this.#present.get(id) === undefined ? (record ?? []) : [],
    );
    return [...kept, ...gone];
  }

  by(index: string, value: string): readonly object[] {
    return this.ids(index, value).flatMap((id) => this.get(id) ?? []);
  }

  ids(index: string, value: string): readonly string[] {
    const valuesOf = this.#indexes[index];
    const candidates = new Set([...this.#present.ids(index, value), ...this.#before.keys()]);
    return [...candidates].filter((id) => {
      const record = this.get(id);
      return record !== undefined && [valuesOf?.(record) ?? []].flat().includes(value);
    });
  }

  first(): undefined {
    throw new Error('the past has no timers');
  }

  get size(): number {
    return this.all().length;
  }
}
