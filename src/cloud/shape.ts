import { isObject, type JsonObject } from '../model/json.ts';

/** Turns a value of an answer into a type, or throws `Misshapen`. */
export type Read<T> = (value: unknown) => T;

/** A member that may be left out. */
interface Optional<T> extends Read<T | undefined> {
  readonly optional: true;
}

/** What a `Read` reads: `type Key = Shape<typeof key>`, so that an answer's type and its check are written once. */
export type Shape<R> = R extends Read<infer T> ? T : never;

type Members = Readonly<Record<string, Read<unknown>>>;
type ObjectOf<M extends Members> = {
  readonly [K in keyof M as M[K] extends Optional<unknown> ? never : K]: Shape<M[K]>;
} & {
  readonly [K in keyof M as M[K] extends Optional<unknown> ? K : never]?: Exclude<Shape<M[K]>, undefined>;
};

/** An answer that is not what its API's reference says. */
export class Misshapen extends Error {
  readonly #at: string;
  readonly #expected: string;

  /** @param at the place in what was read; empty: all of it */
  constructor(expected: string, at = '') {
    super(`${at === '' ? 'the body' : at} is not ${expected}`);
    this.name = 'Misshapen';
    this.#at = at;
    this.#expected = expected;
  }

  /** The same of a value that this one is a part of: places are put together only when there is something to say. */
  within(member: string): Misshapen {
    const deeper = this.#at === '' || this.#at.startsWith('[') ? this.#at : `.${this.#at}`;
    return new Misshapen(this.#expected, `${member}${deeper}`);
  }
}

function typed<T>(expected: string, is: (value: unknown) => value is T): Read<T> {
  return (value) => {
    if (!is(value)) throw new Misshapen(expected);
    return value;
  };
}

export const text = typed('a string', (value) => typeof value === 'string');
export const number = typed('a number', (value) => typeof value === 'number');
export const flag = typed('true or false', (value) => typeof value === 'boolean');
export const map: Read<JsonObject> = typed('an object', isObject);
export const anything: Read<unknown> = (value) => value;

/** A member that may be left out; `null` counts as left out. */
export function optional<T>(read: Read<T>): Optional<T> {
  const orNone: Read<T | undefined> = (value) => (value === undefined || value === null ? undefined : read(value));
  return Object.assign(orNone, { optional: true as const });
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Misshapen('a list');
    return value.map((item: unknown, index) => part(read, item, `[${index}]`));
  };
}

/** An empty list where the API leaves the member out. */
export function listOrNone<T>(read: Read<T>): Read<readonly T[]> {
  const list = listOf(read);
  return (value) => (value === undefined || value === null ? [] : list(value));
}

/** An object with exactly these members: what an API adds, a key's payload for one, is left behind. */
export function object<M extends Members>(members: M): Read<ObjectOf<M>> {
  const rows = Object.entries(members);
  return (value) => {
    const given = map(value);
    const kept: Record<string, unknown> = {};
    for (const [name, read] of rows) {
      const member = part(read, given[name], name);
      if (member !== undefined) kept[name] = member;
    }
    // Each member was just read by the row that its type comes from.
    return kept as ObjectOf<M>;
  };
}

function part<T>(read: Read<T>, value: unknown, name: string): T {
  try {
    return read(value);
  } catch (error) {
    throw error instanceof Misshapen ? error.within(name) : error;
  }
}
