import type { Desk } from './desk.ts';
import type { Key } from './state.ts';

/** A search over names and aliases. */
export interface Search {
  readonly text: string;
  readonly scopes: readonly ('name' | 'alias')[];
  readonly not: boolean;
  readonly exact: boolean;
  /** As `metadata.searchQuery` repeats it. */
  readonly shown: Readonly<Record<string, unknown>>;
}

/** Source: Key Protect reference, "List" (`search` grammar): prefixes in any order, `escape:` ends them. */
export function readSearch(desk: Desk): Search | undefined {
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
 *
 * @throws ApiError 400 `KEY_SEARCH_TOO_BROAD`
 */
export function search(desk: Desk, candidates: readonly Key[], asked: Search): Found {
  const metadata = { searchQuery: asked.shown };
  const named = asked.not ? undefined : candidates.find((key) => key.id === asked.text || isAliasHit(key, asked));
  if (candidates.length > searchSpace) {
    if (named !== undefined) return { hits: [named], metadata: { ...metadata, incompleteSearch: true } };
    const message = `A search looks through ${searchSpace} keys at most: Please narrow it by state, extractable or ring`;
    throw desk.refuse({ status: 400, code: 'KEY_SEARCH_TOO_BROAD', message });
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
