import { describe, expect, test } from '@jest/globals';
import { gathered } from '../../src/cloud/gathered.ts';

/** A question whose answers the test gives, one after the other. */
function asker() {
  const asked: { readonly words: string; answer(): void; fail(): void }[] = [];
  const ask = gathered(
    (words) =>
      new Promise<string>((resolve, reject) => {
        const [all, nth] = [[...words].sort().join(''), asked.length];
        asked.push({ words: all, answer: () => resolve(`${all}${nth}`), fail: () => reject(new Error(`no ${all}`)) });
      }),
  );
  return { asked, ask };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('questions at the same time', () => {
  test('share an answer that begins after all of them', async () => {
    const { asked, ask } = asker();
    const [first, second] = [ask('a'), ask('b')];
    await turn();
    expect(asked.map(({ words }) => words)).toEqual(['ab']);
    // Asked while an answer is under way, so that one is not theirs: it may be older than they are.
    const [third, fourth] = [ask('a'), ask('c')];
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    expect(await Promise.all([first, second])).toEqual(['ab0', 'ab0']);
    await turn();
    expect(asked.map(({ words }) => words)).toEqual(['ab', 'ac']);
    asked[1]?.answer();
    expect(await Promise.all([third, fourth])).toEqual(['ac1', 'ac1']);
  });

  test('share a failure, which is nobody else’s', async () => {
    const { asked, ask } = asker();
    const both = Promise.allSettled([ask('a'), ask('b')]);
    await turn();
    const later = ask('a');
    asked[0]?.fail();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    asked[1]?.answer();
    await expect(later).resolves.toBe('a1');
  });
});
