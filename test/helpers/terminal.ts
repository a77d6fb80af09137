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
  /** Does something else once the terminal shows this. */
  once(text: string, act: () => void): void;
}

/**
 * Runs the built command in a terminal, and does something once it has asked.
 *
 * @param line arguments, in the words of a shell; files are relative to `cwd`
 * @returns the command's exit code, all that the terminal has shown, and whether its settings are what they were
 */
export async function inTerminal(
  line: string,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly question: string },
  then: (asked: Asked) => void,
): Promise<{ readonly code: unknown; readonly shown: string; readonly restored: boolean }> {
  const { cwd, env, question } = options;
  const { PATH = '' } = process.env;
  const ended = watchCommand(env, line.split(' '));
  // The process id outlives `exec`: signals go to the command itself.
  const inner = `sh -c 'echo $$ > pid; exec "$0" "$@"' '${process.execPath}' '${PROGRAM}' ${line}`;
  // A Ctrl-C that is a signal goes to the shell around it as well, which has to go on.
  const command = `trap : INT; stty -g > before; ${inner}; code=$?; stty -g > after; exit $code`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { PATH, SHELL: '/bin/sh', TERM: 'dumb', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  const awaited = [{ text: question, act: () => then(asked) }];
  const pid = () => Number(readFileSync(join(cwd, 'pid'), 'utf8'));
  const asked: Asked = {
    get shown() {
      return shown;
    },
    type: (keys) => void child.stdin.write(keys),
    kill: (signal) => void process.kill(pid(), signal),
    once: (text, act) => void awaited.push({ text, act }),
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = awaited;
    if (next === undefined || !shown.includes(next.text)) return;
    awaited.shift();
    next.act();
  });
  const [code] = await once(child, 'close');
  ended(shown);
  const settings = (file: string) => readFileSync(join(cwd, file), 'utf8');
  return { code, shown, restored: settings('before') === settings('after') };
}
