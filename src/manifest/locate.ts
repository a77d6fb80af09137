import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import type { Location } from '../model/resource.ts';
import { segmentsOf } from './pointer.ts';
import { placeOf } from './source.ts';
import type { Written, WrittenPair } from './written.ts';

/** Which text of `key: value` a problem is about. */
export type Side = 'key' | 'value';

/**
 * The place of a JSON pointer into a document, through maps, lists and aliases; of its nearest written parent when
 * nothing stands there (a short form, a default).
 *
 * A value that is a block of lines, or nothing, is marked at its key.
 */
export function locate(written: Written, pointer: string, side: Side = 'value'): Location {
  const [start, end] = rangeOf(written, find(written, pointer), side);
  return placeOf(written.source, start, end);
}

/**
 * The place of a piece of the text at the pointer, for example a `${var.x}` inside it; all of the text when escapes hide
 * the piece.
 *
 * @param nth which of several equal pieces, from 0
 */
export function locateText(
  written: Written,
  pointer: string,
  { piece, nth }: { piece: string; nth: number },
): Location {
  const [start, end] = rangeOf(written, find(written, pointer), 'value');
  const { text } = written.source;
  let at = text.indexOf(piece, start);
  for (let skip = nth; skip > 0 && at !== -1; skip -= 1) at = text.indexOf(piece, at + 1);
  const hidden = at === -1 || at + piece.length > end;
  return hidden ? placeOf(written.source, start, end) : placeOf(written.source, at, at + piece.length);
}

interface Found {
  /** Null for the document and for items of lists. */
  readonly key: ParsedNode | null;
  /** Null where nothing stands after the colon. */
  readonly node: ParsedNode | null;
}

function find(written: Written, pointer: string): Found {
  let found: Found = { key: null, node: written.contents };
  for (const segment of segmentsOf(pointer)) {
    const inside = isAlias(found.node) ? written.targets.get(found.node) : found.node;
    if (isMap(inside)) {
      const pair = memberOf(written, inside, segment);
      if (pair === undefined) break;
      found = { key: pair.key, node: pair.value };
    } else if (isSeq(inside)) {
      const node = inside.items[Number(segment)];
      if (node === undefined) break;
      found = { key: null, node };
    } else break;
  }
  return found;
}

function memberOf(written: Written, map: YAMLMap.Parsed, name: string): WrittenPair | undefined {
  let pairs = written.members.get(map);
  if (pairs === undefined) {
    pairs = new Map();
    // Of a key said twice the first counts, as in plain.ts.
    for (const pair of map.items.toReversed()) if (isScalar(pair.key)) pairs.set(String(pair.key.value), pair);
    written.members.set(map, pairs);
  }
  return pairs.get(name);
}

function rangeOf({ contents }: Written, { key, node }: Found, side: Side): readonly [number, number] {
  const onKey = side === 'key' || node === null || isBlock(node) || isNothing(node);
  const marked = key !== null && onKey ? key : (node ?? contents);
  // A document, or a map in a list: its first key stands for it.
  const first = isBlock(marked) && isMap(marked) ? marked.items[0]?.key : undefined;
  const [start, end] = (first ?? marked).range;
  return [start, end];
}

function isBlock(node: ParsedNode): boolean {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

function isNothing(node: ParsedNode): boolean {
  return node.range[0] === node.range[1];
}
