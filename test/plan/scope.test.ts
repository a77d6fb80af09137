import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../src/model/change.ts';
import type { Desired } from '../../src/model/resource.ts';
import { indexWanted } from '../../src/model/wanted.ts';
import { outsideOf, scopeOf } from '../../src/plan/scope.ts';
import { desiredToy } from '../helpers/toy-kind.ts';

/** a needs b, b needs c; d needs c; dead needs c and is to go; ghost needs dead, which is to go. */
const desired: readonly Desired[] = [
  desiredToy('a', {}, ['toy.b']),
  desiredToy('b', {}, ['toy.c']),
  desiredToy('c'),
  desiredToy('d', {}, ['toy.c']),
  desiredToy('dead', { state: 'absent' }, ['toy.c']),
  desiredToy('ghost', {}, ['toy.dead']),
];

const meant = (...targets: readonly string[]): string =>
  desired
    .flatMap(({ address, mark }) => (scopeOf(indexWanted(desired), targets)(address) ? [mark.name] : []))
    .join(' ');

describe('--target', () => {
  test.each<[string, readonly string[], string]>([
    ['none means everything', [], 'a b c d dead ghost'],
    ['means what it depends on, however far', ['toy.a'], 'a b c'],
    ['does not mean what depends on it', ['toy.c'], 'c'],
    ['may be several', ['toy.b', 'toy.d'], 'b c d'],
    ['that is to go means itself alone', ['toy.dead'], 'dead'],
    ['never ends what it depends on', ['toy.ghost'], 'ghost'],
  ])('%s', (_title, targets, expected) => {
    expect(meant(...targets)).toBe(expected);
  });

  test('says what it leaves out', () => {
    const change = (address: string): Change => ({
      address,
      verb: 'create',
      because: 'missing',
      fields: [],
      after: [],
      status: { is: 'ready' },
    });
    const changes = ['toy.c', 'toy.b', 'toy.d'].map(change);
    expect(outsideOf(changes, scopeOf(indexWanted(desired), ['toy.b']))).toEqual([
      { address: 'toy.d', verb: 'create' },
    ]);
  });
});
