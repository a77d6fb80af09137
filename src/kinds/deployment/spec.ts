import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Refs } from '../../model/resource.ts';
import type { DeploymentWritten } from './spec.gen.ts';

/** As written, `parameters` known to be plain data. */
export type DeploymentSpec = Omit<DeploymentWritten, 'parameters'> & { parameters?: JsonObject };

export const ENCRYPTION_KEY = '/encryption/key';

type Member = 'key' | 'env';

/** `{ key: NAME }` and nothing else. */
function wordOf(value: Json | undefined, member: Member): string | undefined {
  const word = isObject(value) && Object.keys(value).length === 1 ? value[member] : undefined;
  return typeof word === 'string' ? word : undefined;
}

/** Every `{ key: NAME }` in `parameters`, or `{ env: NAME }`, with its JSON pointer. */
export function wordsIn(
  spec: DeploymentSpec,
  member: Member,
): readonly { readonly pointer: string; readonly word: string }[] {
  const found: { pointer: string; word: string }[] = [];
  const walk = (value: Json | undefined, pointer: string): void => {
    const word = wordOf(value, member);
    if (word !== undefined) found.push({ pointer: `${pointer}/${member}`, word });
    else if (typeof value === 'object' && value !== null) {
      // Of a list, the entries are its indices, as a JSON pointer has them.
      for (const [name, item] of Object.entries(value)) walk(item, `${pointer}/${name}`);
    }
  };
  walk(spec.parameters, '/parameters');
  return found;
}

/**
 * `parameters` with each `{ key: NAME }` replaced by what `resolve` says of its reference.
 *
 * @param resolve a live id, or a value that stands for one not known yet
 */
export function fillKeys(spec: DeploymentSpec, refs: Refs, resolve: (ref: string) => Json): JsonObject {
  const fill = (value: Json | undefined, pointer: string): Json => {
    if (wordOf(value, 'key') !== undefined) return resolve(refs[`${pointer}/key`] ?? '');
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, `${pointer}/${name}`)]));
    }
    if (Array.isArray(value)) return value.map((item: Json, index) => fill(item, `${pointer}/${index}`));
    return value ?? null;
  };
  const filled = fill(spec.parameters ?? {}, '/parameters');
  return isObject(filled) ? filled : {};
}
