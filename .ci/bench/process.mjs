// Runs commands and says what they cost: wall time, CPU time of the process and its children, peak memory.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** GNU time alone tells a child's peak memory, and its CPU time of both programs in the same way. */
const gnuTime = '/usr/bin/time';
export const hasGnuTime = /GNU/.test(spawnSync(gnuTime, ['--version'], { encoding: 'utf8' }).stdout ?? '');

/**
 * @returns milliseconds and MB; CPU and memory are undefined without GNU time
 * @throws Error with what the command printed last, when it fails or takes longer than `timeoutMs`
 */
export async function run(command, args, { cwd, env, timeoutMs = 600_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-bench-'));
  const report = join(folder, 'time');
  const [program, ...rest] = hasGnuTime
    ? [gnuTime, '-q', '-f', '%U %S %M', '-o', report, command, ...args]
    : [command, ...args];
  try {
    const begin = process.hrtime.bigint();
    // A group of its own: GNU time alone would be killed, and the command go on.
    const child = spawn(program, rest, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const wallMs = Number(process.hrtime.bigint() - begin) / 1e6;
    clearTimeout(timer);
    if (late) throw new Error(`not done in ${timeoutMs / 1000} s`);
    if (code !== 0)
      throw new Error(`exit ${code} of ${[command, ...args].join(' ')}\n${`${stdout}\n${stderr}`.slice(-2000)}`);
    const [user, system, kb] = hasGnuTime ? readFileSync(report, 'utf8').trim().split(' ').map(Number) : [];
    return { wallMs, ...(hasGnuTime ? { cpuMs: (user + system) * 1000, peakMb: kb / 1024 } : {}), stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs each of the measures in turn, again and again, so that what else the machine does meets all of them alike.
 *
 * @param measures name → a function that makes one run and answers its costs
 * @returns name → the median of each cost, and the wall times of all runs
 */
export async function alternate(times, measures) {
  const all = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    for (const [name, measure] of Object.entries(measures)) all[name].push(await measure());
  }
  return Object.fromEntries(Object.entries(all).map(([name, costs]) => [name, medians(costs)]));
}

function medians(costs) {
  const of = (name) => {
    const values = costs.map((cost) => cost[name]).filter((value) => value !== undefined);
    return values.length === 0 ? {} : { [name]: median(values) };
  };
  return {
    ...of('wallMs'),
    ...of('cpuMs'),
    ...of('peakMb'),
    ...of('requests'),
    runsMs: costs.map(({ wallMs }) => Number(wallMs.toFixed(1))),
  };
}

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
