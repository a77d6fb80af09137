// biome-ignore-all lint/suspicious/noTemplateCurlyInString: manifests write variables so
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseFully, parseYaml } from '../../src/manifest/parse.ts';
import { toPlain } from '../../src/manifest/plain.ts';
import { readQuickly } from '../../src/manifest/quick.ts';
import { sourceOf } from '../../src/manifest/source.ts';
import { head } from './reading.ts';

/** What was read without the parser; `undefined`: it was left to the parser. */
function quickly(text: string): unknown {
  return parseYaml(sourceOf('m.yaml', text)).documents[0]?.data;
}

/** That the parser reads the same and has nothing to tell. @returns whether it was read without it */
function expectSame(text: string): boolean {
  const data = quickly(text);
  if (data === undefined) return false;
  const { documents, problems } = parseFully(sourceOf('m.yaml', text));
  const read = documents.map((document) => toPlain(document, () => false));
  expect({ text, problems, read }).toEqual({ text, problems: [], read: [{ value: data, faults: [] }] });
  // The order of members too: a plan's is made from it.
  expect(JSON.stringify(read[0]?.value)).toBe(JSON.stringify(data));
  return true;
}

/** Of texts of which a good part, but not all, is read without the parser. */
function expectSameOfMany(texts: fc.Arbitrary<string>, numRuns: number): void {
  let taken = 0;
  const property = fc.property(texts, (text) => {
    if (expectSame(text)) taken += 1;
  });
  fc.assert(property, { numRuns });
  expect(taken).toBeGreaterThan(numRuns / 20);
  expect(taken).toBeLessThan(numRuns);
}

describe('is read without the parser, as the same data', () => {
  test.each([
    ['blocks', 'keys:\n  a:\n    instance: vault\n  b: {}\n'],
    ['lists in blocks', 'a:\n  roles:\n    - Reader\n    - Key Purge\nb:\n- 1\n- [x]\nc: 2\n'],
    ['brackets', 'a: { b: [c, "d, e", {}], f: { g: h } } # said\nb: [ ]\n'],
    ['comments and empty lines', '# one\n\n---\na: b # two\n   # three\nc: # four\n  # five\n\n  d: e'],
    ['scalars', 'a: true\nb: 30\nc: 0\nd: 2030-01-01T00:00:00Z\ne: 0123456789abcdef\nf: yes\ng: 1.2.3.x\n'],
    ['CRNs', `a: crn:v1:bluemix:public:kms:us-south:a/${'0'.repeat(32)}:1::x\nb: [crn:v1:b]\n`],
    ['variables', 'a: ${var.x}\nb: pre-${var.x}\nc: "${var.x} # no"\n'],
    ['quotes', `a: 'it is # "so"'\nb: "it's"\nc: ''\nd: "a:  b "\n`],
    ['sentences', "a: it's fine, or (rather) not: one\n".replace(': one', ':one')],
  ])('%s', (_, text) => {
    expect(expectSame(text)).toBe(true);
  });

  test('the manifests of examples/', () => {
    const files = readdirSync('examples', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.ya?ml$/.test(file),
    );
    const left = files.filter((file) => !expectSame(readFileSync(join('examples', file), 'utf8')));
    expect({ files: files.length > 5, left }).toEqual({ files: true, left: [] });
  });
});

test.each([
  ['nothing', '# nothing\n'],
  ['no map', '- a\n'],
  ['a field without a value', 'a:\nb: 1\n'],
  ['null', 'a: null\n'],
  ['a number that needs thought', 'a: 0x1F\nb: 1e3\n'],
  ['an integer that cannot be held', `a: ${'9'.repeat(20)}\n`],
  ['a key said twice', 'a: 1\na: 2\n'],
  ['a key said twice in brackets', 'a: { b: 1, b: 2 }\n'],
  ['a key that is no text', 'true: 1\n'],
  ['a forbidden key', 'constructor: 1\n'],
  ['text over two lines', 'a: one\n  two\n'],
  ['a block of lines', 'a: |\n  one\n'],
  ['an anchor', 'a: &x b\n'],
  ['a tag', 'a: !!str b\n'],
  ['two documents', 'a: 1\n---\nb: 1\n'],
  ['an escape', 'a: "\\n"\n'],
  ['a tab', 'a:\tb\n'],
  ['another line break', 'a: b\r\n'],
  ['a colon in the wrong place', 'a: b: c\n'],
  ['columns that do not agree', 'a:\n    b: 1\n  c: 1\n'],
  ['a mistake', 'a: [b\n'],
])('%s is left to the parser', (_, text) => {
  expect(quickly(text)).toBeUndefined();
});

test('a text of megabytes costs no more than its length', () => {
  const long = 'x'.repeat(1_900_000);
  for (const text of [`a: ${long}\n`, `a: [${'x,'.repeat(900_000)}x]\n`, ' '.repeat(1_900_000), '#\n'.repeat(900_000)])
    expect(() => readQuickly(text)).not.toThrow();
});

