import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { watchCommand } from './request-log.ts';

const PROGRAM = resolve('dist/keystead.mjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the built command as a user does. Nothing of this machine's own credentials reaches it, and no command but `apply`
 * may write.
 */
export async function keystead(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const { PATH = '' } = process.env;
  const ended = watchCommand(options.env ?? {}, args[0] ?? '');
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: { PATH, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  const [code] = await once(child, 'close');
  ended(said.stderr);
  return { code: typeof code === 'number' ? code : null, ...said };
}
