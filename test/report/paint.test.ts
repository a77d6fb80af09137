import { describe, expect, test } from '@jest/globals';
import { wrap } from '../../src/report/paint.ts';

describe('text in lines', () => {
  test.each<[string, string, readonly string[]]>([
    ['is broken at spaces', 'one two three', ['> one two', '> three']],
    ['keeps a word that is too long whole', 'a incomprehensible b', ['> a', '> incomprehensible', '> b']],
    ['keeps what is to be copied on one line', 'add `--allow a:b` or not', ['> add', '> `--allow a:b`', '> or not']],
    ['keeps its punctuation with it', 'so (`a b c`), it is', ['> so', '> (`a b c`),', '> it is']],
    ['takes a backtick alone for a character', 'it`s so so so', ['> it`s so', '> so so']],
    [
      'keeps YAML to paste as it is',
      'paste\nkeys:\n  k: { a: b, c: d }\n',
      ['> paste', '> keys:', '>   k: { a: b, c: d }', '> '],
    ],
    ['keeps two spaces in a name', 'a  b', ['> a  b']],
    ['of nothing is one line', '', ['> ']],
  ])('%s', (_title, text, lines) => {
    expect(wrap(text, '> ', 11).split('\n')).toEqual(lines);
  });
});
