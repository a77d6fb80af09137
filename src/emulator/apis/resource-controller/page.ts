import { isObject } from '../../core/json.ts';
import { refuse } from '../../core/words/resources.ts';
import type { Call, World } from '../../core/world.ts';

/** UNSURE in the reference: default page, and the largest. */
const defaultPage = 100;
const largestPage = 200;

/**
 * One page of a list of Resource Controller. With `start` every filter of the request is ignored: it is in the token,
 * which stands in `next_url`.
 *
 * @param list `path`: of this list; `filters`: the query parameters that it knows; `check`: refuses a filter that makes
 * no sense; `find`: all that a query wants, in a lasting order
 * Source: platform reference, "Operations" (Resource Controller).
 */
export function page<T extends { readonly guid: string }>(
  { store }: World,
  call: Call,
  list: {
    readonly path: string;
    readonly filters: readonly string[];
    readonly find: (query: URLSearchParams) => readonly T[];
    readonly view: (item: T) => unknown;
  },
): Readonly<Record<string, unknown>> {
  const start = call.query.get('start');
  const { query, after } = start === null ? { query: filterOf(call, list.filters), after: '' } : readToken(call, start);
  const limit = readLimit(call);
  const { found, places } = store.remember(`${list.path}?${query} ${call.identity.iamId}`, () => {
    const all = list.find(query);
    return { found: all, places: new Map(all.map(({ guid }, place) => [guid, place])) };
  });
  const from = (places.get(after) ?? -1) + 1;
  const shown = found.slice(from, from + limit);
  const token = JSON.stringify({ query: query.toString(), after: shown.at(-1)?.guid ?? '' });
  const next = `${list.path}?start=${Buffer.from(token).toString('base64url')}&limit=${limit}`;
  return {
    rows_count: shown.length,
    next_url: from + limit < found.length ? next : null,
    resources: shown.map(list.view),
  };
}

/** Whether something was changed last within the times that a query gives. */
export function isUpdatedWithin(updatedAt: string, query: URLSearchParams): boolean {
  const from = Date.parse(query.get('updated_from') ?? '1970-01-01T00:00:00Z');
  const to = Date.parse(query.get('updated_to') ?? '9999-12-31T00:00:00Z');
  const updated = Date.parse(updatedAt);
  return updated >= from && updated <= to;
}

function filterOf(call: Call, filters: readonly string[]): URLSearchParams {
  const query = new URLSearchParams([...call.query].filter(([name]) => filters.includes(name)));
  for (const name of ['updated_from', 'updated_to']) {
    if (Number.isNaN(Date.parse(query.get(name) ?? '2000-01-01'))) throw refuse(call, 400, `${name} is not a date.`);
  }
  return query;
}

function readToken(call: Call, start: string): { readonly query: URLSearchParams; readonly after: string } {
  try {
    const token: unknown = JSON.parse(Buffer.from(start, 'base64url').toString());
    if (isObject(token) && 'query' in token && 'after' in token) {
      return { query: new URLSearchParams(String(token['query'])), after: String(token['after']) };
    }
  } catch {
    // Not JSON: no token of ours, as below.
  }
  throw refuse(call, 400, 'start is not a token of a list.');
}

function readLimit(call: Call): number {
  const limit = Number(call.query.get('limit') ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1) throw refuse(call, 400, 'limit must be a positive whole number.');
  return Math.min(limit, largestPage);
}
