import { addTo } from '../model/group-by.ts';

/**
 * Rows of a list by what they are looked up by. A list is answered once a `Reader`, so its index is made once, too.
 *
 * @param wordsOf what a row is found by: its id, or any of its names
 */
export function indexedBy<Row extends object>(
  wordsOf: (row: Row) => readonly string[],
): (rows: readonly Row[]) => ReadonlyMap<string, readonly Row[]> {
  const indexes = new WeakMap<readonly Row[], Map<string, Row[]>>();
  return (rows) => {
    const index = indexes.get(rows) ?? new Map<string, Row[]>();
    if (!indexes.has(rows)) for (const row of rows) for (const word of wordsOf(row)) addTo(index, word, row);
    indexes.set(rows, index);
    return index;
  };
}
