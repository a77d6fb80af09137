import { isObject, type Json } from '../model/json.ts';
import type { LiveObject } from '../model/live-object.ts';
import { printable } from './printable.ts';

/** Everything that `--field` can name, with its value. */
export function valuesOf({ formatVersion: _, fields, marks, ...head }: LiveObject): Readonly<Record<string, Json>> {
  return { ...fields, ...head, owners: marks.map(({ stack, name }) => `${stack}/${name}`) };
}

/** @param path a name, or names with dots between them: `encryption.key` */
export function valueAt(object: LiveObject, path: string): Json | undefined {
  const all = valuesOf(object);
  // A parameter's own name may hold dots.
  if (all[path] !== undefined) return all[path];
  const [first = '', ...rest] = path.split('.');
  return rest.reduce<Json | undefined>((value, member) => (isObject(value) ? value[member] : undefined), all[first]);
}

/** As it is: text without quotes, everything else as JSON. */
export function rawText(value: Json): string {
  return `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
}

/** A line a value, for people. */
export function renderLiveObject(object: LiveObject): string {
  const { address, id, crn, name, state, owners, ...rest } = valuesOf(object);
  const head = { address, id, crn, name, state, owners };
  return Object.entries({ ...head, ...rest })
    .flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${printable(rawText(value).trimEnd())}\n`]))
    .join('');
}
