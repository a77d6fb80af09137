import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KeysteadError } from '../../model/errors.ts';

export interface EmulatorProcess {
  /** What it printed: the variables that point any client at it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts `keystead emulate` on a free port and reads the environment that it prints. */
export async function startEmulatorProcess(program: string, folder: string): Promise<EmulatorProcess> {
  const args = [program, 'emulate', '--port', '0', '--data', join(folder, 'cloud.log')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const environment: Record<string, string> = {};
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stderr })) if (line.startsWith('Emulating')) return true;
    return false;
  })();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, name, value] = /^export ([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) environment[name] = value;
  });
  if (!(await Promise.race([ready, exited.then(() => false)]))) {
    throw new KeysteadError('DEMO', `the emulator did not start: ${said.trim()}`);
  }
  return {
    environment,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs a command of this program, its output passed on as it comes. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; print(text: string): void },
): Promise<number | null> {
  const { cwd, env, print } = options;
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', print);
  child.stderr.setEncoding('utf8').on('data', print);
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
