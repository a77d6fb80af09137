import type { Mishap } from './faults.ts';

/** One request that came in, as it ended. Control calls are not recorded. */
export interface RequestRecord {
  readonly method: string;
  /** The raw path. */
  readonly path: string;
  /** The raw query string, without its question mark. */
  readonly query: string;
  /** 0 where the connection was cut instead of answering. */
  readonly status: number;
  /** The `User-Agent` header, which tells one client's requests from another's; absent where none was sent. */
  readonly userAgent?: string;
  /** IBM's operation id; absent where nothing was matched, or a fault came first. */
  readonly operation?: string;
  /** ISO 8601, emulator time of arrival. */
  readonly at: string;
  readonly fault?: Mishap;
  /** Stack of the emulator's own failure behind a 500. */
  readonly error?: string;
}

/** So many requests are kept; older ones go. */
const kept = 50_000;

/** The requests so far, in the order in which they ended. */
export interface RequestLog {
  add(record: RequestRecord): void;
  all(): readonly RequestRecord[];
  clear(): void;
}

/** Makes an empty log. It lives in memory only. */
export function makeRequestLog(): RequestLog {
  const records: RequestRecord[] = [];
  return {
    add: (record) => {
      if (records.length >= kept) records.shift();
      records.push(record);
    },
    all: () => [...records],
    clear: () => {
      records.length = 0;
    },
  };
}
