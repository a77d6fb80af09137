import { readFile, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { KeysteadError } from '../../model/errors.ts';
import { assertNever } from '../../model/json.ts';
import type { Paint } from '../../report/paint.ts';
import type { Outside } from './outside.ts';
import { FINGERPRINT, type Step } from './scene.ts';

/** Where the demo plays. */
export interface Stage {
  /** @throws KeysteadError when the step does not end as told */
  perform(step: Step): Promise<void>;
}

/** @param means.keystead runs a command in the current directory, where the files are, too. @returns its exit code */
export function createStage(means: {
  keystead(args: readonly string[], write: (text: string) => void): Promise<number>;
  readonly outside: Outside;
  readonly paint: Paint;
  print(text: string): void;
}): Stage {
  const { keystead, outside, paint, print } = means;
  /** What the last command has said, piece by piece. */
  let lastSaid: readonly string[] = [];

  const write = async (file: string, text: string): Promise<void> => {
    const before = await readFile(file, 'utf8').catch(() => '');
    await writeFile(file, text);
    const shown = before === '' ? text.replace(/^(?=.)/gm, '    ') : renderEdit(before, text, paint);
    print(`\n${paint('cyan', file)}\n${shown}`);
  };

  const run = async ({ args, ends, shows }: Step & { readonly does: 'run' }): Promise<void> => {
    const fingerprint = /^Fingerprint: (\S+)$/m.exec(plain(lastSaid))?.[1] ?? '';
    const words = args.map((word) => (word === FINGERPRINT ? fingerprint : word));
    const line = `keystead ${words.join(' ')}`;
    print(`\n${paint('cyan', `$ ${line}`)}\n`);
    const said: string[] = [];
    // What only says once more all that the last command has said is held back: one line stands for it.
    let held = true;
    const release = (text: string): void => {
      held = false;
      print(text);
    };
    const code = await keystead(words, (text) => {
      if (text === '') return;
      said.push(text);
      if (!held) print(text);
      else if (text !== lastSaid[said.length - 1]) release(said.join(''));
      else if (said.length === lastSaid.length) release(paint('dim', '(the plan above once more)\n'));
    });
    if (held) release(said.join(''));
    lastSaid = said;
    print(paint('dim', `(exit ${code})\n`));
    if (code !== ends) throw new KeysteadError('DEMO', `${line} ended with ${code}, not ${ends}`);
    if (shows && !shows.test(plain(said))) throw new KeysteadError('DEMO', `${line} did not show ${shows.source}`);
  };

  return {
    async perform(step) {
      switch (step.does) {
        case 'write':
          await write(step.file, step.text);
          return;
        case 'run':
          await run(step);
          return;
        case 'happen':
          await step.by(outside);
          print(`\n${paint('magenta', `* ${step.what}`)}\n`);
          return;
        case 'look': {
          const lock = await outside.lockOf(step.deployment);
          print(`\n${paint('magenta', '* What the service itself says of its deployment:')}\n`);
          print(`    ${JSON.stringify(step.deployment)}  ${lock ?? 'not locked'}\n`);
          if ((lock !== undefined) !== step.locked) {
            throw new KeysteadError('DEMO', `"${step.deployment}" is ${step.locked ? 'not ' : ''}locked`);
          }
          return;
        }
        default:
          assertNever(step);
      }
    },
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

/** Without colours, which stand between words that belong together. */
function plain(said: readonly string[]): string {
  return stripVTControlCharacters(said.join(''));
}
