import type { ProblemCode } from '../model/errors.ts';
import { given, isObject } from '../model/json.ts';
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
  const { instancePath: pointer, keyword, params, schema, parentSchema, data } = error;
  const subject = inWords(pointer);
  const invalid = (message: string, remedy?: string, elsewhere?: Partial<Words>): Words => ({
    ...given({ pointer, side: 'value' as const, code: 'INVALID_VALUE' as const, message, remedy }),
    ...elsewhere,
  });
  switch (keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const fields = isObject(parentSchema['properties']) ? Object.keys(parentSchema['properties']) : [];
      const near = nearest(name, fields);
      const remedy = near === undefined ? `Its fields are ${listed(fields)}.` : `Did you mean "${near}"?`;
      const at = { code: 'UNKNOWN_FIELD', pointer: pointerTo(pointer, name), side: 'key' } as const;
      return invalid(`"${name}" is not a field of ${subject}`, remedy, at);
    }
    case 'required': {
      const name = String(params['missingProperty']);
      const remedy = additionOf(name, parentSchema['properties']);
      return invalid(`${subject} needs "${name}"`, remedy, { code: 'MISSING_FIELD', side: 'key' });
    }
    case 'type': {
      const wanted = (Array.isArray(schema) ? schema : [schema]).map(String);
      const types = wanted.map((type) => typeWords[type] ?? type).join(' or ');
      const message = `${subject} must be ${types}, not ${typeOf(data)}`;
      return invalid(message, typeRemedy(wanted, data), { code: 'WRONG_TYPE' });
    }
    case 'propertyNames': {
      const name = String(params['propertyName']);
      const remedy = isObject(schema) ? patternWords(schema) : undefined;
      const at = { pointer: pointerTo(pointer, name), side: 'key' } as const;
      return invalid(`"${name}" cannot be a name in ${subject}`, remedy, at);
    }
    case 'enum': {
      const values = Array.isArray(schema) ? schema.map(String) : [];
      const near = typeof data === 'string' ? nearest(data, values) : undefined;
      const remedy = near === undefined ? undefined : `Did you mean ${near}?`;
      return invalid(`${subject} must be one of ${listed(values)}, not ${shown(data)}`, remedy);
    }
    case 'const':
      return invalid(`${subject} must be ${String(schema)}, not ${shown(data)}`);
    case 'pattern':
      return invalid(`${subject} cannot be ${shown(data)}`, patternWords(parentSchema));
    case 'format':
      return invalid(`${subject} cannot be ${shown(data)}`, formatWords(String(schema)));
    case 'minimum':
    case 'maximum':
      return invalid(`${subject} must be ${rangeWords(parentSchema)}, not ${shown(data)}`);
    case 'minLength':
      return invalid(`${subject} must ${leastWords(schema, 'characters')}`);
    case 'maxLength':
      return invalid(`${subject} must have at most ${schema} characters; it has ${String(data).length}`);
    case 'minItems':
    case 'minProperties':
      return invalid(`${subject} must ${leastWords(schema, 'entries')}`, descriptionOf(parentSchema));
    case 'maxItems': {
      const has = Array.isArray(data) ? data.length : 0;
      return invalid(`${subject} must have at most ${schema} entries; it has ${has}`, descriptionOf(parentSchema));
    }
    case 'uniqueItems': {
      const second = Math.max(Number(params['i']), Number(params['j']));
      return invalid(`${subject} says one entry twice`, undefined, { pointer: pointerTo(pointer, second) });
    }
    default:
      return invalid(`${subject} is not in a form that is allowed here`, descriptionOf(parentSchema));
  }
}

/** How to add a field that is missing: with its constant, or with what it is for. */
function additionOf(name: string, properties: unknown): string {
  const field = isObject(properties) ? properties[name] : undefined;
  if (!isObject(field)) return `Add ${name}.`;
  const constant = field['const'] === undefined ? descriptionOf(field) : String(field['const']);
  return constant === undefined ? `Add ${name}.` : `Add ${name}: ${constant}`;
}

function leastWords(least: unknown, what: string): string {
  return least === 1 ? 'not be empty' : `have at least ${String(least)} ${what}`;
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

function typeOf(data: unknown): string {
  if (data === null) return 'empty';
  if (Array.isArray(data)) return 'a list';
  if (isObject(data)) return 'a map';
  return typeof data === 'string' ? 'text' : shown(data);
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

/** A value in a sentence, cut short. */
function shown(data: unknown): string {
  const text = JSON.stringify(data);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function listed(words: readonly string[]): string {
  return words.join(', ');
}
