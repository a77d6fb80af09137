import { expect, test } from '@jest/globals';
import { createLimit } from '../src/limit.ts';

test('a limit lets no more than its number run at a time, in order, and survives failures', async () => {
  const limit = createLimit(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const work = (id: number) => () =>
    limit(async () => {
      started.push(id);
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (id === 1) throw new Error('failed');
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((id) => work(id)()));
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  await expect(limit(async () => 'still works')).resolves.toBe('still works');
});
