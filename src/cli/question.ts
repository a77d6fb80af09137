import { createInterface } from 'node:readline/promises';

/** Asks on stderr, since stdout is the result; an end of input is an empty answer. */
export async function question(text: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => resolve(''));
      void lines.question(text).then((answer) => resolve(answer.trim()));
    });
  } finally {
    lines.close();
  }
}
