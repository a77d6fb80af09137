import { isObject, type JsonObject } from '../model/json.ts';

/** Turns a value of an answer into a type, or throws `Misshapen`. `at` is the place in the answer, for the message. */
export type Read<T> = (value: unknown, at: string) => T;

/** An answer that is not what its API's reference says. */
export class Misshapen extends Error {
  constructor(at: string, expected: string) {
    super(`${at === '' ? 'the body' : at} is not ${expected}`);
    this.name = 'Misshapen';
  }
}

type Members<T> = {
  readonly [K in keyof T]-?: Read<object extends Pick<T, K> ? T[K] | undefined : T[K]>;
};

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
export function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : read(value, at));
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

/**
 * An object with exactly these members: what an API adds, a key's payload for one, is left behind. A type's member
 * without a row does not compile.
 */
export function object<T extends object>(members: Members<T>): Read<T> {
  const rows = Object.entries<Read<unknown>>(members);
  return (value, at) => {
    const given = map(value, at);
    const kept = rows.flatMap(([name, read]) => {
      const member = read(given[name], at === '' ? name : `${at}.${name}`);
      return member === undefined ? [] : [[name, member]];
    });
    // Each member was just read by the row that its type asks for.
    return Object.fromEntries(kept) as T;
  };
}
