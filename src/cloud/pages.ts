import { CloudError } from '../model/errors.ts';

/** One page, and where the next one starts; `undefined` on the last. */
export interface Page<T, Cursor> {
  readonly items: readonly T[];
  readonly next: Cursor | undefined;
}

const MOST_PAGES = 10_000;

/**
 * All items of a list. An item that moved to a later page while it was read counts once.
 *
 * @throws CloudError `UNEXPECTED_ANSWER` when the list goes round in circles, or on and on: what was read so far would prove
 *   that something is absent, and it may not be
 */
export async function allPages<T, Cursor>(
  facts: { readonly api: string; readonly operation: string },
  first: Cursor,
  idOf: (item: T) => string,
  ask: (cursor: Cursor) => Promise<Page<T, Cursor>>,
): Promise<readonly T[]> {
  const found = new Map<string, T>();
  const cursors = new Set<string>();
  let before = '';
  let cursor: Cursor | undefined = first;
  while (cursor !== undefined) {
    if (cursors.has(JSON.stringify(cursor))) throw endless(facts, 'it leads back to a page that was read');
    if (cursors.size >= MOST_PAGES) throw endless(facts, `it has more than ${MOST_PAGES} pages`);
    cursors.add(JSON.stringify(cursor));
    const page: Page<T, Cursor> = await ask(cursor);
    const ids = JSON.stringify(page.items.map(idOf));
    if (page.items.length > 0 && page.next !== undefined && ids === before) {
      throw endless(facts, 'one page is the same as the one before');
    }
    before = ids;
    for (const item of page.items) {
      if (!found.has(idOf(item))) found.set(idOf(item), item);
    }
    cursor = page.next;
  }
  return [...found.values()];
}

function endless({ api, operation }: { readonly api: string; readonly operation: string }, why: string): CloudError {
  return new CloudError('UNEXPECTED_ANSWER', { api, operation }, `${api}, ${operation}: the list has no end: ${why}`);
}

/** A query parameter of a link to the next page, absolute or not. */
export function parameterOf(link: string | undefined, name: string): string | undefined {
  if (link === undefined || !URL.canParse(link, 'http://next')) return undefined;
  return new URL(link, 'http://next').searchParams.get(name) ?? undefined;
}
