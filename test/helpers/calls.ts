import { type Profiler, Session } from 'node:inspector/promises';

/**
 * How often functions of ours are called while each of `works` runs, as V8 counts it: no product code knows that it is
 * counted. All in one go, since to begin counting throws away what was compiled.
 *
 * @param functions each as `file name`, for example `rules/coverage.ts covers`
 * @returns for each of `works` the count of each function
 */
export async function callsOf(
  functions: readonly string[],
  works: readonly (() => unknown)[],
): Promise<readonly (readonly number[])[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const counts: (readonly number[])[] = [];
    for (const work of works) {
      await work();
      // What was taken is not counted again.
      const { result } = await session.post('Profiler.takePreciseCoverage');
      counts.push(functions.map((one) => countOf(result, one)));
    }
    return counts;
  } finally {
    await session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}

function countOf(scripts: readonly Profiler.ScriptCoverage[], one: string): number {
  const [file = '', name = ''] = one.split(' ');
  const counted = scripts
    .filter(({ url }) => url.endsWith(`/src/${file}`))
    .flatMap(({ functions }) => functions.filter(({ functionName }) => functionName === name));
  return counted.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
}

/** By which power something grows: the slope of its logarithm over that of the size. */
export function exponentOf(points: readonly (readonly [size: number, count: number])[]): number {
  const logs = points.map(([size, count]) => [Math.log(size), Math.log(count)] as const);
  const mean = (side: 0 | 1): number => logs.reduce((sum, point) => sum + point[side], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const rise = logs.reduce((sum, [size, count]) => sum + (size - x) * (count - y), 0);
  const run = logs.reduce((sum, [size]) => sum + (size - x) ** 2, 0);
  return rise / run;
}
