/** One page, and where the next one starts; `undefined` on the last. */
export interface Page<T, Cursor> {
  readonly items: readonly T[];
  readonly next: Cursor | undefined;
}

/** All items of a list. An item that moved to a later page while it was read counts once. */
export async function allPages<T, Cursor>(
  first: Cursor,
  idOf: (item: T) => string,
  ask: (cursor: Cursor) => Promise<Page<T, Cursor>>,
): Promise<readonly T[]> {
  const found = new Map<string, T>();
  let cursor: Cursor | undefined = first;
  while (cursor !== undefined) {
    const page: Page<T, Cursor> = await ask(cursor);
    for (const item of page.items) {
      if (!found.has(idOf(item))) found.set(idOf(item), item);
    }
    cursor = page.next;
  }
  return [...found.values()];
}

/** A query parameter of a link to the next page, absolute or not. */
export function parameterOf(link: string | undefined, name: string): string | undefined {
  if (link === undefined || !URL.canParse(link, 'http://next')) return undefined;
  return new URL(link, 'http://next').searchParams.get(name) ?? undefined;
}
