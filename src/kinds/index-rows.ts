/**
 * Rows of a list by what they are looked up by. A list is answered once a `Reader`, so its index is made once, too.
 *
 * @param wordsOf what a row is found by: its id, or any of its names
 */
export function indexedBy<Row extends object>(
  wordsOf: (row: Row) => readonly string[],
): (rows: readonly Row[]) => ReadonlyMap<string, readonly Row[]> {
  const indexes = new WeakMap<readonly Row[], ReadonlyMap<string, readonly Row[]>>();
  return (rows) => {
    const known = indexes.get(rows);
    if (known !== undefined) return known;
    const index = new Map<string, Row[]>();
    for (const row of rows) {
      for (const word of wordsOf(row)) {
        const some = index.get(word);
        if (some === undefined) index.set(word, [row]);
        else some.push(row);
      }
    }
    indexes.set(rows, index);
    return index;
  };
}
