/** Any value that JSON can write. Everything the emulator stores, and every body it answers, is one. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

/** Narrows a parsed body to an object, so that its members can be asked for one by one. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
