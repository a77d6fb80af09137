import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { watchCommand } from './request-log.ts';

const PROGRAM = resolve('dist/keystead.mjs');

/** Whether util-linux's script is here, which gives a command a terminal. */
export const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');

/** A command at its question. */
export interface Asked {
  /** What the terminal has shown so far. */
  readonly shown: string;
  type(keys: string): void;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Runs the built command in a terminal, and does something once it has asked.
 *
 * @param line arguments, in the words of a shell; files are relative to `cwd`
 * @returns the command's exit code and all that the terminal has shown
 */
export async function inTerminal(
  line: string,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly question: string },
  then: (asked: Asked) => void,
): Promise<{ readonly code: unknown; readonly shown: string }> {
  const { cwd, env, question } = options;
  const { PATH = '' } = process.env;
  const ended = watchCommand(env, line.split(' ')[0] ?? '');
  // The process id outlives `exec`: signals go to the command itself.
  const command = `echo $$ > pid; exec '${process.execPath}' '${PROGRAM}' ${line}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { PATH, SHELL: '/bin/sh', TERM: 'dumb', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let asked = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (asked || !shown.includes(question)) return;
    asked = true;
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    then({ shown, type: (keys) => void child.stdin.write(keys), kill: (signal) => void process.kill(pid, signal) });
  });
  const [code] = await once(child, 'close');
  ended(shown);
  return { code, shown };
}
