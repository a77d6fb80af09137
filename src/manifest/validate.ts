import type { Json } from '../model/json.ts';
import type { Fault } from './fault.ts';
import { locate } from './locate.ts';
import { wordsFor } from './schema-words.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import type { ManifestValidator, SchemaError } from './validators.gen.mjs';
import type { Written } from './written.ts';

/**
 * Checks one document against the schema, every fault at once.
 *
 * @param value  the document, variables substituted
 * @param broken pointers that already have their fault: what the schema says about these values is only its echo
 */
export function schemaFaults(
  written: Written,
  value: Json,
  broken: readonly string[],
  validator: ManifestValidator,
): readonly Fault[] {
  const pointers = new Set(broken);
  return errorsIn(value, validator)
    .map(wordsFor)
    .filter(({ pointer }) => !pointers.has(pointer))
    .map(({ pointer, side, ...problem }) => ({
      pointer,
      problem: { ...problem, severity: 'error' as const, at: locate(written, pointer, side) },
    }));
}

/** The same for a document that stands in no file: what is wrong, and at which pointer; of a missing field, at its own. */
export function flawsOf(
  value: Json,
  validator: ManifestValidator,
): readonly { readonly pointer: string; readonly message: string }[] {
  return errorsIn(value, validator).map((error) => {
    const { pointer, message } = wordsFor(error);
    const missing = error.keyword === 'required' ? error.params['missingProperty'] : undefined;
    return { pointer: missing === undefined ? pointer : `${pointer}/${String(missing)}`, message };
  });
}

/**
 * Without what ajv tells twice: a key's own fault stands beside its `propertyNames`, and a branch's beside its `anyOf`,
 * where it would blame the user for not having written the other form.
 */
function errorsIn(value: Json, validator: ManifestValidator): readonly SchemaError[] {
  const errors = validator(value) ? [] : (validator.errors ?? []);
  return errors.filter(
    ({ propertyName, schemaPath, keyword }) =>
      propertyName === undefined && !/\/(?:anyOf|oneOf|not)\/./.test(schemaPath) && keyword !== 'if',
  );
}
