import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { KeysteadError } from '../../model/errors.ts';
import { assertNever } from '../../model/json.ts';
import type { Paint } from '../../report/paint.ts';
import { difference, type Line } from './difference.ts';
import type { Outside } from './outside.ts';
import type { Processes } from './processes.ts';
import { withoutRepeats } from './repeats.ts';
import { FINGERPRINT, type Step } from './scene.ts';

const STYLES = { '+': 'green', '-': 'red', ' ': 'dim' } as const satisfies Readonly<Record<Line['sign'], unknown>>;

/** Where the demo plays. */
export interface Stage {
  /** @throws KeysteadError when the step does not end as told */
  perform(step: Step): Promise<void>;
}

/** @param means.env what every command runs with */
export function createStage(means: {
  readonly processes: Processes;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly outside: Outside;
  readonly paint: Paint;
  print(text: string): void;
}): Stage {
  const { processes, folder, env, outside, paint, print } = means;
  let lastSaid = '';

  const write = async (file: string, text: string): Promise<void> => {
    const path = join(folder, file);
    const before = await readFile(path, 'utf8').catch(() => '');
    await writeFile(path, text);
    const shown = before === '' ? text.replace(/^(?=.)/gm, '    ') : renderDifference(before, text, paint);
    print(`\n${paint('cyan', file)}\n${shown}`);
  };

  const run = async ({ args, ends, shows }: Step & { readonly does: 'run' }): Promise<void> => {
    const fingerprint = /^Fingerprint: (\S+)$/m.exec(plain(lastSaid))?.[1] ?? '';
    const words = args.map((word) => (word === FINGERPRINT ? fingerprint : word));
    const line = `keystead ${words.join(' ')}`;
    print(`\n${paint('cyan', `$ ${line}`)}\n`);
    const output = withoutRepeats(lastSaid, paint('dim', '(the plan above once more)\n'), print);
    const code = await processes.run(words, env, output.write);
    lastSaid = output.end();
    print(paint('dim', `(exit ${code})\n`));
    if (code !== ends) throw new KeysteadError('DEMO', `${line} ended with ${code}, not ${ends}`);
    if (shows && !shows.test(plain(lastSaid))) throw new KeysteadError('DEMO', `${line} did not show ${shows.source}`);
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
          const said = await outside.seeLocked(step.deployment, step.locked);
          print(`\n${paint('magenta', '* What the service itself says of its deployment:')}\n`);
          print(`    ${JSON.stringify(step.deployment)}  ${said}\n`);
          return;
        }
        default:
          assertNever(step);
      }
    },
  };
}

function renderDifference(before: string, after: string, paint: Paint): string {
  return difference(before, after)
    .filter(({ text }) => text !== '')
    .map(({ sign, text }) => `${paint(STYLES[sign], `  ${sign} ${text}`)}\n`)
    .join('');
}

/** Without colours, which stand between words that belong together. */
function plain(said: string): string {
  return stripVTControlCharacters(said);
}