describe('whatever is written, the parser would have read the same', () => {
  const plain = fc.constantFrom('a', 'Reader', 'a b', 'true', '12', '"q"', '{}', '[a, b]', '{ a: b, c: [d] }', 'a:b');
  /** A word a line: at the border of what is read without the parser, on either side. */
  const odd = fc.constantFrom(
    ...`a  b|True|null|~|0|-1|007|1.5|1e3|.5|0x1|9e|2030-01-01T00:00:00Z|crn:v1::|a: b|a :b|a#b|a #b|#|\${var.x}|'q'|''|"q" x
'it''s'|"a\\n"|it's|{a: b}|{ a: }|{ a }|[a b, "c"]|[a,]|[,]|{ a: b, a: c }|[a:b]|[a: b]|[\${var.x}]|[[a], {b: [c]}]|{ "a": b }
[a|a]|>|&x a|*x|!t a|@a|%a|\`a|- a|-| |é|a,b|a;b|=|<<|/a|_|a{|$|(a)|a?|[a'b]|{ a: b:c }|{ a: b: c }|{ a:b }|[a #b]|[a]#b|"a"#b
[ a , b ]|{a: {}}|a\\b|a+b~c|[]]|{}}|'a"b'|"a'b"|"a" |[ ]|{ }|[{}]|{a: 1}|[1, true]|[null]|{a: ~}|a.|a:|a::b|a,|[a,b]|a]|a}|[-]|-a`.split(
      /[|\n]/,
    ),
  );
  const word = fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: odd });
  const end = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('', '', ' ', ' # x') },
    { weight: 1, arbitrary: fc.constantFrom('#x', ' #', '\t', ' x', '  ') },
  );
  const name = fc.oneof(
    { weight: 29, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom('a', 'true', '1', 'constructor', '"q"', 'e1', '- a', '?', '---', 'a b') },
  );
  /** `deeper`: what the next line is likely to be under. */
  const line = fc.record({
    name,
    is: fc.oneof(
      { weight: 6, arbitrary: fc.constant('field') },
      { weight: 3, arbitrary: fc.constant('head') },
      { weight: 2, arbitrary: fc.constant('item') },
      { weight: 1, arbitrary: fc.constant('other') },
    ),
    word,
    end,
    colon: fc.constantFrom(': ', ': ', ': ', ':  '),
    other: fc.constantFrom('', '# x', '  # x', '     # x', '---'),
    indent: fc.oneof({ weight: 19, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1, 3, 5) }),
    odd: fc.nat(19).map((one) => one === 0),
  });
  /** Columns that mostly fit: below a head two further in, else where a line before was. */
  const lines = fc.array(line, { minLength: 1, maxLength: 9 }).map((all) => {
    const columns = [0];
    let below = false;
    let inList = false;
    const texts = all.map(({ name: given, is, word: value, end: rest, colon, other, indent, odd: off }, index) => {
      if (is === 'other') return other;
      const isItem = is === 'item' && (below || inList);
      if (below) columns.push((columns.at(-1) ?? 0) + (isItem ? indent % 2 : 1) * 2);
      else if (!(inList && isItem)) columns.length = Math.max(1, columns.length - (indent % columns.length));
      const column = Math.max(0, (columns.at(-1) ?? 0) + (off ? indent - 1 : 0));
      below = is === 'head';
      inList = isItem;
      const label = given === '' ? `k${index}` : given;
      const text = isItem ? `- ${value}` : is === 'head' ? `${label}:` : `${label}${colon}${value}`;
      return `${' '.repeat(column)}${text}${rest}`;
    });
    return `${texts.join('\n')}\n`;
  });

  test('lines that fit together or not', () => {
    expectSameOfMany(lines, 1000);
  });

  test('a manifest with pieces put in and cut out', () => {
    const base = `${head}defaults: { region: us-south }
# all of it
keys:
  dv-root:
    instance: vault # one
    description: "text of \${var.x} words"
    aliases: [a, 'b c']
    rotation:
      intervalMonths: 3

authorizations:
  reads:
    roles:
    - Reader
    - Writer
    target: { key: dv-root }
`;
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom(...'[]{}:,-?&*!|>%@#"\'\n\t \\~<0e.'),
      fc.constantFrom(
        '\n  ',
        ': ',
        '- ',
        ' #',
        '\n---\n',
        '\r\n',
        '\u2028',
        '\ufeff',
        '\u0085',
        '\n  # x\n',
        '\n\n',
        '\n- ',
        'null',
      ),
    );
    const edit = fc.tuple(fc.nat(base.length), fc.nat(3), piece);
    const edited = fc
      .array(edit, { minLength: 1, maxLength: 2 })
      .map((edits) =>
        edits.reduce((text, [at, cut, put]) => `${text.slice(0, at)}${put}${text.slice(at + cut)}`, base),
      );
    expectSameOfMany(edited, 600);
  });
});
