import type { Members } from '../../core/json.ts';
import type { Reply } from '../../core/world.ts';
import { assertRing, type Desk, keysOf, mayOn, type Permission } from './desk.ts';
import { badQuery, envelope, pageOf, readFlag, selection } from './envelope.ts';
import { readFilter } from './filter.ts';
import type { Key } from './state.ts';
import { viewKey } from './view.ts';

/** `GET /keys`; destroyed keys only when asked for. There is no `totalCount`: that is what HEAD is for. */
export function listKeys(desk: Desk): Reply {
  const now = desk.world.now();
  const { hits, metadata } = selection(desk, () => {
    const asked = readSearch(desk);
    const found = sorted(desk, selectKeys(desk, 'kms.secrets.list'));
    return asked === undefined ? { hits: found, metadata: {} } : search(desk, found, asked);
  });
  const { shown } = pageOf(desk, hits);
  return envelope(
    200,
    'key',
    shown.map((key) => viewKey(key, now)),
    metadata,
  );
}

/** `HEAD /keys`: the count alone. UNSURE in the reference: that destroyed keys do not count unless asked for. */
export function countKeys(desk: Desk): Reply {
  return { status: 200, headers: { 'Key-Total': String(selectKeys(desk, 'kms.secrets.head').length) } };
}

/** The keys that `state`, `extractable`, `filter`, the ring header and the caller's access leave. */
function selectKeys(desk: Desk, permission: Permission): readonly Key[] {
  const filter = readFilter(desk);
  const states = readStates(desk, filter.hasState ? [0, 1, 2, 3, 5] : [0, 1, 2, 3]);
  const extractable = readFlag(desk, 'extractable');
  const ring = desk.call.header('x-kms-key-ring') || undefined;
  if (ring !== undefined) assertRing(desk, ring);
  const mayList = mayOn(desk, permission);
  return keysOf(desk).filter(
    (key) =>
      mayList(key) &&
      states.includes(key.state) &&
      (extractable === undefined || key.extractable === extractable) &&
      (ring === undefined || key.keyRingId === ring) &&
      filter.holds(key),
  );
}

function readStates(desk: Desk, absent: readonly number[]): readonly number[] {
  const text = desk.call.query.get('state');
  if (text === null || text === '') return absent;
  const words = text.split(',');
  if (!words.every((word) => /^[0-5]$/.test(word))) throw badQuery(desk, 'state', 'integers from 0 to 5, by commas');
  return words.map(Number);
}

type Sortable = string | number | boolean | undefined;

const sortable = [
  'id',
  'state',
  'extractable',
  'imported',
  'creationDate',
  'lastUpdateDate',
  'lastRotateDate',
] as const;
const sortableToo = ['deletionDate', 'expirationDate'] as const;

function sorted(desk: Desk, list: readonly Key[]): readonly Key[] {
  const words = (desk.call.query.get('sort') || 'id').split(',');
  const orders = words.map((word) => {
    const name = word.replace(/^-/, '');
    const all = [...sortable, ...sortableToo];
    const field = all.find((one) => one === name);
    if (field === undefined) throw badQuery(desk, 'sort', `of ${all.join(', ')}`);
    return (one: Key, other: Key) => compare(one[field], other[field]) * (word.startsWith('-') ? -1 : 1);
  });
  return list.toSorted((one, other) => {
    for (const order of orders) {
      const result = order(one, other);
      if (result !== 0) return result;
    }
    return compare(one.id, other.id);
  });
}

/** Absent values come first. */
function compare(one: Sortable, other: Sortable): number {
  if (one === other) return 0;
  if (one === undefined) return -1;
  return other === undefined || one > other ? 1 : -1;
}

/** A search over names and aliases. */
export interface Search {
  readonly text: string;
  readonly scopes: readonly ('name' | 'alias')[];
  readonly not: boolean;
  readonly exact: boolean;
  /** As `metadata.searchQuery` repeats it. */
  readonly shown: Members;
}

/** Source: Key Protect reference, "List" (`search` grammar): prefixes in any order, `escape:` ends them. */
function readSearch(desk: Desk): Search | undefined {
  // The Go client appends a comma. Source: Key Protect reference, "Quirks an emulator must absorb".
  let rest = desk.call.query.get('search')?.replace(/,$/, '') ?? '';
  if (rest === '') return undefined;
  const prefixes = new Set<string>();
  for (let prefix = nextPrefix(rest); prefix !== undefined; prefix = nextPrefix(rest)) {
    rest = rest.slice(prefix.length + 1);
    if (prefix === 'escape') break;
    prefixes.add(prefix);
  }
  const named = (['name', 'alias'] as const).filter((scope) => prefixes.has(scope));
  const scopes = named.length === 0 ? (['name', 'alias'] as const) : named;
  const not = prefixes.has('not');
  const exact = prefixes.has('exact');
  const shown = { query: rest, scopes, ...(not ? { not } : {}), ...(exact ? { exact } : {}) };
  return { text: rest.toLowerCase(), scopes, not, exact, shown };
}

function nextPrefix(text: string): string | undefined {
  return /^(not|exact|alias|name|escape):/.exec(text)?.[1];
}

/** How many keys a search looks through. Source: Key Protect reference, "Limits". */
const searchSpace = 5000;

/** What a search finds, and what its metadata says of it. */
export interface Found {
  readonly hits: readonly Key[];
  readonly metadata: { readonly searchQuery: Search['shown']; readonly incompleteSearch?: true };
}

/**
 * The keys that match, in their order; one that the text names outright comes first, and alone where there are too many
 * to look through.
 * @throws ApiError 400 `KEY_SEARCH_TOO_BROAD`
 */
function search(desk: Desk, candidates: readonly Key[], asked: Search): Found {
  const metadata = { searchQuery: asked.shown };
  const named = asked.not ? undefined : candidates.find((key) => key.id === asked.text || isAliasHit(key, asked));
  if (candidates.length > searchSpace) {
    if (named !== undefined) return { hits: [named], metadata: { ...metadata, incompleteSearch: true } };
    const message = `A search looks through ${searchSpace} keys at most: Please narrow it by state, extractable or ring`;
    throw desk.refuse(400, 'KEY_SEARCH_TOO_BROAD', message);
  }
  const matching = candidates.filter((key) => matches(key, asked) !== asked.not);
  if (named === undefined) return { hits: matching, metadata };
  return { hits: [named, ...matching.filter((key) => key !== named)], metadata };
}

function matches(key: Key, { text, scopes, exact }: Search): boolean {
  const texts = scopes.flatMap((scope) => (scope === 'name' ? [key.name] : key.aliases));
  return texts.some((one) => (exact ? one.toLowerCase() === text : one.toLowerCase().includes(text)));
}

function isAliasHit(key: Key, { text, scopes }: Search): boolean {
  return scopes.includes('alias') && key.aliases.some((alias) => alias.toLowerCase() === text);
}
