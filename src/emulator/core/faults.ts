import { isObject, type Members } from './json.ts';

/** Which requests a rule is for. Requests are counted from the moment the rule was added. */
export interface FaultMatch {
  /** Absent: every method. */
  readonly method?: string;
  /** A regular expression on the raw, still encoded path. Absent: every path. */
  readonly path?: string;
  /** The first matching request that it happens to, from 1; default 1. */
  readonly nth?: number;
  /** How many matching requests in a row it happens to; default 1, or all of them where there is a `chance`. */
  readonly times?: number;
  /** How likely it is for each of them, between 0 and 1; default 1. */
  readonly chance?: number;
  /** Which of them it will be: the same seed gives the same ones. Default 0. */
  readonly seed?: number;
}

/** What goes wrong. */
export type Fault =
  /** The answer is this status, in the words of the API; nothing is done. */
  | { readonly status: number; readonly retryAfterSeconds?: number }
  /** It is done and saved, and the answer is this status all the same: a create that has to be looked for. */
  | { readonly statusAfter: number }
  /** The request waits so long, in real time, and is then answered as always. */
  | { readonly delayMs: number }
  /** The connection is cut: before anything is done, or after it was done and saved. */
  | { readonly drop: 'before' | 'after' }
  /** It is done and saved, but only half of the answer's body arrives. */
  | { readonly truncate: true }
  /** It is done and saved, and the answer's body arrives bit by bit, in so many milliseconds of real time. */
  | { readonly dripMs: number }
  /** A GET or HEAD is answered as it would have been so long ago, by emulator time. Other requests are left alone. */
  | { readonly staleMs: number }
  /** More requests in so much emulator time than that are answered 429 with `Retry-After`, and do not count. */
  | { readonly rateLimit: { readonly requests: number; readonly perMs: number } };

/** One rule: `{ match: { method: 'POST' }, status: 429, retryAfterSeconds: 1 }`. */
export type FaultRule = Fault & { readonly match?: FaultMatch };

/** What happens to one request: a rate limit has become its answer. */
export type Mishap = Exclude<Fault, { readonly rateLimit: unknown }>;

/** The rules in force, and how often each has matched. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  rules(): readonly FaultRule[];
  /** Counts a request; the first rule that it falls to says what goes wrong. `at`: emulator time. */
  next(method: string, path: string, at: Date): Mishap | undefined;
}

interface Entry {
  readonly rule: FaultRule;
  seen: number;
  /** When the requests that a rate limit let through came in. */
  admitted: readonly number[];
}

/** Makes an empty list of rules. */
export function makeFaults(): Faults {
  const entries: Entry[] = [];
  return {
    add: (rule) => {
      entries.push({ rule, seen: 0, admitted: [] });
    },
    clear: () => {
      entries.length = 0;
    },
    rules: () => entries.map((entry) => entry.rule),
    next: (method, path, at) => {
      let mishap: Mishap | undefined;
      for (const entry of entries) {
        if (matches(entry.rule, method, path)) mishap ??= fall(entry, at.getTime());
      }
      return mishap;
    },
  };
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  const { match = {} } = rule;
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match.path !== undefined && !new RegExp(match.path).test(path)) return false;
  return !('staleMs' in rule) || method === 'GET' || method === 'HEAD';
}

/** What comes of a rule for one more request that it is for. */
function fall(entry: Entry, at: number): Mishap | undefined {
  const { match = {}, ...fault } = entry.rule;
  entry.seen += 1;
  const first = match.nth ?? 1;
  const times = match.times ?? (match.chance === undefined && !('rateLimit' in fault) ? 1 : Number.POSITIVE_INFINITY);
  if (entry.seen < first || entry.seen >= first + times) return undefined;
  if (match.chance !== undefined && drawn(match.seed ?? 0, entry.seen) >= match.chance) return undefined;
  if (!('rateLimit' in fault)) return fault;
  const { requests, perMs } = fault.rateLimit;
  const recent = entry.admitted.filter((when) => when > at - perMs && when <= at);
  // A limit of none has none to wait for: everything is refused, each time for a whole window.
  const [oldest = at] = recent;
  entry.admitted = recent.length < requests ? [...recent, at] : recent;
  if (recent.length < requests) return undefined;
  return { status: 429, retryAfterSeconds: Math.ceil((oldest + perMs - at) / 1000) };
}

/** A number between 0 and 1 that depends on nothing but its arguments (mulberry32). */
function drawn(seed: number, count: number): number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(count, 0x6d2b79f5)) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

/**
 * Checks a rule that came from outside.
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

type Checks = Readonly<Record<string, readonly [must: string, is: (value: unknown) => boolean]>>;

const count = 'must be a whole number, 1 or more';
const milliseconds = 'must be a whole number of milliseconds';

/** What a match can say, each with what it must be. */
const parts: Checks = {
  method: ['must be a string', (value) => typeof value === 'string'],
  path: ['must be a regular expression', isPattern],
  nth: [count, (value) => isCount(value) && value >= 1],
  times: [count, (value) => isCount(value) && value >= 1],
  chance: ['must be between 0 and 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  seed: ['must be a whole number', Number.isSafeInteger],
};

/** What a rule says besides `match`; a rule has one of them. */
const kinds: Checks = {
  status: ['must be between 400 and 599', isError],
  statusAfter: ['must be between 400 and 599', isError],
  delayMs: [milliseconds, isCount],
  drop: ['must be "before" or "after"', (value) => value === 'before' || value === 'after'],
  truncate: ['must be true', (value) => value === true],
  dripMs: [milliseconds, isCount],
  staleMs: [milliseconds, isCount],
  rateLimit: [
    'must be an object such as {"requests": 10, "perMs": 1000}',
    (value) =>
      isObject(value) && isCount(value['requests']) && isCount(value['perMs']) && Object.keys(value).length === 2,
  ],
};

function faultOf(checks: Checks, name: string, value: unknown): string | undefined {
  const [must, is] = checks[name] ?? [];
  return is?.(value) === true ? undefined : `"${name}" ${must}`;
}

function readMatch(given: unknown): FaultMatch | string {
  if (!isObject(given)) return '"match" must be an object';
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(parts, name)) return `"match" has method, path, nth, times, chance and seed, not "${name}"`;
    const fault = faultOf(parts, name, value);
    if (fault !== undefined) return fault;
  }
  return given;
}

function readFault(given: Members): Fault | string {
  const { retryAfterSeconds, ...rest } = given;
  const names = Object.keys(kinds);
  const stray = Object.keys(rest).find((name) => !names.includes(name));
  if (stray !== undefined) return `a rule has match, retryAfterSeconds, ${names.join(', ')}, not "${stray}"`;
  const [name, second] = Object.keys(rest);
  if (name === undefined || second !== undefined) return `a rule must have exactly one of ${names.join(', ')}`;
  if (retryAfterSeconds !== undefined && (name !== 'status' || !isCount(retryAfterSeconds))) {
    return '"retryAfterSeconds" must be a whole number and goes with "status"';
  }
  // Each was just checked by its kind.
  return faultOf(kinds, name, rest[name]) ?? (given as unknown as Fault);
}

function isError(value: unknown): boolean {
  return isCount(value) && value >= 400 && value <= 599;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPattern(text: unknown): boolean {
  try {
    return typeof text === 'string' && new RegExp(text) instanceof RegExp;
  } catch {
    // Not a pattern; the caller says so.
    return false;
  }
}
