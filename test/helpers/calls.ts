import { Session } from 'node:inspector/promises';

/**
 * How often functions of ours are called while `work` runs, as V8 counts it: no product code knows that it is counted.
 *
 * @param functions each as `file name`, for example `rules/coverage.ts covers`
 */
export async function callsOf(functions: readonly string[], work: () => unknown): Promise<readonly number[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return functions.map((one) => {
      const [file = '', name = ''] = one.split(' ');
      const scripts = result.filter(({ url }) => url.endsWith(`/src/${file}`));
      const counted = scripts.flatMap(({ functions: all }) => all.filter(({ functionName }) => functionName === name));
      return counted.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
    });
  } finally {
    await session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
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
