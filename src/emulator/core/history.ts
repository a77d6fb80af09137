import type { Indexes, Table } from './store.ts';

/** A record as it was before a commit: table, id, and the record, `undefined` where there was none. */
export type Before = readonly [table: string, id: string, record: object | undefined];

/** So many commits are remembered: more than a stale list of a few seconds can need. */
const kept = 2000;

/** What the last commits changed, so that a list can be answered as it was a while ago. It lives in memory only. */
export class History {
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
export class PastTable implements Table<object, string> {
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
