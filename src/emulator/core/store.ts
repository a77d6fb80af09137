/** Named tables of JSON records. A record is replaced whole and never changed in place. */
export interface Store {
  /** The table of that name, made when it is first asked for. The caller says what its records are. */
  table<T extends object>(name: string): Table<T>;
}

/** One table, in the order in which its ids were first put. */
export interface Table<T> {
  get(id: string): T | undefined;
  put(id: string, record: T): void;
  /** Removing what is not there is no error. */
  delete(id: string): void;
  all(): readonly T[];
  readonly size: number;
}
