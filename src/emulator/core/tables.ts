import { RecordTable } from './record-table.ts';
import type { Indexes, Store, Table } from './store.ts';

/** One changed record: table, id, and the record as it is now; `null` for a deleted one. */
export type Write = readonly [table: string, id: string, record: object | null];

/** Tables whose name starts so hold key material and the like: they are saved, and never shown. */
export const secretPrefix = 'secret/';

/** All tables in memory, with one open transaction at most. */
export class Tables implements Store {
  readonly #tables = new Map<string, RecordTable>();
  /** Those that the open transaction has written to. */
  readonly #touched = new Map<string, RecordTable>();
  readonly #commits: Commit[] = [];
  readonly #remembered = new Map<string, unknown>();
  /** How many records were handed out so far: what an answer costs, whatever the machine. */
  looked = 0;

  table<T extends object, Index extends string = never>(name: string, indexes?: Indexes<T, Index>): Table<T, Index> {
    const table = this.#tables.get(name) ?? this.#make(name);
    // Each table is only ever read through the accessor of the folder that owns it, which names the one record type.
    if (indexes !== undefined) table.declare(indexes as unknown as Indexes<object, string>);
    return table as unknown as Table<T, Index>;
  }

  #make(name: string): RecordTable {
    const table = new RecordTable({
      looked: (records) => {
        this.looked += records;
      },
      changed: () => {
        this.#touched.set(name, table);
        this.#remembered.clear();
      },
    });
    this.#tables.set(name, table);
    return table;
  }

  remember<V>(key: string, make: () => V): V {
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    if (!this.#remembered.has(key)) this.#remembered.set(key, make());
    // Put there by the line above, or by an earlier call with this key and so with this `make`.
    return this.#remembered.get(key) as V;
  }

  /** What the open transaction has changed so far, each record once. */
  pending(): readonly Write[] {
    return mapped(this.#touched, (name, table) => table.changes().map(({ id, after }): Write => [name, id, after]));
  }

  /** @param at emulator time, by which what was there before can be asked for (`asOf`) */
  commit(at?: number): void {
    if (this.#touched.size === 0) return;
    if (at !== undefined) {
      const before = mapped(this.#touched, (name, table) =>
        table.changes().map((one) => [name, one.id, one.before] as const),
      );
      if (this.#commits.length >= kept) this.#commits.shift();
      this.#commits.push({ at, before });
    }
    for (const table of this.#touched.values()) table.commit();
    this.#touched.clear();
  }

  /** The records as they were at that time, for reading; as long ago as the history goes. */
  asOf(time: number): Store {
    const changed = changedSince(this.#commits, time);
    return {
      table: <T extends object, Index extends string = never>(name: string, indexes?: Indexes<T, Index>) => {
        const table = this.table<T, Index>(name, indexes);
        const before = changed.get(name);
        if (before === undefined) return table;
        // As in `table`: one record type a table, which the folder's accessor names.
        const present = table as unknown as Table<object, string>;
        const past = asBefore(present, before, indexes as unknown as Indexes<object, string> | undefined);
        return past as unknown as Table<T, Index>;
      },
      remember: (_key, make) => make(),
    };
  }

  /** Nothing was ever otherwise. */
  forget(): void {
    this.#commits.length = 0;
  }

  rollBack(): void {
    for (const table of this.#touched.values()) table.rollBack();
    this.#touched.clear();
  }

  /** Puts what a log says, without a transaction. */
  load([name, id, record]: Write): void {
    const table = this.table(name);
    if (record === null) table.delete(id);
    else table.put(id, record);
    this.commit();
  }

  /** Every record, for a snapshot. */
  records(): readonly Write[] {
    return mapped(this.#tables, (name, table) => table.entries().map(([id, record]): Write => [name, id, record]));
  }
}

/** So many selections are remembered between two writes. */
const mostRemembered = 100;

function mapped<T>(
  tables: ReadonlyMap<string, RecordTable>,
  of: (name: string, table: RecordTable) => readonly T[],
): readonly T[] {
  return [...tables].flatMap(([name, table]) => of(name, table));
}

type Records = ReadonlyMap<string, object | undefined>;

/** What was changed when, each record as it was before: by table and id, `undefined` where there was none. */
interface Commit {
  readonly at: number;
  readonly before: readonly (readonly [table: string, id: string, record: object | undefined])[];
}

/** So many commits are remembered: more than a stale list of a few seconds can need. They live in memory only. */
const kept = 2000;

/** By table and id, the records that were changed after that time, as they were then. */
function changedSince(commits: readonly Commit[], time: number): ReadonlyMap<string, Records> {
  const changed = new Map<string, Map<string, object | undefined>>();
  // Backwards, so that the oldest of several changes is the one that stays.
  for (let index = commits.length - 1; index >= 0; index -= 1) {
    const commit = commits[index];
    if (commit === undefined || commit.at <= time) break;
    for (const [table, id, record] of commit.before) {
      changed.set(table, (changed.get(table) ?? new Map<string, object | undefined>()).set(id, record));
    }
  }
  return changed;
}

/** A table as it was; nothing can be written to it. */
function asBefore(
  present: Table<object, string>,
  before: Records,
  indexes: Indexes<object, string> = {},
): Table<object, string> {
  const get = (id: string): object | undefined => (before.has(id) ? before.get(id) : present.get(id));
  const all = (): readonly object[] => {
    const now = new Map([...before.keys()].map((id) => [present.get(id), id]));
    // What is there now stays in its place; what is gone by now comes last.
    const staying = present.all().flatMap((record) => {
      const id = now.get(record);
      return id === undefined ? [record] : (get(id) ?? []);
    });
    const gone = [...before].flatMap(([id, record]) => (present.get(id) === undefined ? (record ?? []) : []));
    return [...staying, ...gone];
  };
  const ids = (index: string, value: string): readonly string[] =>
    [...new Set([...present.ids(index, value), ...before.keys()])].filter((id) => {
      const record = get(id);
      return record !== undefined && [indexes[index]?.(record) ?? []].flat().includes(value);
    });
  const refuse = (): never => {
    throw new Error('the past cannot be changed, and has no timers');
  };
  return {
    ...{ get, all, ids, put: refuse, delete: refuse, first: refuse },
    by: (index, value) => ids(index, value).flatMap((id) => get(id) ?? []),
    get size() {
      return all().length;
    },
  };
}
