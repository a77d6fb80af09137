import type { ProblemCode } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import type { Side } from './locate.ts';
import { inWords, pointerTo } from './pointer.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import type { SchemaError } from './validators.gen.mjs';

/** A schema fault in our words, and where it belongs. */
export interface Words {
  readonly pointer: string;
  readonly side: Side;
  readonly code: ProblemCode;
  readonly message: string;
  readonly remedy?: string;
}

/** Every keyword that the schemas use has its sentence; another one is told with the schema's description. */
export function wordsFor(error: SchemaError): Words {
  const { instancePath: pointer, keyword, params, schema } = error;
  const subject = inWords(pointer);
  const invalid = (message: string, remedy?: string): Words => refused(pointer, 'INVALID_VALUE', message, remedy);
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(error, String(params['additionalProperty']));
    case 'required':
      return missingField(error, String(params['missingProperty']));
    case 'type':
      return wrongType(error);
    case 'propertyNames': {
      const name = String(params['propertyName']);
      const remedy = isObject(schema) ? patternWords(schema) : undefined;
      return {
        ...invalid(`"${name}" cannot be a name in ${subject}`, remedy),
        pointer: pointerTo(pointer, name),
        side: 'key',
      };
    }
    case 'enum':
      return notAmong(error, Array.isArray(schema) ? schema.map(String) : []);
    case 'const':
      return invalid(`${subject} must be ${String(schema)}, not ${shown(error.data)}`);
    case 'pattern':
      return invalid(`${subject} cannot be ${shown(error.data)}`, patternWords(error.parentSchema));
    case 'format':
      return invalid(`${subject} cannot be ${shown(error.data)}`, formatWords(String(schema)));
    case 'minimum':
    case 'maximum':
      return invalid(`${subject} must be ${rangeWords(error.parentSchema)}, not ${shown(error.data)}`);
    case 'minLength':
      return invalid(
        schema === 1 ? `${subject} must not be empty` : `${subject} must have at least ${schema} characters`,
      );
    case 'maxLength':
      return invalid(`${subject} must have at most ${schema} characters; it has ${String(error.data).length}`);
    case 'minItems':
    case 'minProperties':
      return invalid(
        schema === 1 ? `${subject} must not be empty` : `${subject} must have at least ${schema} entries`,
        descriptionOf(error.parentSchema),
      );
    case 'maxItems':
      return invalid(
        `${subject} must have at most ${schema} entries; it has ${lengthOf(error.data)}`,
        descriptionOf(error.parentSchema),
      );
    case 'uniqueItems': {
      const second = Math.max(Number(params['i']), Number(params['j']));
      return { ...invalid(`${subject} says one entry twice`), pointer: pointerTo(pointer, second) };
    }
    default:
      return invalid(`${subject} is not in a form that is allowed here`, descriptionOf(error.parentSchema));
  }
}

function refused(pointer: string, code: ProblemCode, message: string, remedy?: string): Words {
  return { pointer, side: 'value', code, message, ...(remedy === undefined ? {} : { remedy }) };
}

function unknownField({ instancePath, parentSchema }: SchemaError, name: string): Words {
  const fields = isObject(parentSchema['properties']) ? Object.keys(parentSchema['properties']) : [];
  const near = nearest(name, fields);
  const remedy = near === undefined ? `Its fields are ${listed(fields)}.` : `Did you mean "${near}"?`;
  const message = `"${name}" is not a field of ${inWords(instancePath)}`;
  return { ...refused(pointerTo(instancePath, name), 'UNKNOWN_FIELD', message, remedy), side: 'key' };
}

function missingField({ instancePath, parentSchema }: SchemaError, name: string): Words {
  const properties = parentSchema['properties'];
  const field = isObject(properties) ? properties[name] : undefined;
  const constant = isObject(field) ? field['const'] : undefined;
  const remedy =
    constant === undefined
      ? withName(name, isObject(field) ? descriptionOf(field) : undefined)
      : `Add ${name}: ${String(constant)}`;
  return { ...refused(instancePath, 'MISSING_FIELD', `${inWords(instancePath)} needs "${name}"`, remedy), side: 'key' };
}

function withName(name: string, description: string | undefined): string {
  return description === undefined ? `Add ${name}.` : `Add ${name}: ${description}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'empty',
};

function wrongType({ instancePath, schema, data }: SchemaError): Words {
  const wanted = (Array.isArray(schema) ? schema : [schema]).map(String);
  const is =
    data === null
      ? 'empty'
      : Array.isArray(data)
        ? 'a list'
        : isObject(data)
          ? 'a map'
          : typeof data === 'string'
            ? 'text'
            : shown(data);
  const message = `${inWords(instancePath)} must be ${wanted.map((type) => typeWords[type] ?? type).join(' or ')}, not ${is}`;
  return refused(instancePath, 'WRONG_TYPE', message, typeRemedy(wanted, data));
}

function typeRemedy(wanted: readonly string[], data: unknown): string | undefined {
  const only = wanted.length === 1 ? wanted[0] : undefined;
  if (data === null)
    return only === 'object'
      ? 'Write {} for a map without fields, or remove the line.'
      : 'Write a value, or remove the line.';
  if (wanted.includes('string') && typeof data !== 'object') return `Put it in quotes: "${String(data)}".`;
  if (only === 'array') return 'Write it as a list: [ … ].';
  if (typeof data !== 'string' || only === undefined || only === 'object') return undefined;
  const bare = only === 'boolean' ? /^(?:true|false)$/ : /^-?\d+$/;
  return bare.test(data) ? `Write ${data} without quotes.` : undefined;
}

function notAmong(error: SchemaError, values: readonly string[]): Words {
  const near = typeof error.data === 'string' ? nearest(error.data, values) : undefined;
  const message = `${inWords(error.instancePath)} must be one of ${listed(values)}, not ${shown(error.data)}`;
  return refused(
    error.instancePath,
    'INVALID_VALUE',
    message,
    near === undefined ? undefined : `Did you mean ${near}?`,
  );
}

/** The sentence that editors show too (`patternErrorMessage`), else what the field is for, else the pattern itself. */
function patternWords(schema: Readonly<Record<string, unknown>>): string {
  const words = schema['patternErrorMessage'];
  if (typeof words === 'string') return `It must be ${words}.`;
  return descriptionOf(schema) ?? `It must match ${String(schema['pattern'])}.`;
}

function formatWords(format: string): string {
  return format === 'date-time'
    ? 'It must be an RFC 3339 instant, for example 2030-01-01T00:00:00Z.'
    : `It must be a ${format}.`;
}

function rangeWords({ minimum, maximum }: Readonly<Record<string, unknown>>): string {
  if (minimum === undefined) return `at most ${String(maximum)}`;
  return maximum === undefined ? `at least ${String(minimum)}` : `from ${String(minimum)} to ${String(maximum)}`;
}

function descriptionOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  return typeof schema['description'] === 'string' ? schema['description'] : undefined;
}

function lengthOf(data: unknown): number {
  return Array.isArray(data) ? data.length : Object.keys(isObject(data) ? data : {}).length;
}

/** A value in a sentence, cut short. */
function shown(data: unknown): string {
  const text = JSON.stringify(data);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function listed(words: readonly string[]): string {
  return words.join(', ');
}
