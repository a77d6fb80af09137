import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs one command after another in the same shell, as somebody at a terminal does. */
export interface Shell {
  /** @returns its exit code and all that it has printed, stdout and stderr as they came */
  run(command: string): Promise<{ readonly code: number; readonly output: string }>;
}

/** Ends what a command has printed; the exit code follows. */
const END = '\u001e';

/** Runs a test with a shell, and ends the shell afterwards. `$?` and the current directory are the last command's. */
export async function withShell(
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  test: (shell: Shell) => Promise<void>,
): Promise<void> {
  const child = spawn('/bin/sh', [], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  let heard = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    heard();
  });
  let code = 0;
  const ended = async (): Promise<void> => {
    while (!said.endsWith('\n') || !said.includes(END)) {
      const more = new Promise<void>((resolve) => {
        heard = resolve;
      });
      await Promise.race([
        more,
        closed.then(() => {
          throw new Error(`the shell has ended: ${said}`);
        }),
      ]);
    }
  };
  try {
    child.stdin.write('exec 2>&1\n');
    await test({
      async run(command) {
        said = '';
        child.stdin.write(`(exit ${code})\n{ ${command}\n} </dev/null\nprintf '${END}%d\\n' "$?"\n`);
        await ended();
        const [output = '', ending = ''] = said.split(END);
        code = Number(ending);
        return { code, output };
      },
    });
  } finally {
    child.stdin.end();
    await closed;
  }
}
