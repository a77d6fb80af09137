import { readdirSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../src/emulator/start.ts';
import { withEmulator } from './helpers/emulator.ts';
import { withFolder } from './helpers/folder.ts';
import { isGoldenWritten } from './helpers/golden.ts';
import { commandsIn, ELLIPSIS, type Told, type Words, withOutputs, wordsOf } from './helpers/readme.ts';
import { watchCommand } from './helpers/request-log.ts';
import { type Shell, withShell } from './helpers/shell.ts';

const DAY_MS = 86_400_000;
const PROGRAM = resolve('dist/keystead.mjs');
/** Where the READMEs have their emulator, and what they put down beside the checkout. */
const EMULATOR = 'http://127.0.0.1:4577';
const SCRATCH = '/tmp/';

interface Terminal {
  readonly shell: Shell;
  readonly words: Words;
  readonly emulator: Emulator;
}

/** Runs a test in a copy of the examples, against an emulator of its own. */
async function withTerminal(test: (terminal: Terminal) => Promise<void>): Promise<void> {
  // Days stay days, so that the dates are those of the README.
  const options = { settings: { registrationLingerMs: 9 * DAY_MS } };
  await withEmulator(async ({ emulator }) => {
    await withFolder({}, async (folder) => {
      await cp('examples', join(folder, 'examples'), { recursive: true });
      await mkdir(join(folder, 'tmp'));
      const words = wordsOf([
        [EMULATOR, emulator.url],
        [SCRATCH, `${folder}/tmp/`],
      ]);
      const { PATH = '' } = process.env;
      await withShell({ cwd: folder, env: { PATH, NODE: process.execPath, PROGRAM } }, async (shell) => {
        // Nothing is looked up or installed: `npx keystead` is the program that was built.
        await shell.run('npx() { shift; "$NODE" "$PROGRAM" "$@"; }');
        await test({ shell, words, emulator });
      });
    });
  }, options);
}

/**
 * Runs the commands of a README. One ends with 0 unless `echo $?` follows it, and prints what the README shows.
 *
 * @returns what the README should show instead, where golden files are being rewritten
 */
async function play(readme: string, told: readonly Told[], { shell, words, emulator }: Terminal) {
  const corrected = new Map<Told, readonly string[]>();
  for (const [index, step] of told.entries()) {
    const { command, line, output } = step;
    const environment = /^npx keystead emulate .*> (\S+)$/.exec(command)?.[1];
    if (environment !== undefined) {
      const exports = Object.entries(emulator.environment).map(([name, value]) => `export ${name}=${value}\n`);
      await writeFile(words.toRun(environment), exports.join(''));
      continue;
    }
    const ended = watchCommand(emulator.environment, /^npx keystead (\S+)/.exec(command)?.[1] ?? '');
    const ran = await shell.run(words.toRun(command));
    ended(ran.output);
    if (told[index + 1]?.command !== 'echo $?') expect({ readme, line, command, ...ran }).toMatchObject({ code: 0 });
    if (output === undefined || words.learn(output, ran.output)) continue;
    words.guess(output, ran.output);
    const printed = words.toReadme(ran.output).trimEnd().split('\n');
    if (isGoldenWritten && !output.includes(ELLIPSIS)) corrected.set(step, printed);
    else expect({ readme, line, command, printed }).toEqual({ readme, line, command, printed: output });
  }
  return corrected;
}

const readmes = readdirSync('examples').map((folder) => join('examples', folder, 'README.md'));

describe('what a README shows is what one sees', () => {
  test.each(readmes)(
    '%s',
    async (readme) => {
      const markdown = await readFile(readme, 'utf8');
      const told = commandsIn(markdown);
      expect(told.filter(({ output }) => output !== undefined)).not.toEqual([]);
      await withTerminal(async (terminal) => {
        const corrected = await play(readme, told, terminal);
        if (corrected.size > 0) await writeFile(readme, withOutputs(markdown, corrected));
      });
    },
    120_000,
  );
});
