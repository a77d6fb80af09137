import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';
import type { Clock } from '../../src/cloud/clock.ts';
import { given } from '../../src/model/json.ts';
import { clockOf } from './keystead.ts';
import { watchCommand } from './request-log.ts';
import { movedByWaits, running as emulators } from './running.ts';

const PROGRAM = resolve('dist/keystead.mjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly output: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Nothing of this machine's own credentials reaches a command. */
const ownEnv = (env: RunOptions['env']) => ({ PATH: process.env['PATH'] ?? '', ...env });

/** Of an emulator whose clock is moved by what waits, that one. */
function clockAt(env: RunOptions['env']): Clock | undefined {
  const emulator = emulators.get(env?.['IBMCLOUD_IAM_API_ENDPOINT'] ?? '');
  return emulator !== undefined && movedByWaits.has(emulator) ? clockOf(emulator) : undefined;
}

/** The folders of commands that run in this process now: it has only one current directory. */
const running: (string | undefined)[] = [];

/**
 * Runs a command as a user does, without a terminal, but inside this process: a process of its own takes longer than all
 * that most commands do. No command but `apply` may write. Where a process matters there is `keysteadProcess`.
 */
export async function keystead(args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ran> {
  if (running.some((other) => other !== cwd)) throw new Error('a command runs in another folder at this time');
  const ended = watchCommand(env ?? {}, args);
  const said = { stdout: '', stderr: '', output: '' };
  const write = (stream: 'stdout' | 'stderr') => ({
    write(text: string) {
      said[stream] += text;
      said.output += text;
    },
  });
  const before = process.cwd();
  running.push(cwd);
  if (cwd !== undefined) process.chdir(cwd);
  try {
    const streams = { stdin: {}, stdout: write('stdout'), stderr: write('stderr') };
    const host = { env: ownEnv(env), ...streams, ...given({ clock: clockAt(env) }) };
    const code = await runProgram(args, host);
    ended(said.stderr);
    return { code, ...said };
  } finally {
    running.pop();
    if (running.length === 0) process.chdir(before);
  }
}

/** The same by the built command, as a process of its own. */
export async function keysteadProcess(args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ran> {
  const ended = watchCommand(env ?? {}, args);
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: ownEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '', output: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      said.output += text;
    });
  }
  const [code] = await once(child, 'close');
  ended(said.stderr);
  return { code: typeof code === 'number' ? code : null, ...said };
}
