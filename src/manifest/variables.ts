import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import type { Fault } from './fault.ts';
import { locateText } from './locate.ts';
import { pointerTo } from './pointer.ts';
import { readScalar, type Values, type VariableValue } from './variable-values.ts';
import type { Written } from './written.ts';

/** Where nothing is substituted, at the top of a document. */
const UNTOUCHED = new Set(['apiVersion', 'variables']);

/** What all uses in a document may put in, in characters. Without it a few long values used often would fill the memory. */
const MAX_INSERTED = 8 * 1024 * 1024;

/** A text of nothing but faulty uses should not take the place of all others. */
const MAX_TOLD = 20;

/** `${` and what follows up to the brace that closes it, if any. */
const USE = /\$\{([^}]*)(\}?)/g;

/**
 * Puts the variables' values into every text of a document. They never become structure: a text that is one variable
 * alone becomes text, a number, a boolean or null; others stay text. What was put in is not looked through again, so a
 * literal `${` can come from a variable.
 *
 * @returns texts with a fault are left as written
 */
export function substitute(written: Written, value: Json, values: Values): { value: Json; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  if (!mentionsAny(value)) return { value, faults };
  const budget = { left: MAX_INSERTED };
  const inside = (part: Json, pointer: string): Json => {
    if (typeof part === 'string') {
      return part.includes('${')
        ? inText(part, { values, budget, tell: telling(written, { pointer, text: part }, faults) })
        : part;
    }
    if (isObject(part)) return mapMembers(part, (member, name) => inside(member, pointerTo(pointer, name)));
    if (typeof part === 'object' && part !== null)
      return part.map((item, index) => inside(item, pointerTo(pointer, index)));
    return part;
  };
  if (!isObject(value)) return { value: inside(value, ''), faults };
  const substituted = mapMembers(value, (member, name) =>
    UNTOUCHED.has(name) ? member : inside(member, pointerTo('', name)),
  );
  return { value: substituted, faults };
}

function mentionsAny(value: Json): boolean {
  if (typeof value === 'string') return value.includes('${');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((part) => part !== undefined && mentionsAny(part));
}

interface Filling {
  readonly values: Values;
  /** Characters that may still be put in. */
  readonly budget: { left: number };
  /** @param use what stands in the text, and where */
  tell(use: Use, problem: Pick<Fault['problem'], 'code' | 'message' | 'remedy'>): void;
}

interface Use {
  /** All of it, from `$` to the brace. */
  readonly piece: string;
  /** Between the braces; undefined when the second is missing. */
  readonly inner: string | undefined;
  /** In the text. */
  readonly offset: number;
}

function telling(written: Written, at: { pointer: string; text: string }, faults: Fault[]): Filling['tell'] {
  let told = 0;
  return ({ piece, offset }, problem) => {
    told += 1;
    if (told > MAX_TOLD) return;
    const nth = at.text.slice(0, offset).split(piece).length - 1;
    const place = locateText(written, at.pointer, { piece, nth });
    faults.push({ pointer: at.pointer, problem: { severity: 'error', ...problem, at: place } });
  };
}

function inText(text: string, filling: Filling): Json {
  let faulty = false;
  let alone: Json | undefined;
  const replaced = text.replace(USE, (piece: string, inner: string, brace: string, offset: number) => {
    const value = lookUp({ piece, inner: brace === '' ? undefined : inner, offset }, filling);
    if (value === undefined) faulty = true;
    else if (piece === text) alone = typeof value === 'string' ? readScalar(value) : value;
    return faulty ? '' : String(value);
  });
  if (faulty) return text;
  return alone === undefined ? replaced : alone;
}

function lookUp(use: Use, { values, budget, tell }: Filling): VariableValue | undefined {
  const name = use.inner === undefined ? undefined : /^var\.([a-z0-9_]+)$/.exec(use.inner)?.[1];
  if (name === undefined) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what to write
    const remedy = 'Write ${var.name}; a literal ${ can only come from the value of a variable.';
    tell(use, { code: 'VARIABLE_SYNTAX', message: `${clip(use.piece)} is not a variable`, remedy });
    return undefined;
  }
  const value = values.get(name);
  if (value === undefined) {
    const near = nearest(name, values.keys());
    const remedy = near === undefined ? `Declare it: variables: { ${name}: {} }` : `Did you mean \${var.${near}}?`;
    tell(use, { code: 'VARIABLE_UNKNOWN', message: `the variable ${name} is not declared`, remedy });
    return undefined;
  }
  if (value === 'unset') {
    const remedy = `Set it with --var ${name}=…, in a --var-file, as KEYSTEAD_VAR_${name}, or give it a default.`;
    tell(use, { code: 'VARIABLE_UNSET', message: `nothing sets the variable ${name}`, remedy });
    return undefined;
  }
  const before = budget.left;
  budget.left -= String(value.value).length;
  if (budget.left >= 0) return value.value;
  const message = 'with the values of its variables the manifest is larger than 8 MB';
  if (before >= 0) tell(use, { code: 'FILE_TOO_LARGE', message });
  return undefined;
}

function clip(piece: string): string {
  return piece.length > 40 ? `${piece.slice(0, 40)}…` : piece;
}

function mapMembers(map: JsonObject, change: (member: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(map).map(([name, member]) => [name, member === undefined ? null : change(member, name)]),
  );
}
