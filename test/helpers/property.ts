import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUsualSeed } from './seed.ts';

/** Whether this is `npm run test:long`, which takes all runs; `npm test` takes ten. */
export const isLong = process.env['KEYSTEAD_LONG'] !== undefined;

const MINUTE_MS = 60_000;
/** Far more than it takes, since a machine may be busy. */
const limitMs = (isLong ? 120 : 10) * MINUTE_MS;
/** Time for the run under way to end after that. */
const graceMs = MINUTE_MS;

/** How a property is tried. */
export interface Tries<T, Class extends string> {
  /** Runs in `npm run test:long`. */
  readonly runs: number;
  /** Tried first, whatever the seed. */
  readonly examples?: readonly T[];
  /** Classes of cases that must occur, so that no property passes for want of cases: `often` among ten runs, `seldom` among all. */
  readonly classes: Readonly<Record<Class, 'often' | 'seldom'>>;
}

/**
 * A property as a test. It fails when its time is over, after the run under way has ended, so that nothing of it runs beside
 * the next test.
 *
 * @param holds one run, which throws where the property does not hold
 */
export function property<T, Class extends string>(
  title: string,
  cases: fc.Arbitrary<T>,
  { runs, examples = [], classes }: Tries<T, Class>,
  holds: (value: T, occurs: (...classes: readonly Class[]) => void) => Promise<void>,
): void {
  test(
    title,
    async () => {
      const counts = new Map<string, number>();
      const occurs = (...these: readonly Class[]): void => {
        for (const name of these) counts.set(name, (counts.get(name) ?? 0) + 1);
      };
      let underWay: Promise<void> = Promise.resolve();
      const run = (value: T): Promise<void> => {
        underWay = holds(value, occurs);
        return underWay;
      };
      try {
        await fc.assert(fc.asyncProperty(cases, run), {
          examples: examples.map((one): [T] => [one]),
          numRuns: isLong ? runs : 10,
          interruptAfterTimeLimit: limitMs,
          markInterruptAsFailure: true,
        });
      } finally {
        await underWay.catch(() => undefined);
      }
      const expected = Object.entries(classes).filter(([, when]) => isLong || (isUsualSeed && when === 'often'));
      const missing = expected.map(([name]) => name).filter((name) => !counts.has(name));
      expect({ counts, missing }).toEqual({ counts, missing: [] });
    },
    limitMs + graceMs,
  );
}
