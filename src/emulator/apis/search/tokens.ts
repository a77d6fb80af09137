/** A piece of a query. A term keeps its backslashes' effect in `literal`: characters that stand for themselves. */
export type Token =
  | { readonly is: '(' | ')' | 'AND' | 'OR' | 'NOT' }
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'term'; readonly pattern: RegExp };

/** The query is not in the part of Lucene's syntax that is understood. */
export class QueryError extends Error {}

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
 *
 * @throws QueryError on the rest of Lucene's syntax (ranges, fuzziness, boosts, regular expressions), and on a bare `:`
 * in a value.
 */
export function tokensOf(query: string): readonly Token[] {
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
