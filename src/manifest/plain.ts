import { type Alias, isAlias, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Problem, ProblemCode } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import type { Fault } from './fault.ts';
import { MAX_DEPTH } from './parse.ts';
import { inWords, pointerTo } from './pointer.ts';
import { placeOf } from './source.ts';
import type { Written } from './written.ts';

/** How many nodes all aliases of a document may stand for, together. A manifest that repeats itself needs hundreds. */
const MAX_EXPANDED = 100_000;

/** They reach JavaScript's own machinery when they become members of an object. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

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
  return { value: plain(walk, written.contents, '', 1), faults };
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

function plain(walk: Walk, node: ParsedNode | null, pointer: string, depth: number): Json {
  if (node === null) return null;
  if (walk.alias !== undefined) {
    walk.expanded += 1;
    if (walk.expanded > MAX_EXPANDED) {
      // Once: everything after it is silent.
      if (walk.expanded === MAX_EXPANDED + 1) {
        tell(walk, pointer, walk.alias, 'ALIAS_EXPANSION', `aliases expand to more than ${MAX_EXPANDED} values`);
      }
      return null;
    }
  }
  if (isAlias(node)) return aliased(walk, node, pointer, depth);
  if (isScalar(node)) return scalar(walk, node, pointer);
  if (depth > MAX_DEPTH) {
    // Only aliases lead here; the parser has counted what is written.
    tell(
      walk,
      pointer,
      walk.alias ?? node,
      'NESTING_TOO_DEEP',
      `aliases nest maps and lists deeper than ${MAX_DEPTH} levels`,
    );
    return null;
  }
  if (isSeq(node)) return node.items.map((item, index) => plain(walk, item, pointerTo(pointer, index), depth + 1));
  return plainMap(walk, node, pointer, depth);
}

function plainMap(walk: Walk, node: YAMLMap.Parsed, pointer: string, depth: number): Json {
  const members: Record<string, Json> = {};
  const keys = new Map<string, ParsedNode>();
  for (const { key, value } of node.items) {
    const name = nameOf(walk, key, pointer);
    if (name === undefined) continue;
    const inside = pointerTo(pointer, name);
    const first = keys.get(name);
    if (first !== undefined) {
      tellTwice(walk, inside, name, { key, first });
      continue;
    }
    keys.set(name, key);
    members[name] = plain(walk, value, inside, depth + 1);
  }
  return members;
}

/** @returns undefined, after telling, when this cannot be a field's name */
function nameOf(walk: Walk, key: ParsedNode, pointer: string): string | undefined {
  if (!isScalar(key) || typeof key.value !== 'string') {
    const written = isScalar(key) && key.source !== '' ? key.source : undefined;
    const message = `a key in ${inWords(pointer)} is not text`;
    tell(
      walk,
      pointer,
      key,
      'WRONG_TYPE',
      message,
      written === undefined ? 'Write a name.' : `Put it in quotes: "${written}".`,
    );
    return undefined;
  }
  if (FORBIDDEN_KEYS.has(key.value)) {
    tell(walk, pointer, key, 'FORBIDDEN_KEY', `no manifest may use the key ${key.value}`);
    return undefined;
  }
  if (key.value === '<<' && key.type === 'PLAIN') {
    const remedy = 'YAML 1.2 has no merge keys: say the fields again, or use an alias for the whole map.';
    tell(walk, pointer, key, 'UNKNOWN_FIELD', `"<<" is not a field of ${inWords(pointer)}`, remedy);
    return undefined;
  }
  return key.value;
}

function aliased(walk: Walk, node: Alias.Parsed, pointer: string, depth: number): Json {
  const target = walk.written.targets.get(node);
  if (target === undefined) {
    tell(walk, pointer, node, 'YAML_SYNTAX', `no anchor &${node.source} stands before this alias`);
    return null;
  }
  if (walk.open.has(target)) {
    tell(walk, pointer, walk.alias ?? node, 'ALIAS_EXPANSION', `the alias *${node.source} stands inside what it names`);
    return null;
  }
  const outermost = walk.alias === undefined;
  if (outermost) walk.alias = node;
  walk.open.add(target);
  const value = plain(walk, target, pointer, depth);
  walk.open.delete(target);
  if (outermost) walk.alias = undefined;
  return value;
}

function scalar(walk: Walk, node: Scalar.Parsed, pointer: string): Json {
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value) && isExact(value, node.source)) return value;
  tell(
    walk,
    pointer,
    node,
    'INVALID_VALUE',
    `the number ${node.source} cannot be held exactly`,
    'If it is text, put it in quotes.',
  );
  return node.source;
}

/** An integer beyond 2^53 changes when it is read as a number: an account id of digits only, for example. */
function isExact(value: number, source: string): boolean {
  return Number.isSafeInteger(value) || !/^[-+]?(?:\d+|0[xo][0-9a-fA-F]+)$/.test(source);
}

function tellTwice(walk: Walk, pointer: string, name: string, at: { key: ParsedNode; first: ParsedNode }): void {
  const parent = pointer.slice(0, pointer.lastIndexOf('/'));
  const names = walk.isNames(parent);
  const problem: Problem = {
    code: names ? 'DUPLICATE_NAME' : 'DUPLICATE_KEY',
    severity: 'error',
    message: `"${name}" is ${names ? 'declared' : 'said'} twice in ${inWords(parent)}`,
    at: place(walk, at.key),
    also: place(walk, at.first),
  };
  walk.faults.push({ pointer, problem });
}

function tell(
  walk: Walk,
  pointer: string,
  node: ParsedNode,
  code: ProblemCode,
  message: string,
  remedy?: string,
): void {
  const problem: Problem = {
    code,
    severity: 'error',
    message,
    at: place(walk, node),
    ...(remedy === undefined ? {} : { remedy }),
  };
  walk.faults.push({ pointer, problem });
}

function place(walk: Walk, node: ParsedNode): ReturnType<typeof placeOf> {
  const [start, end] = node.range;
  return placeOf(walk.written.source, start, end);
}
