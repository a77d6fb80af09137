import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { difference } from '../src/cli/demo/difference.ts';
import { withoutRepeats } from '../src/cli/demo/repeats.ts';
import { withFolder } from './helpers/folder.ts';

const LONGEST_MS = 120_000;

interface Played {
  readonly code: unknown;
  readonly said: string;
}

/** Runs the built demo with `folder` for its temporary files, and kills it once it has said something. */
async function demo(folder: string, kill?: { readonly after: RegExp; readonly by: NodeJS.Signals }): Promise<Played> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [resolve('dist/keystead.mjs'), 'demo'], {
    env: { PATH, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (killed || !kill?.after.test(said)) return;
    killed = true;
    child.kill(kill.by);
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

/** The folder is empty, and the emulator whose URL stands in the plans does not answer any more. */
async function expectNothingLeft(folder: string, said: string): Promise<void> {
  expect(await readdir(folder)).toEqual([]);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
  expect(url).not.toBe('');
  await expect(fetch(`${url}/_emulator/clock`)).rejects.toThrow();
}

describe('the demo', () => {
  test(
    'plays every scene as told, and leaves no folder and no process behind',
    async () => {
      await withFolder({}, async (folder) => {
        const { code, said } = await demo(folder);
        expect(said.match(/^\(exit \d+\)$/gm)?.join(' ')).toBe(
          [3, 2, 0, 0, 2, 0, 6, 0, 0, 0, 5, 0, 0, 2, 0].map((exit) => `(exit ${exit})`).join(' '),
        );
        expect(said).toMatch(/locked since .*: its key is destroyed[\s\S]*"reports" {2}not locked/);
        expect(code).toBe(0);
        await expectNothingLeft(folder, said);
      });
    },
    LONGEST_MS,
  );

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    'ended by %s ends with %i, and leaves nothing behind either',
    async (by, ends) => {
      await withFolder({}, async (folder) => {
        const { code, said } = await demo(folder, { after: /^Plan: 5 to create/m, by });
        expect(code).toBe(ends);
        expect(said).not.toContain('Every step ended as told');
        await expectNothingLeft(folder, said);
      });
    },
    LONGEST_MS,
  );
});

describe('a change of a file is shown', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['after the line before it', 'a\nb\nc\n', 'a\nb\nx\nc\n', ['  b', '+ x']],
    ['with what was taken out', 'a\nb\nc\n', 'a\nc\n', ['  a', '- b']],
    ['as one line for another', 'a\nb\n', 'a\nx\n', ['  a', '- b', '+ x']],
    ['at the beginning', 'a\n', 'x\na\n', ['+ x']],
    ['not at all where there is none', 'a\nb\n', 'a\nb\n', []],
  ])('%s', (_title, before, after, lines) => {
    expect(difference(before, after).map(({ sign, text }) => `${sign} ${text}`)).toEqual(lines);
  });
});

describe('what a command says', () => {
  test.each<[string, string, readonly string[], string]>([
    ['is passed on after nothing', '', ['a\n', 'b\n'], 'a\nb\n'],
    ['is shortened where it begins like the last one', 'a\nb\n', ['a\n', 'b\nc\n', 'd\n'], '(again)\nc\nd\n'],
    ['is passed on where it begins otherwise', 'a\nb\n', ['a\n', 'x\n'], 'a\nx\n'],
    ['is passed on where it ends too soon', 'a\nb\n', ['a\n'], 'a\n'],
  ])('%s', (_title, last, chunks, shown) => {
    let printed = '';
    const output = withoutRepeats(last, '(again)\n', (text) => {
      printed += text;
    });
    for (const chunk of chunks) output.write(chunk);
    expect(output.end()).toBe(chunks.join(''));
    expect(printed).toBe(shown);
  });
});
