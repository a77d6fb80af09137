import { badRequest } from '../../core/words/words.ts';
import type { BareCall, World } from '../../core/world.ts';
import { type Document, index } from './state.ts';

/** As many as the search engine underneath takes by default; the length is judged. */
const largest = { tokens: 1024, characters: 32_000 };

/** Whether a document is among the results. */
export type Matcher = (document: Document) => boolean;

/**
 * Understands a query: the part of Lucene's syntax that IBM documents for Search. NOT binds closest, then AND, then OR.
 * Values are compared whole and without case (judged: how IBM analyses text is not documented); unknown fields match
 * nothing.
 * @throws QueryError on what it cannot parse, also on two terms without an operator between them.
 * Source: platform reference, "Search".
 */
function parseQuery(query: string): Matcher {
  if (query.length > largest.characters) throw new QueryError(`it has more than ${largest.characters} characters`);
  const tokens = tokensOf(query);
  if (tokens.length > largest.tokens) throw new QueryError(`it has more than ${largest.tokens} parts`);
  if (tokens.length === 0) return () => true;
  const [matcher, end] = readOr(tokens, 0, undefined);
  const left = tokens[end];
  if (left !== undefined)
    throw new QueryError(left.is === ')' ? 'a parenthesis closes that was not opened' : 'an operator is missing');
  return matcher;
}

/** The value of a field by its dotted name, as texts; an array has several. */
export function valuesOf(document: Document, field: string): readonly string[] {
  let value: unknown = document;
  for (const part of field.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => ['string', 'number', 'boolean'].includes(typeof one)).map(String);
}

type Read = readonly [Matcher, number];

function readOr(tokens: readonly Token[], from: number, field: string | undefined): Read {
  let [matcher, at] = readAnd(tokens, from, field);
  while (tokens[at]?.is === 'OR') {
    const left = matcher;
    const [right, end] = readAnd(tokens, at + 1, field);
    matcher = (document) => left(document) || right(document);
    at = end;
  }
  return [matcher, at];
}

function readAnd(tokens: readonly Token[], from: number, field: string | undefined): Read {
  let [matcher, at] = readNot(tokens, from, field);
  while (tokens[at]?.is === 'AND') {
    const left = matcher;
    const [right, end] = readNot(tokens, at + 1, field);
    matcher = (document) => left(document) && right(document);
    at = end;
  }
  // `a NOT b` is `a AND NOT b`: the one place where an operator may be left out.
  if (tokens[at]?.is === 'NOT') {
    const left = matcher;
    const [right, end] = readAnd(tokens, at, field);
    return [(document) => left(document) && right(document), end];
  }
  return [matcher, at];
}

function readNot(tokens: readonly Token[], from: number, field: string | undefined): Read {
  if (tokens[from]?.is !== 'NOT') return readTerm(tokens, from, field);
  const [matcher, end] = readNot(tokens, from + 1, field);
  return [(document) => !matcher(document), end];
}

function readTerm(tokens: readonly Token[], from: number, field: string | undefined): Read {
  const token = tokens[from];
  switch (token?.is) {
    case 'term':
      return [(document) => textsOf(document, field).some((text) => token.pattern.test(text)), from + 1];
    case 'field':
      if (field !== undefined) throw new QueryError(`the field ${token.name} stands inside the field ${field}`);
      return readTerm(tokens, from + 1, token.name);
    case '(': {
      const [matcher, end] = readOr(tokens, from + 1, field);
      if (tokens[end]?.is !== ')') throw new QueryError('a parenthesis is not closed');
      return [matcher, end + 1];
    }
    default:
      throw new QueryError(token === undefined ? 'it ends too early' : `'${token.is}' stands where a term is needed`);
  }
}

/** A term without a field is looked for in all of them. */
function textsOf(document: Document, field: string | undefined): readonly string[] {
  if (field !== undefined) return valuesOf(document, field);
  return [...Object.keys(document), ...Object.keys(document.doc).map((name) => `doc.${name}`)].flatMap((name) =>
    valuesOf(document, name),
  );
}

/** A query as a matcher of documents. @throws ApiError 400 on what cannot be parsed */
export function readQuery(call: BareCall, query: string): Matcher {
  try {
    return parseQuery(query);
  } catch (error) {
    if (error instanceof QueryError) throw badRequest(call, `The query cannot be parsed: ${error.message}.`);
    throw error;
  }
}

/** The CRNs of what a query finds, as late as the index is. @throws ApiError 400 on what cannot be parsed */
export function findByQuery({ store }: World, call: BareCall, query: string): readonly string[] {
  return index(store)
    .all()
    .filter(readQuery(call, query))
    .map(({ crn }) => crn);
}

/** A piece of a query. A term keeps its backslashes' effect in `literal`: characters that stand for themselves. */
export type Token =
  | { readonly is: '(' | ')' | 'AND' | 'OR' | 'NOT' }
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'term'; readonly pattern: RegExp };

/** The query is not in the part of Lucene's syntax that is understood. */
class QueryError extends Error {}

const operators = new Map<string, 'AND' | 'OR' | 'NOT'>([
  ['AND', 'AND'],
  ['&&', 'AND'],
  ['OR', 'OR'],
  ['||', 'OR'],
  ['NOT', 'NOT'],
  ['!', 'NOT'],
]);

/**
 * Cuts a query into tokens: `field:`, terms with `*` and `?`, quoted phrases, AND, OR, NOT, parentheses; `\` takes a
 * character as it is.
 * @throws QueryError on the rest of Lucene's syntax (ranges, fuzziness, boosts, regular expressions), and on a bare `:`
 * in a value.
 */
function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = query.trimStart();
  while (rest !== '') {
    const [token, length] = nextToken(rest);
    tokens.push(token);
    rest = rest.slice(length).trimStart();
  }
  return tokens;
}

function nextToken(rest: string): readonly [Token, number] {
  const first = rest.charAt(0);
  if (first === '(' || first === ')') return [{ is: first }, 1];
  if (first === '"') {
    const phrase = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    if (phrase === null) throw new QueryError('a quote is not closed');
    return [{ is: 'term', pattern: exactly(unescaped(phrase[1] ?? '')) }, phrase[0].length];
  }
  const field = /^([A-Za-z_][\w.]*):/.exec(rest);
  if (field !== null) {
    if (/^[\s)]|^$/.test(rest.slice(field[0].length))) throw new QueryError(`the field ${field[1]} has no value`);
    return [{ is: 'field', name: field[1] ?? '' }, field[0].length];
  }
  const word = /^(?:[^\s()"\\]|\\.)+/.exec(rest)?.[0] ?? first;
  const operator = operators.get(word);
  if (operator !== undefined) return [{ is: operator }, word.length];
  const bare = word.replace(/\\./g, '');
  if (/[[\]{}^~:/+!]|^-|&&|\|\||\\/.test(bare)) throw new QueryError(`'${word}' needs quotes, or is not understood`);
  return [{ is: 'term', pattern: wildcard(word) }, word.length];
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function exactly(text: string): RegExp {
  return new RegExp(`^${quoted(text)}$`, 'i');
}

/** Wildcards work in bare terms, not in phrases. */
function wildcard(word: string): RegExp {
  const parts = word.match(/\\.|[^\\]/g) ?? [];
  const pattern = parts.map((part) =>
    part === '*' ? '.*' : part === '?' ? '.' : quoted(part.startsWith('\\') ? part.slice(1) : part),
  );
  return new RegExp(`^${pattern.join('')}$`, 'i');
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
