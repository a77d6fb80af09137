import type { Json } from '../model/json.ts';

/** Far below the parser's limits: what comes near them is its business. */
const MAX_LENGTH = 2_000_000;
const MAX_DEPTH = 20;

const START = /(?: *(?:#[^\n]*)?\n)*(?:---\n)?/y;
const BLANK = /(?: *(?:#[^\n]*)?\n)*/y;
const ENTRY = /( *)(?:([A-Za-z][\w-]{0,99}):|-)(?=[ \n])/y;
const GAP = / */y;
const REST = /(?: +#[^\n]*| *)\n/y;
const QUOTED = /"([^"\\\n]*)"|'([^'\n]*)'(?!')/y;
/** Words with a space between them. A colon is text before anything but a space; in brackets, before no bracket or comma. */
const IN_BLOCK = /[\w/$](?:[\w./@+~=,;(){}$'-]|:(?![ \n])| (?=[\w./@+~=,;(){}$'-]))*/y;
const IN_BRACKETS = /[\w/$](?:[\w./@+~=;()$'-]|:(?![ \n,[\]{}])| (?=[\w./@+~=;()$'-]))*/y;
const FIELD = /([A-Za-z][\w-]{0,99}): +/y;
const COMMA = / *, */y;

/** What YAML's core schema makes of a word that is not text; of the numbers only those that need no thought are read here. */
const NOT_TEXT = /^(?:null|true|false)$|^\d[\d.]*(?:e[-+]?\d*)?$|^0[xo]/i;
const INTEGER = /^(?:0|[1-9]\d{0,14})$/;

type Members = Record<string, Json>;

/** A map or a list that is being read, and the column that its entries begin in. */
type Open = { readonly indent: number } & (
  | { readonly map: Members; readonly list?: never }
  | { readonly list: Json[]; readonly map?: never }
);

interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * A manifest of the usual form as plain data, for an eighth of what the YAML parser takes: maps in blocks, lists of
 * scalars, brackets on one line, words and plain quotes, comments. It never judges: whatever it does not know, every
 * mistake among it, is left to the parser.
 *
 * @returns undefined for everything but one document that the parser reads without a word, as the same data
 */
export function readQuickly(given: string): Members | undefined {
  if (given.length > MAX_LENGTH || /[\r\t\u2028\u2029\ufeff]/.test(given)) return undefined;
  const cursor: Cursor = { text: given.endsWith('\n') ? given : `${given}\n`, at: 0 };
  const root: Members = {};
  const opened: Open[] = [{ indent: 0, map: root }];
  /** The field after whose colon nothing stood. */
  let waiting: { readonly map: Members; readonly name: string; readonly indent: number } | undefined;
  take(cursor, START);
  while (take(cursor, BLANK) && cursor.at < cursor.text.length) {
    const entry = take(cursor, ENTRY);
    if (entry === undefined) return undefined;
    const [, { length: indent } = '', name] = entry;
    if (waiting !== undefined) {
      const inner = openedBy(waiting, indent, name === undefined);
      if (inner === undefined || opened.length > MAX_DEPTH) return undefined;
      opened.push(inner);
      waiting = undefined;
    }
    const into = innermost(opened, indent, name === undefined);
    if (into === undefined) return undefined;
    if (into.map !== undefined && name !== undefined && take(cursor, REST)) {
      waiting = { map: into.map, name, indent };
      if (!isNew(into.map, name)) return undefined;
      continue;
    }
    take(cursor, GAP);
    const value = readValue(cursor, IN_BLOCK, 0);
    if (value === undefined || !take(cursor, REST)) return undefined;
    if (into.list !== undefined) into.list.push(value);
    else if (name === undefined || !isNew(into.map, name)) return undefined;
    else into.map[name] = value;
  }
  return waiting === undefined && Object.keys(root).length > 0 ? root : undefined;
}

/** Makes what stands below a field. A list may begin in the field's own column. */
function openedBy(
  { map, name, indent }: { map: Members; name: string; indent: number },
  column: number,
  isList: boolean,
): Open | undefined {
  if (column < indent || (column === indent && !isList)) return undefined;
  const opened = isList ? { indent: column, list: [] } : { indent: column, map: {} };
  map[name] = opened.list ?? opened.map;
  return opened;
}

/** Ends what the column has left. */
function innermost(opened: Open[], indent: number, isItem: boolean): Open | undefined {
  for (let last = opened.at(-1); last !== undefined; last = opened.at(-1)) {
    if (last.indent < indent) return undefined;
    if (last.indent === indent && (last.list !== undefined) === isItem) return last;
    opened.pop();
  }
  return undefined;
}

function readValue(cursor: Cursor, words: RegExp, depth: number): Json | undefined {
  const first = cursor.text[cursor.at];
  if (first === '"' || first === "'") {
    const quoted = take(cursor, QUOTED);
    return quoted?.[1] ?? quoted?.[2];
  }
  if (first === '[') return readList(cursor, depth + 1);
  if (first === '{') return readMap(cursor, depth + 1);
  const word = take(cursor, words)?.[0];
  if (word === undefined || !NOT_TEXT.test(word)) return word;
  if (word === 'true' || word === 'false') return word === 'true';
  return INTEGER.test(word) ? Number(word) : undefined;
}

function readList(cursor: Cursor, depth: number): Json | undefined {
  const list: Json[] = [];
  const read = (): boolean => {
    const item = readValue(cursor, IN_BRACKETS, depth);
    if (item !== undefined) list.push(item);
    return item !== undefined;
  };
  return readAll(cursor, ']', depth, read) ? list : undefined;
}

function readMap(cursor: Cursor, depth: number): Json | undefined {
  const map: Members = {};
  const read = (): boolean => {
    const name = take(cursor, FIELD)?.[1];
    const value = name === undefined ? undefined : readValue(cursor, IN_BRACKETS, depth);
    if (name === undefined || value === undefined || !isNew(map, name)) return false;
    map[name] = value;
    return true;
  };
  return readAll(cursor, '}', depth, read) ? map : undefined;
}

/** From one bracket to the other, with a comma between one and the next. */
function readAll(cursor: Cursor, end: string, depth: number, read: () => boolean): boolean {
  cursor.at += 1;
  take(cursor, GAP);
  if (depth > MAX_DEPTH) return false;
  if (cursor.text[cursor.at] !== end) {
    do if (!read()) return false;
    while (take(cursor, COMMA));
    take(cursor, GAP);
  }
  if (cursor.text[cursor.at] !== end) return false;
  cursor.at += 1;
  return true;
}

/** A key said twice, one that is not text and one that reaches JavaScript's own machinery have their problems elsewhere. */
function isNew(map: Members, name: string): boolean {
  return !Object.hasOwn(map, name) && !(name in Object.prototype) && name !== 'prototype' && !NOT_TEXT.test(name);
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return undefined;
  cursor.at = pattern.lastIndex;
  return found;
}
