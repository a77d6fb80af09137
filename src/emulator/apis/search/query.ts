import type { Document } from './state.ts';
import { QueryError, type Token, tokensOf } from './tokens.ts';

/** As many as the search engine underneath takes by default; the length is judged. */
const largest = { tokens: 1024, characters: 32_000 };

/** Whether a document is among the results. */
export type Matcher = (document: Document) => boolean;

/**
 * Understands a query: the part of Lucene's syntax that IBM documents for Search. NOT binds closest, then AND, then OR.
 * Values are compared whole and without case (judged: how IBM analyses text is not documented); unknown fields match
 * nothing.
 *
 * @throws QueryError on what it cannot parse, also on two terms without an operator between them.
 * Source: platform reference, "Search".
 */
export function parseQuery(query: string): Matcher {
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
