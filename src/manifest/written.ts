import { type Alias, isAlias, isMap, isSeq, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import type { Source } from './source.ts';

export type WrittenPair = Pair<ParsedNode, ParsedNode | null>;

/** One YAML document, as written. */
export interface Written {
  readonly source: Source;
  readonly contents: ParsedNode;
  /** What each alias stands for: the last anchor of its name before it. An alias that names none is missing here. */
  readonly targets: ReadonlyMap<Alias, ParsedNode>;
  /** Filled by locate.ts, map by map as it is asked: a search through a long map for each problem would be quadratic. */
  readonly members: Map<YAMLMap, Map<string, WrittenPair>>;
}

/** @param contents no deeper than the parser's limit, since this recurses */
export function writtenOf(source: Source, contents: ParsedNode): Written {
  const targets = new Map<Alias, ParsedNode>();
  const anchors = new Map<string, ParsedNode>();
  const visit = (node: ParsedNode | null): void => {
    if (node === null) return;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      return;
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    for (const pair of node.items) {
      visit(pair.key);
      visit(pair.value);
    }
  };
  visit(contents);
  return { source, contents, targets, members: new Map() };
}
