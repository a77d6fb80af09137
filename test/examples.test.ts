import { readdirSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../src/emulator/start.ts';
import { keystead } from './helpers/cli.ts';
import { withEmulator } from './helpers/emulator.ts';
import { withFolder } from './helpers/folder.ts';
import { isGoldenWritten } from './helpers/golden.ts';
import { commandsIn, ELLIPSIS, type Told, type Words, withOutputs, wordsOf } from './helpers/readme.ts';
import { type Shell, withShell } from './helpers/shell.ts';

const DAY_MS = 86_400_000;
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
      await withShell({ cwd: folder, env: { PATH } }, async (shell) => {
        await test({ shell, words, emulator });
      });
    });
  }, options);
}

/** Keystead inside this process, in the folder and environment that the shell is in by now; the rest is the shell's. */
async function run(command: string, shell: Shell): ReturnType<Shell['run']> {
  const args = /^npx keystead((?: [\w./:=@-]+)+)$/.exec(command)?.[1];
  if (args === undefined) {
    expect(command).not.toContain('npx');
    return await shell.run(command);
  }
  const [cwd = '', ...lines] = (await shell.run('pwd && env')).output.split('\n');
  const env = Object.fromEntries(lines.filter(Boolean).map((line) => line.split(/=(.*)/s)));
  const { code, output } = await keystead(args.trim().split(' '), { cwd, env });
  // The shell knows how it ended.
  await shell.run(`(exit ${code})`);
  return { code: code ?? 1, output };
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
    const ran = await run(words.toRun(command), shell);
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
