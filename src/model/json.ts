/** Plain data, as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** They reach JavaScript's own machinery when they become members of an object: no manifest may use them. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a value is a map, as opposed to null, a list or a scalar. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Equality of plain data: member order does not count, list order does. `undefined` members equal absent ones.
 * Compare normal forms only; what counts as the same beyond this is the field's own business.
 */
export function sameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => sameJson(item, right[index]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => sameJson(left[key], right[key]));
}

/** The same data with the members of every map sorted: equal data in one form, whatever order it was written in. */
export function inOrder(value: JsonObject): JsonObject {
  const sorted = (inner: Json): Json =>
    Array.isArray(inner) ? inner.map((item: Json) => sorted(item)) : isObject(inner) ? inOrder(inner) : inner;
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [[name, sorted(member)] as const],
  );
  return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
}

type Given<Members> = {
  [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name];
} & { [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<Members[Name], undefined> };

/** The members that are not undefined: an optional member is there or it is not, since its type takes no undefined. */
export function given<Members extends object>(members: Members): Given<Members> {
  // What is left has exactly the members that the type says.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<Members>;
}

/** Ends a union: a member that is not handled does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unhandled: ${JSON.stringify(value)}`);
}
