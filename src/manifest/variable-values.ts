import { isScalar, parseDocument } from 'yaml';
import type { Problem } from '../model/errors.ts';
import { isObject, type Json } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { locate } from './locate.ts';
import { parseYaml } from './parse.ts';
import { toPlain } from './plain.ts';
import { inWords, pointerTo } from './pointer.ts';
import type { Source } from './source.ts';
import type { Written } from './written.ts';

export type VariableValue = string | number | boolean;

/** What each declared variable stands for. */
export type Values = ReadonlyMap<string, { readonly value: VariableValue } | 'unset'>;

export interface Settings {
  /** `name=value`, as after --var; later ones win. */
  readonly flags: readonly string[];
  /** Files that hold one flat map each; later ones win. */
  readonly files: readonly Source[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PREFIX = 'KEYSTEAD_VAR_';

/**
 * Settles each declared variable: --var, then --var-file, then KEYSTEAD_VAR_name, then its default.
 *
 * A flag for a variable that is not declared is an error, since it was typed for this run; in a file, which may serve
 * several stacks, it is a warning; in the environment it is nothing.
 *
 * @param documents the manifest's documents as plain data; `variables` of any shape
 */
export function settleVariables(
  documents: readonly Json[],
  settings: Settings,
): { values: Values; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values = new Map<string, { value: VariableValue } | 'unset'>();
  for (const [name, value] of declaredIn(documents)) {
    const set = settings.env[`${PREFIX}${name}`] ?? value;
    values.set(name, set === undefined ? 'unset' : { value: set });
  }
  const declared = [...values.keys()];
  const undeclared = (name: string): Pick<Problem, 'message' | 'remedy' | 'code'> => {
    const near = nearest(name, declared);
    const remedy = near === undefined ? `Declare it: variables: { ${name}: {} }` : `Did you mean ${near}?`;
    return { code: 'VARIABLE_UNKNOWN', message: `the variable ${name} is not declared`, remedy };
  };
  for (const file of settings.files) {
    const read = valuesIn(file);
    problems.push(...read.problems);
    for (const { name, value, written } of read.entries) {
      if (values.has(name)) values.set(name, { value });
      else problems.push({ ...undeclared(name), severity: 'warning', at: locate(written, pointerTo('', name), 'key') });
    }
  }
  for (const flag of settings.flags) {
    const [, name, value] = /^([a-z0-9_]+)=(.*)$/s.exec(flag) ?? [];
    if (name === undefined || value === undefined) problems.push(notAFlag(flag));
    else if (values.has(name)) values.set(name, { value });
    else
      problems.push({ ...undeclared(name), severity: 'error', message: `--var ${name}: the variable is not declared` });
  }
  return { values, problems };
}

/** A word or a quoted text: nothing else can be one scalar and more than the text that it is. */
const SCALAR = /^(?:[-+.\w~]+|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')$/s;

/**
 * A text as YAML 1.2 reads a scalar: a number, true, false, null, or text, which quotes may protect. Anything that would
 * be more than a scalar is text, and so is a number that cannot be held exactly (an account id of digits only).
 */
export function readScalar(text: string): Json {
  if (!SCALAR.test(text)) return text;
  const { contents, errors } = parseDocument(text, { schema: 'core', logLevel: 'silent' });
  if (errors.length > 0 || !isScalar(contents)) return text;
  const { value, range } = contents;
  // A marker such as `---` is followed by an empty scalar.
  if (range[1] - range[0] !== text.length) return text;
  if (typeof value !== 'number') return value === null || typeof value === 'boolean' ? value : String(value);
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value)) ? value : text;
}

function* declaredIn(documents: readonly Json[]): Generator<[string, VariableValue | undefined]> {
  for (const document of documents) {
    const block = isObject(document) ? document['variables'] : undefined;
    if (!isObject(block)) continue;
    for (const [name, variable] of Object.entries(block)) {
      const value = isObject(variable) ? variable['default'] : undefined;
      yield [name, isVariableValue(value) ? value : undefined];
    }
  }
}

interface Entry {
  readonly name: string;
  readonly value: VariableValue;
  readonly written: Written;
}

function valuesIn(source: Source): { entries: Entry[]; problems: Problem[] } {
  const parsed = parseYaml(source);
  const problems = [...parsed.problems];
  const entries: Entry[] = [];
  for (const written of parsed.documents) {
    const { value, faults } = toPlain(written, () => false);
    problems.push(...faults.map((fault) => fault.problem));
    const told = (pointer: string, message: string) =>
      problems.push({ code: 'VARIABLE_SOURCE', severity: 'error', message, at: locate(written, pointer) });
    if (!isObject(value)) {
      told('', 'a --var-file is one flat map of names and values');
      continue;
    }
    for (const [name, member] of Object.entries(value)) {
      const pointer = pointerTo('', name);
      if (isVariableValue(member)) entries.push({ name, value: member, written });
      else told(pointer, `${inWords(pointer)} must be text, a number or a boolean`);
    }
  }
  return { entries, problems };
}

function isVariableValue(value: unknown): value is VariableValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function notAFlag(flag: string): Problem {
  // Not the whole: what was typed may hold a secret.
  const name = flag.split('=', 1)[0] ?? '';
  return {
    code: 'VARIABLE_SOURCE',
    severity: 'error',
    message: `--var ${name} is not of the form name=value`,
    remedy: 'Names are lower-case letters, digits and underscores, for example --var workers=3.',
  };
}
