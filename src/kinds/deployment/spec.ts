import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Common, Refs } from '../../model/resource.ts';
import type { DeploymentWritten } from './spec.gen.ts';

/** As written, `parameters` known to be plain data. */
export type DeploymentSpec = Omit<DeploymentWritten, 'parameters'> & { parameters?: JsonObject };

export function normalize(written: JsonObject, defaults: object): DeploymentSpec & Common {
  return { ...defaults, ...written } as unknown as DeploymentSpec & Common;
}

export const ENCRYPTION_KEY = '/encryption/key';

/** `{ key: NAME }` and nothing else. */
function keyWord(value: Json | undefined): string | undefined {
  return isObject(value) && typeof value['key'] === 'string' && Object.keys(value).length === 1
    ? value['key']
    : undefined;
}

/** Every `{ key: NAME }` in `parameters`, with its JSON pointer. */
export function keyWords(spec: DeploymentSpec): readonly { readonly pointer: string; readonly word: string }[] {
  const found: { pointer: string; word: string }[] = [];
  const walk = (value: Json | undefined, pointer: string): void => {
    const word = keyWord(value);
    if (word !== undefined) found.push({ pointer: `${pointer}/key`, word });
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
    if (keyWord(value) !== undefined) return resolve(refs[`${pointer}/key`] ?? '');
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, `${pointer}/${name}`)]));
    }
    if (Array.isArray(value)) return value.map((item: Json, index) => fill(item, `${pointer}/${index}`));
    return value ?? null;
  };
  const filled = fill(spec.parameters ?? {}, '/parameters');
  return isObject(filled) ? filled : {};
}
