import { literalsIn } from './literals.ts';

/**
 * The titles of the tests of a source: what stands first in `test(…)`, after the table of `test.each(…)(…)`, or after the
 * status of a conformance row, which is a test each. One in a comment is none, and neither is that of a skipped test.
 */
export function titlesIn(source: string): ReadonlySet<string> {
  const code = new Set(literalsIn(source).map(unescaped));
  const called = source.matchAll(/(?:(?<![\w.])(?:test|it)\(|\)\(|\[\s*\d{3},)\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g);
  return new Set([...called].map(([, , title = '']) => unescaped(title)).filter((title) => code.has(title)));
}

/** What of a source keeps a test from running: to skip it, to run another one only. */
export function skipsIn(source: string): readonly string[] {
  return source.match(/\b(?:test|it|describe)\.(?:skip|todo|only|failing)\b|\b[xf](?:it|test|describe)\(/g) ?? [];
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(['"`])/g, '$1');
}
