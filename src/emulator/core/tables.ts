import { type Before, History, PastTable } from './history.ts';
import type { Store, Table } from './store.ts';

/** One changed record: table, id, and the record as it is now; `null` for a deleted one. */
export type Write = readonly [table: string, id: string, record: object | null];

/** Tables whose name starts so hold key material and the like: they are saved, and never shown. */
export const secretPrefix = 'secret/';

/**
 * All tables in memory, with one open transaction at most.
 *
 * Changes are kept beside the committed records until `commit`, so that taking them back is forgetting them, and a
 * rolled back transaction leaves even the order of the records as it was. Records are frozen when they are put: one
 * that a handler changed in place would differ from what the log says.
 */
export class Tables implements Store {
  readonly #tables = new Map<string, RecordTable>();
  readonly #history = new History();

  table<T extends object>(name: string): Table<T> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new RecordTable();
      this.#tables.set(name, table);
    }
    // Each table is only ever read through the accessor of the folder that owns it, which names the one record type.
    return table as unknown as Table<T>;
  }

  /** What the open transaction has changed so far, each record once. */
  pending(): readonly Write[] {
    return [...this.#tables].flatMap(([name, table]) =>
      [...table.pending].map(([id, record]): Write => [name, id, record]),
    );
  }

  /** @param at emulator time, by which what was there before can be asked for (`asOf`) */
  commit(at?: number): void {
    if (at !== undefined) this.#history.add(at, this.#before());
    for (const table of this.#tables.values()) table.commit();
  }

  /** The records as they were at that time, for reading; as long ago as the history goes. */
  asOf(time: number): Store {
    const changed = this.#history.since(time);
    return {
      table: <T extends object>(name: string): Table<T> => {
        const table = this.table<T>(name);
        const before = changed.get(name);
        // As in `table`: one record type a table, which the folder's accessor names.
        return before === undefined ? table : (new PastTable(table, before) as unknown as Table<T>);
      },
    };
  }

  /** Nothing was ever otherwise. */
  forget(): void {
    this.#history.clear();
  }

  #before(): readonly Before[] {
    return [...this.#tables].flatMap(([name, table]) =>
      [...table.pending.keys()].map((id): Before => [name, id, table.committed.get(id)]),
    );
  }

  rollBack(): void {
    for (const table of this.#tables.values()) table.pending.clear();
  }

  /** Puts what a log says, without a transaction. */
  load([name, id, record]: Write): void {
    const table = this.table(name);
    if (record === null) table.delete(id);
    else table.put(id, record);
    this.commit();
  }

  /** Every committed record, for a snapshot. */
  records(): readonly Write[] {
    return [...this.#tables].flatMap(([name, table]) =>
      [...table.committed].map(([id, record]): Write => [name, id, record]),
    );
  }
}

class RecordTable implements Table<object> {
  readonly committed = new Map<string, object>();
  readonly pending = new Map<string, object | null>();
  /** Lists are asked for far more often than records change. */
  #listed: readonly object[] | undefined;

  get(id: string): object | undefined {
    const changed = this.pending.get(id);
    return changed === undefined ? this.committed.get(id) : (changed ?? undefined);
  }

  put(id: string, record: object): void {
    this.pending.set(id, freeze(record));
  }

  delete(id: string): void {
    this.pending.set(id, null);
  }

  all(): readonly object[] {
    if (this.pending.size === 0) {
      this.#listed ??= Object.freeze([...this.committed.values()]);
      return this.#listed;
    }
    const ids = new Set([...this.committed.keys(), ...this.pending.keys()]);
    return [...ids].flatMap((id) => this.get(id) ?? []);
  }

  get size(): number {
    let size = this.committed.size;
    for (const [id, record] of this.pending) size += Number(record !== null) - Number(this.committed.has(id));
    return size;
  }

  commit(): void {
    if (this.pending.size === 0) return;
    for (const [id, record] of this.pending) {
      if (record === null) this.committed.delete(id);
      else this.committed.set(id, record);
    }
    this.pending.clear();
    this.#listed = undefined;
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
