import { createInterface } from 'node:readline/promises';
import type { Interrupts } from './interrupts.ts';

/** Asks on stderr, since stdout is the result. An end of input and an interrupt are empty answers. */
export async function question(text: string, { signal, interrupt }: Interrupts): Promise<string> {
  if (signal.aborted) return '';
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While a line is edited the terminal sends Ctrl-C as a character; nobody else would hear of it.
  lines.once('SIGINT', () => interrupt('SIGINT'));
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => resolve(''));
      lines.question(text, { signal }).then(
        (answer) => resolve(answer.trim()),
        () => resolve(''),
      );
    });
  } finally {
    lines.close();
  }
}
