import { isObject, type JsonObject } from '../model/json.ts';

/** Turns a value of an answer into a type, or throws `Misshapen`. `at` is the place in the answer, for the message. */
export type Read<T> = (value: unknown, at: string) => T;

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
  constructor(at: string, expected: string) {
    super(`${at === '' ? 'the body' : at} is not ${expected}`);
    this.name = 'Misshapen';
  }
}

export const text: Read<string> = (value, at) => {
  if (typeof value !== 'string') throw new Misshapen(at, 'a string');
  return value;
};
export const number: Read<number> = (value, at) => {
  if (typeof value !== 'number') throw new Misshapen(at, 'a number');
  return value;
};
export const flag: Read<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw new Misshapen(at, 'true or false');
  return value;
};
export const map: Read<JsonObject> = (value, at) => {
  if (!isObject(value)) throw new Misshapen(at, 'an object');
  return value;
};
export const anything: Read<unknown> = (value) => value;

/** A member that may be left out; `null` counts as left out. */
export function optional<T>(read: Read<T>): Optional<T> {
  const orNone: Read<T | undefined> = (value, at) =>
    value === undefined || value === null ? undefined : read(value, at);
  return Object.assign(orNone, { optional: true as const });
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new Misshapen(at, 'a list');
    return value.map((item: unknown, index) => read(item, `${at}[${index}]`));
  };
}

/** An empty list where the API leaves the member out. */
export function listOrNone<T>(read: Read<T>): Read<readonly T[]> {
  const list = listOf(read);
  return (value, at) => (value === undefined || value === null ? [] : list(value, at));
}

/** An object with exactly these members: what an API adds, a key's payload for one, is left behind. */
export function object<M extends Members>(members: M): Read<ObjectOf<M>> {
  const rows = Object.entries(members);
  return (value, at) => {
    const given = map(value, at);
    const kept: Record<string, unknown> = {};
    for (const [name, read] of rows) {
      const member = read(given[name], at === '' ? name : `${at}.${name}`);
      if (member !== undefined) kept[name] = member;
    }
    // Each member was just read by the row that its type comes from.
    return kept as ObjectOf<M>;
  };
}
