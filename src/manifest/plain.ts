import { type Alias, isAlias, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Problem } from '../model/errors.ts';
import { FORBIDDEN_KEYS, type Json } from '../model/json.ts';
import type { Location } from '../model/resource.ts';
import type { Fault } from './fault.ts';
import { MAX_DEPTH } from './parse.ts';
import { inWords, pointerTo } from './pointer.ts';
import { placeOf } from './source.ts';
import type { Written } from './written.ts';

/** How many nodes all aliases of a document may stand for, together. A manifest that repeats itself needs hundreds. */
const MAX_EXPANDED = 100_000;

/**
 * A document as plain data. What cannot be plain data (or should not) is a fault, and left out; a number that cannot be
 * held is left as its text.
 *
 * @param isNames whether the members of the map at a pointer are resources, whose names clash in other words
 */
export function toPlain(
  written: Written,
  isNames: (pointer: string) => boolean,
): { value: Json; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const walk: Walk = { written, isNames, faults, open: new Set(), expanded: 0, alias: undefined };
  return { value: plain(walk, written.contents, { pointer: '', depth: 1 }), faults };
}

interface Walk {
  readonly written: Written;
  readonly isNames: (pointer: string) => boolean;
  readonly faults: Fault[];
  /** Alias targets that are being walked. */
  readonly open: Set<ParsedNode>;
  expanded: number;
  /** The outermost alias that is being expanded. */
  alias: Alias.Parsed | undefined;
}

interface Spot {
  readonly pointer: string;
  /** Of the maps and lists around it, and itself. */
  readonly depth: number;
}

function plain(walk: Walk, node: ParsedNode | null, spot: Spot): Json {
  if (node === null || isSpent(walk, spot)) return null;
  if (isAlias(node)) return aliased(walk, node, spot);
  if (isScalar(node)) return scalar(walk, node, spot);
  if (spot.depth > MAX_DEPTH) {
    // Only aliases lead here; the parser has counted what is written.
    const message = `aliases nest maps and lists deeper than ${MAX_DEPTH} levels`;
    tell(walk, { node: walk.alias ?? node, ...spot }, { code: 'NESTING_TOO_DEEP', message });
    return null;
  }
  return isSeq(node) ? node.items.map((item, index) => plain(walk, item, inside(spot, index))) : map(walk, node, spot);
}

/** Whether the aliases have used up what they may expand to. Told once; everything after it is silent. */
function isSpent(walk: Walk, spot: Spot): boolean {
  if (walk.alias === undefined) return false;
  walk.expanded += 1;
  if (walk.expanded === MAX_EXPANDED + 1) {
    const message = `aliases expand to more than ${MAX_EXPANDED} values`;
    tell(walk, { node: walk.alias, ...spot }, { code: 'ALIAS_EXPANSION', message });
  }
  return walk.expanded > MAX_EXPANDED;
}

function map(walk: Walk, node: YAMLMap.Parsed, spot: Spot): Json {
  const members: Record<string, Json> = {};
  const keys = new Map<string, ParsedNode>();
  const names = walk.isNames(spot.pointer);
  for (const { key, value } of node.items) {
    const name = nameOf(walk, key, spot);
    if (name === undefined) continue;
    const first = keys.get(name);
    if (first === undefined) {
      keys.set(name, key);
      members[name] = plain(walk, value, inside(spot, name));
      continue;
    }
    const also = placeIn(walk.written, first);
    const [code, said] = names ? (['DUPLICATE_NAME', 'declared'] as const) : (['DUPLICATE_KEY', 'said'] as const);
    const message = `"${name}" is ${said} twice in ${inWords(spot.pointer)}`;
    tell(walk, { node: key, pointer: pointerTo(spot.pointer, name) }, { code, message, also });
  }
  return members;
}

/** @returns undefined, after telling, when this cannot be a field's name */
function nameOf(walk: Walk, key: ParsedNode, { pointer }: Spot): string | undefined {
  const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
  const source = isScalar(key) ? key.source : '';
  const at = { node: key, pointer: pointerTo(pointer, name ?? source) };
  if (name === undefined) {
    const remedy = source === '' ? 'Write a name.' : `Put it in quotes: "${source}".`;
    tell(walk, at, { code: 'WRONG_TYPE', message: `a key in ${inWords(pointer)} is not text`, remedy });
    return undefined;
  }
  if (FORBIDDEN_KEYS.has(name)) {
    tell(walk, at, { code: 'FORBIDDEN_KEY', message: `no manifest may use the key ${name}` });
    return undefined;
  }
  if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
    const remedy = 'YAML 1.2 has no merge keys: say the fields again, or use an alias for the whole map.';
    tell(walk, at, { code: 'UNKNOWN_FIELD', message: `"<<" is not a field of ${inWords(pointer)}`, remedy });
    return undefined;
  }
  return name;
}

function aliased(walk: Walk, node: Alias.Parsed, spot: Spot): Json {
  const target = walk.written.targets.get(node);
  if (target === undefined) {
    const message = `no anchor &${node.source} stands before this alias`;
    tell(walk, { node, ...spot }, { code: 'YAML_SYNTAX', message });
    return null;
  }
  if (walk.open.has(target)) {
    const message = `the alias *${node.source} stands inside what it names`;
    tell(walk, { node: walk.alias ?? node, ...spot }, { code: 'ALIAS_EXPANSION', message });
    return null;
  }
  const outermost = walk.alias === undefined;
  if (outermost) walk.alias = node;
  walk.open.add(target);
  const value = plain(walk, target, spot);
  walk.open.delete(target);
  if (outermost) walk.alias = undefined;
  return value;
}

function scalar(walk: Walk, node: Scalar.Parsed, spot: Spot): Json {
  const { value, source } = node;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value) && isExact(value, source)) return value;
  const message = `the number ${source} cannot be held exactly`;
  tell(walk, { node, ...spot }, { code: 'INVALID_VALUE', message, remedy: 'If it is text, put it in quotes.' });
  return source;
}

/** An integer beyond 2^53 changes when it is read as a number: an account id of digits only, for example. */
function isExact(value: number, source: string): boolean {
  return Number.isSafeInteger(value) || !/^[-+]?(?:\d+|0[xo][0-9a-fA-F]+)$/.test(source);
}

function tell(
  { written, faults }: Walk,
  { node, pointer }: { node: ParsedNode; pointer: string },
  what: Omit<Problem, 'severity' | 'at'>,
): void {
  faults.push({ pointer, problem: { ...what, severity: 'error', at: placeIn(written, node) } });
}

function placeIn({ source }: Written, { range: [start, end] }: ParsedNode): Location {
  return placeOf(source, start, end);
}

function inside({ pointer, depth }: Spot, segment: string | number): Spot {
  return { pointer: pointerTo(pointer, segment), depth: depth + 1 };
}
