import { describe, expect, test } from '@jest/globals';
import { giveNames, type Unnamed } from '../../src/export/names.ts';

const unnamed = (title: string, id = title, marked?: string): Unnamed => ({ id, marked, title, fallback: 'key' });
const namesOf = (...some: readonly Unnamed[]) => Object.fromEntries(giveNames(some));

describe('map keys', () => {
  test.each<[string, string]>([
    ['root', 'root'],
    ['Root Key', 'root-key'],
    ['  lake.house:eu_de  ', 'lake-house-eu-de'],
    ['Schlüssel für Köln', 'schlussel-fur-koln'],
    ['ключ', 'key'],
    ['...', 'key'],
    ['constructor', 'key'],
    ['a'.repeat(60), 'a'.repeat(46)],
    [`${'a'.repeat(45)} b`, 'a'.repeat(45)],
    ['12', '12'],
  ])('%j is %j', (title, name) => {
    expect(namesOf(unnamed(title))).toEqual({ [title]: name });
  });

  test('a mark counts more than a name, a name that fits more than one that is made to', () => {
    expect(
      namesOf(unnamed('Root', 'a'), unnamed('root', 'b'), unnamed('whatever', 'c', 'root'), unnamed('ROOT', 'd')),
    ).toEqual({ c: 'root', b: 'root-2', d: 'root-3', a: 'root-4' });
  });

  test('the same objects get the same keys in whatever order they come', () => {
    const some = [unnamed('x', '3'), unnamed('x', '1'), unnamed('X', '2'), unnamed('x-2', '4')];
    expect(namesOf(...some.toReversed())).toEqual(namesOf(...some));
    expect(namesOf(...some)).toEqual({ '1': 'x', '3': 'x-2', '4': 'x-2-2', '2': 'x-3' });
  });

  test('a number finds room in a name that is as long as can be', () => {
    const long = 'a'.repeat(46);
    expect(namesOf(unnamed(long, '1'), unnamed(long, '2'))).toEqual({ '1': long, '2': `${'a'.repeat(44)}-2` });
  });
});
