import { mayOnPlatform } from '../../core/account/platform.ts';
import { isObject, type Members } from '../../core/json.ts';
import { badRequest, plainDialect as dialect } from '../../core/words/words.ts';
import { type Call, type Operation, operationsOf, type Reply, type World } from '../../core/world.ts';
import { readQuery, valuesOf } from './query.ts';
import { type Document, index } from './state.ts';

export { reactions, timers } from './state.ts';

const defaultPage = 10;
/** UNSURE in the reference. */
const largestPage = 1000;
const defaultFields = ['account_id', 'name', 'type', 'family', 'crn'];

/** What a search goes on with; it is all in the cursor, so a follow-up needs nothing else. */
interface Scroll {
  readonly query: string;
  readonly fields: readonly string[];
  readonly reclaimed: string;
  readonly sort: string;
  /** CRN of the last item shown, and how many were. */
  readonly after: string;
  readonly shown: number;
}

/**
 * `POST /v3/resources/search`: one page, and always a cursor: it ends with a page that is not full.
 * Source: platform reference, "Search".
 */
function search(world: World, call: Call): Reply {
  const scroll = readScroll(call);
  const limit = readLimit(call);
  const matches = readQuery(call, scroll.query);
  const account = call.query.get('account_id') ?? world.account;
  const { iamId } = call.identity;
  const { query, reclaimed, sort } = scroll;
  const { ordered, places } = world.store.remember(
    JSON.stringify([call.path, query, account, reclaimed, sort, iamId]),
    () => {
      const found = index(world.store)
        .all()
        .filter((document) => account === document.account_id && isShown(document, reclaimed) && matches(document))
        .filter(({ service_name: serviceName, service_instance: guid, name, resource_group_id: resourceGroupId }) =>
          mayOnPlatform(world, iamId, 'Viewer', { serviceName, guid, name, resourceGroupId }),
        );
      const all = inOrder(call, found, sort);
      return { ordered: all, places: new Map(all.map(({ crn }, place) => [crn, place])) };
    },
  );
  const last = places.get(scroll.after);
  const from = last === undefined ? scroll.shown : last + 1;
  const shown = ordered.slice(from, from + limit);
  const next: Scroll = { ...scroll, after: shown.at(-1)?.crn ?? scroll.after, shown: from + shown.length };
  const cursor = Buffer.from(JSON.stringify(next)).toString('base64url');
  return {
    status: 200,
    body: { search_cursor: cursor, limit, items: shown.map((document) => pick(document, scroll.fields)) },
  };
}

/** Deleted resources are not kept in this index: `is_deleted=true` finds none. */
function isShown(document: Document, reclaimed: string): boolean {
  const isReclaimed = document.doc['state'] === 'pending_reclamation';
  return reclaimed === 'any' || (reclaimed === 'true') === isReclaimed;
}

function readScroll(call: Call): Scroll {
  const body = call.body ?? {};
  if (!isObject(body)) throw badRequest(call, 'The body must be an object.');
  const { query = '*', fields = defaultFields, search_cursor: cursor } = body;
  if (cursor !== undefined) return readCursor(call, cursor);
  if (typeof query !== 'string') throw badRequest(call, 'query must be a string.');
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string'))
    throw badRequest(call, 'fields must be a list of names.');
  const reclaimed = call.query.get('is_reclaimed') ?? 'false';
  if (!['true', 'false', 'any'].includes(reclaimed)) throw badRequest(call, 'is_reclaimed must be true, false or any.');
  const deleted = call.query.get('is_deleted') ?? 'false';
  if (!['true', 'false', 'any'].includes(deleted)) throw badRequest(call, 'is_deleted must be true, false or any.');
  return {
    query: deleted === 'true' ? 'NOT *' : query,
    fields,
    reclaimed,
    sort: call.query.get('sort') ?? '',
    after: '',
    shown: 0,
  };
}

function readCursor(call: Call, cursor: unknown): Scroll {
  try {
    const scroll: unknown = JSON.parse(Buffer.from(String(cursor), 'base64url').toString());
    if (isScroll(scroll)) return scroll;
  } catch {
    // Not JSON: no cursor of ours, as below.
  }
  throw badRequest(call, 'search_cursor is not a cursor of a search.');
}

/** Only `search` writes cursors, all members at once: one stands for all. */
function isScroll(value: unknown): value is Scroll {
  return isObject(value) && 'query' in value && 'fields' in value && 'shown' in value;
}

function readLimit(call: Call): number {
  const limit = Number(call.query.get('limit') ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage)
    throw badRequest(call, `limit must be from 1 to ${largestPage}.`);
  return limit;
}

/** By `sort` (fields joined by commas, `-` before one for falling), else as the index has them. */
function inOrder(call: Call, found: readonly Document[], sort: string): readonly Document[] {
  if (sort === '') return found;
  const fields = sort.split(',');
  const stray = fields.find((field) => !/^-?[A-Za-z_][\w.]*$/.test(field));
  if (stray !== undefined) throw badRequest(call, `sort '${stray}' is not a field.`);
  return [...found].sort(
    (one, other) => fields.map((field) => compare(one, other, field)).find((way) => way !== 0) ?? 0,
  );
}

function compare(one: Document, other: Document, sort: string): number {
  const field = sort.replace(/^-/, '');
  const [left, right] = [one, other].map((document) => valuesOf(document, field).join());
  if (left === undefined || right === undefined || left === right) return 0;
  return left < right === sort.startsWith('-') ? 1 : -1;
}

/**
 * `crn` is always there, `*` is everything, `doc.state` comes inside `doc`. The tag arrays are arrays even when empty:
 * the provider panics otherwise.
 */
function pick(document: Document, fields: readonly string[]): Members {
  if (fields.includes('*')) return { ...document };
  const whole = Object.fromEntries(
    Object.entries(document).filter(([name]) => name === 'crn' || fields.includes(name)),
  );
  const parts = Object.entries(document.doc).filter(([name]) => fields.includes(`doc.${name}`));
  return whole['doc'] !== undefined || parts.length === 0 ? whole : { ...whole, doc: Object.fromEntries(parts) };
}

/** Global Search over resource instances. */
export const operations: readonly Operation[] = operationsOf({ auth: 'bearer', dialect }, [
  ['search', 'POST /v3/resources/search', search],
]);
