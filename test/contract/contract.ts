import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, openBench } from './bench.ts';
import { questions } from './questions.ts';
import type { Target } from './target.ts';

const TEN_MINUTES_MS = 600_000;

/** Asks every question of a cloud; one that answers otherwise than judged fails, with both answers. */
export function contract(name: string, open: () => Promise<Target>): void {
  describe(name, () => {
    let bench: Bench | undefined;
    beforeAll(async () => {
      bench = await openBench(await open());
    }, TEN_MINUTES_MS);

    afterAll(async () => {
      const left = (await bench?.close()) ?? [];
      await bench?.target.close();
      process.stdout.write(`${name}: ${questions.length} questions asked\n`);
      // What could not be taken away is somebody's to take away.
      expect(left).toEqual([]);
    }, 7 * TEN_MINUTES_MS);

    test.each(questions.map((question) => [question.unsure, question.asks, question] as const))(
      '%s: %s',
      async (_unsure, _asks, { answer, judged }) => {
        if (bench === undefined) throw new Error('the bench was not set up');
        expect(await answer(bench)).toEqual(judged);
      },
      TEN_MINUTES_MS,
    );
  });
}
