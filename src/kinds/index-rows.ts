import { groupBy } from '../model/group-by.ts';

/**
 * Rows of a list by one of their members. A list is answered once a `Reader`, so its index is made once, too.
 */
export function indexedBy<Row extends object, Member extends keyof Row>(
  member: Member,
): (rows: readonly Row[]) => ReadonlyMap<Row[Member], readonly Row[]> {
  const indexes = new WeakMap<readonly Row[], ReadonlyMap<Row[Member], readonly Row[]>>();
  return (rows) => {
    const index = indexes.get(rows) ?? groupBy(rows, (row) => row[member]);
    indexes.set(rows, index);
    return index;
  };
}
