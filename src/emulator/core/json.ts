/** Any value that JSON can write. Everything the emulator stores, and every body it answers, is one. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

/** Narrows a parsed body to an object, so that its members can be asked for one by one. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object, by name: of a body that came, or of one that is shown. */
export type Members = Readonly<Record<string, unknown>>;

/** Members of a record under the names that IBM's APIs give them: `createdAt` as `created_at`. */
export function inSnakeCase<T extends object>(record: T, ...names: readonly (keyof T & string)[]): Members {
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(names.map((name) => [snake(name), record[name]]));
}

/** A list of words, written with spaces between. */
export function wordsOf(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
