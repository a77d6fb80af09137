import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KeysteadError } from '../../model/errors.ts';

/** The processes of a demo, all of them this very program. */
export interface Processes {
  /** Starts `keystead emulate` on a free port. @returns what it has printed: the variables that point any client at it */
  startEmulator(): Promise<Readonly<Record<string, string>>>;
  /** Runs a command, its output passed on as it comes. @returns its exit code */
  run(args: readonly string[], env: NodeJS.ProcessEnv, print: (text: string) => void): Promise<number | null>;
  /** Ends the emulator, and waits for its end. */
  stop(): Promise<void>;
  /** Ends whatever runs, without waiting: for a process that is about to end itself. */
  kill(): void;
}

/** Gives a command one pipe for both of its streams: through two, what it says would arrive out of order. */
const ONE_PIPE = process.platform === 'win32' ? [] : ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh'];

/** @param folder the current directory of the commands, and where the emulator keeps its data */
export function processesIn(folder: string, program: string): Processes {
  const running = new Set<ChildProcess>();
  const start = (command: readonly string[], env: NodeJS.ProcessEnv) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const closed = once(child, 'close').finally(() => running.delete(child));
    return { child, closed };
  };
  let stop = async (): Promise<void> => undefined;
  return {
    async startEmulator() {
      const options = ['--port', '0', '--data', join(folder, 'cloud.log')];
      const { child, closed } = start([process.execPath, program, 'emulate', ...options], process.env);
      stop = async () => {
        child.kill('SIGTERM');
        await closed;
      };
      return await readEnvironment(child, closed);
    },
    async run(args, env, print) {
      const { child, closed } = start([...ONE_PIPE, process.execPath, program, ...args], env);
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', print);
      await closed;
      return child.exitCode;
    },
    stop: () => stop(),
    kill() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

/** Reads until the emulator says that it serves. */
async function readEnvironment(
  child: ReturnType<typeof spawn>,
  closed: Promise<unknown>,
): Promise<Readonly<Record<string, string>>> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new KeysteadError('DEMO', 'the emulator has no output');
  const environment: Record<string, string> = {};
  createInterface({ input: stdout }).on('line', (line) => {
    const [, name, value] = /^export ([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) environment[name] = value;
  });
  let said = '';
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: stderr }).on('line', (line) => {
      said += `${line}\n`;
      if (line.startsWith('Emulating')) resolve(true);
    });
  });
  if (await Promise.race([ready, closed.then(() => false)])) return environment;
  throw new KeysteadError('DEMO', `the emulator did not start: ${said.trim()}`);
}
