import { isObject } from './json.ts';

/** Which requests a rule is for. Requests are counted from the moment the rule was added. */
export interface FaultMatch {
  /** Absent: every method. */
  readonly method?: string;
  /** A regular expression on the raw, still encoded path. Absent: every path. */
  readonly path?: string;
  /** The first matching request that it happens to, from 1; default 1. */
  readonly nth?: number;
  /** How many matching requests in a row it happens to; default 1. */
  readonly times?: number;
}

/** What goes wrong. */
export type Fault =
  /** The answer is this status; nothing is done. */
  | { readonly status: number; readonly retryAfterSeconds?: number }
  /** The request waits so long, in real time, and is then answered as always. */
  | { readonly delayMs: number }
  /** The connection is cut: before anything is done, or after it was done and saved. */
  | { readonly drop: 'before' | 'after' }
  /** It is done and saved, but only half of the answer's body arrives. */
  | { readonly truncate: true };

/** One rule: `{ match: { method: 'POST' }, status: 429, retryAfterSeconds: 1 }`. */
export type FaultRule = Fault & { readonly match?: FaultMatch };

/** The rules in force, and how often each has matched. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  rules(): readonly FaultRule[];
  /** Counts a request; the first rule that it falls to says what goes wrong. */
  next(method: string, path: string): Fault | undefined;
}

/** Makes an empty list of rules. */
export function makeFaults(): Faults {
  const entries: { readonly rule: FaultRule; seen: number }[] = [];
  return {
    add: (rule) => {
      entries.push({ rule, seen: 0 });
    },
    clear: () => {
      entries.length = 0;
    },
    rules: () => entries.map((entry) => entry.rule),
    next: (method, path) => {
      let fault: Fault | undefined;
      for (const entry of entries) {
        const { match = {}, ...what } = entry.rule;
        if (match.method !== undefined && match.method.toUpperCase() !== method) continue;
        if (match.path !== undefined && !new RegExp(match.path).test(path)) continue;
        entry.seen += 1;
        const first = match.nth ?? 1;
        if (entry.seen >= first && entry.seen < first + (match.times ?? 1)) fault ??= what;
      }
      return fault;
    },
  };
}

/**
 * Checks a rule that came from outside.
 *
 * @returns the rule, or a sentence saying what is wrong with it
 */
export function readFaultRule(given: unknown): FaultRule | string {
  if (!isObject(given)) return 'a rule is an object such as {"match": {"method": "POST"}, "drop": "after"}';
  const { match = {}, ...what } = given;
  const readyMatch = readMatch(match);
  if (typeof readyMatch === 'string') return readyMatch;
  const fault = readFault(what);
  return typeof fault === 'string' ? fault : { match: readyMatch, ...fault };
}

function readMatch(given: unknown): FaultMatch | string {
  if (!isObject(given)) return '"match" must be an object';
  for (const [name, value] of Object.entries(given)) {
    switch (name) {
      case 'method':
        if (typeof value !== 'string') return '"method" must be a string';
        break;
      case 'path':
        if (typeof value !== 'string' || !isPattern(value)) return '"path" must be a regular expression';
        break;
      case 'nth':
      case 'times':
        if (!isCount(value) || value < 1) return `"${name}" must be a whole number, 1 or more`;
        break;
      default:
        return `"match" has method, path, nth and times, not "${name}"`;
    }
  }
  return given;
}

function readFault(given: Readonly<Record<string, unknown>>): Fault | string {
  const { status, retryAfterSeconds, delayMs, drop, truncate, ...strays } = given;
  const [stray] = Object.keys(strays);
  if (stray !== undefined)
    return `a rule has match, status, retryAfterSeconds, delayMs, drop and truncate, not "${stray}"`;
  if ([status, delayMs, drop, truncate].filter((value) => value !== undefined).length !== 1) {
    return 'a rule must have exactly one of status, delayMs, drop and truncate';
  }
  if (retryAfterSeconds !== undefined && (status === undefined || !isCount(retryAfterSeconds))) {
    return '"retryAfterSeconds" must be a whole number and goes with "status"';
  }
  if (status !== undefined) {
    if (!isCount(status) || status < 400 || status > 599) return '"status" must be between 400 and 599';
    return retryAfterSeconds === undefined ? { status } : { status, retryAfterSeconds };
  }
  if (delayMs !== undefined) return isCount(delayMs) ? { delayMs } : '"delayMs" must be a whole number of milliseconds';
  if (drop !== undefined)
    return drop === 'before' || drop === 'after' ? { drop } : '"drop" must be "before" or "after"';
  return truncate === true ? { truncate } : '"truncate" must be true';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    // Not a pattern; the caller says so.
    return false;
  }
}
