import { readFile, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { KeysteadError } from '../../model/errors.ts';
import type { Paint } from '../../report/paint.ts';
import type { ExitCode } from '../exit.ts';

/** Where the demo plays. A step that does not end as told throws a KeysteadError `DEMO`. */
export interface Stage {
  scene(title: string): void;
  /** A file is written; what changes in it is shown. */
  write(file: string, text: string): Promise<void>;
  /**
   * Runs a command.
   *
   * @param shows what it must have printed
   * @returns all that it printed, without colours
   */
  run(command: string, ends: ExitCode, shows?: RegExp): Promise<string>;
  /** Tells of something that Keystead has no part in. */
  happens(what: string): void;
  print(text: string): void;
}

/** @param means.keystead runs a command in the current directory, where the files are, too. @returns its exit code */
export function createStage(means: {
  keystead(args: readonly string[], write: (text: string) => void): Promise<number>;
  readonly paint: Paint;
  print(text: string): void;
}): Stage {
  const { keystead, paint, print } = means;
  let scenes = 0;
  /** What the last command has said, piece by piece. */
  let lastSaid: readonly string[] = [];
  return {
    scene(title) {
      scenes += 1;
      print(`\n${paint('bold', `${scenes}. ${title}`)}\n`);
    },
    async write(file, text) {
      const before = await readFile(file, 'utf8').catch(() => '');
      await writeFile(file, text);
      const shown = before === '' ? text.replace(/^(?=.)/gm, '    ') : renderEdit(before, text, paint);
      print(`\n${paint('cyan', file)}\n${shown}`);
    },
    async run(command, ends, shows) {
      const line = `keystead ${command}`;
      print(`\n${paint('cyan', `$ ${line}`)}\n`);
      const said: string[] = [];
      // What only says once more all that the last command has said is held back: one line stands for it.
      let held = true;
      const release = (text: string): void => {
        held = false;
        print(text);
      };
      const code = await keystead(command.split(' '), (text) => {
        if (text === '') return;
        said.push(text);
        if (!held) print(text);
        else if (text !== lastSaid[said.length - 1]) release(said.join(''));
        else if (said.length === lastSaid.length) release(paint('dim', '(the plan above once more)\n'));
      });
      if (held) release(said.join(''));
      lastSaid = said;
      print(paint('dim', `(exit ${code})\n`));
      const all = stripVTControlCharacters(said.join(''));
      if (code !== ends) throw new KeysteadError('DEMO', `${line} ended with ${code}, not ${ends}`);
      if (shows && !shows.test(all)) throw new KeysteadError('DEMO', `${line} did not show ${shows.source}`);
      return all;
    },
    happens: (what) => print(`\n${paint('magenta', `* ${what}`)}\n`),
    print,
  };
}

/** What an edit adds or takes out, each stretch after the line before it; no edit of the demo does both. */
function renderEdit(before: string, after: string, paint: Paint): string {
  const adds = after.length > before.length;
  const kept = (adds ? before : after).split('\n');
  const lines = (adds ? after : before).split('\n').map((text) => {
    if (text !== kept[0]) return { text, isChanged: true };
    kept.shift();
    return { text, isChanged: false };
  });
  const [sign, style] = adds ? (['+', 'green'] as const) : (['-', 'red'] as const);
  return lines
    .map(({ text, isChanged }, at) => {
      if (text === '' || !(isChanged || lines[at + 1]?.isChanged)) return '';
      return `${isChanged ? paint(style, `  ${sign} ${text}`) : paint('dim', `    ${text}`)}\n`;
    })
    .join('');
}
