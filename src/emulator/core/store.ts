/** By what a table can be asked: each index gives the values that a record stands under, none where it is left out. */
export type Indexes<T, Index extends string> = Readonly<
  Record<Index, (record: T) => string | readonly string[] | undefined>
>;

/** Named tables of JSON records. A record is replaced whole and never changed in place. */
export interface Store {
  /** The table of that name, made when it is first asked for. The caller says what its records are, and its indexes. */
  table<T extends object, Index extends string = never>(name: string, indexes?: Indexes<T, Index>): Table<T, Index>;
  /**
   * What `make` gave for that key, until the next write of any record: so that the pages of one list are cut from one
   * selection. `make` may depend on nothing but records and the key.
   */
  remember<V>(key: string, make: () => V): V;
}

/** One table, in the order in which its ids were first put. */
export interface Table<T, Index extends string = never> {
  get(id: string): T | undefined;
  put(id: string, record: T): void;
  /** Removing what is not there is no error. */
  delete(id: string): void;
  all(): readonly T[];
  /** Those that stand under a value of an index, in the order of `all`; nothing else is looked at. */
  by(index: Index, value: string): readonly T[];
  /** Their ids. */
  ids(index: Index, value: string): readonly string[];
  /** The one under the smallest value of an index. */
  first(index: Index): T | undefined;
  readonly size: number;
}
