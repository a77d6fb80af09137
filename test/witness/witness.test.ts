import { describe, expect, test } from '@jest/globals';
import { readErrorBody } from '../../src/cloud/error-body.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at } from '../helpers/platform.ts';
import { databases } from './databases.ts';
import { differences, formOf, strayed } from './form.ts';
import { iam } from './iam.ts';
import { instances } from './instances.ts';
import { keyProtect } from './key-protect.ts';
import { keyProtectRefusals } from './key-protect-refusals.ts';
import { keys } from './keys.ts';
import { platform } from './platform.ts';
import { resourceController } from './resource-controller.ts';
import { resourceControllerRefusals } from './resource-controller-refusals.ts';
import { openScene, seed } from './scene.ts';

const calls = [
  ...keys,
  ...keyProtect,
  ...keyProtectRefusals,
  ...instances,
  ...resourceController,
  ...resourceControllerRefusals,
  ...platform,
  ...iam,
  ...databases,
];
const rows = calls.flatMap((call) => call.witnesses.map((witness) => ({ ...call, ...witness })));

describe('answers that were recorded in public', () => {
  test('name their source and day', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
    for (const { source, date } of rows)
      expect([source, date]).toEqual([expect.stringMatching(/ /), expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
  });

  test.each(rows.filter(({ shape }) => shape !== undefined))(
    'are read whole: $call, $shows',
    ({ shape, keeps = [], body }) => {
      expect(strayed(shape?.(body), at(body, ...keeps))).toEqual([]);
    },
  );

  test.each(rows.filter(({ words }) => words !== undefined))('give their words: $call, $shows', ({ words, body }) => {
    expect(readErrorBody(body)).toEqual(words);
  });
});

describe('the emulator', () => {
  test('answers in the forms that were recorded, and refuses what was refused, but for what is listed', async () => {
    await withEmulator(
      async (given) => {
        const scene = await openScene(given);
        const found: Record<string, readonly string[]> = {};
        const listed: Record<string, readonly string[]> = {};
        for (const { call, witnesses, emulated = [], known = {} } of calls) {
          const answers: unknown[] = [];
          const others: string[] = [];
          for (const ask of emulated) answers.push((await ask(scene)).body);
          for (const { again, status, words } of witnesses) {
            if (again === undefined) continue;
            const answer = await again(scene);
            answers.push(answer.body);
            const [was, is] = [`${status} ${words?.code}`, `${answer.status} ${readErrorBody(answer.body).code}`];
            if (is !== was) others.push(`${was} is ${is}`);
          }
          if (answers.length === 0) continue;
          found[call] = [...differences(formOf(witnesses.map(({ body }) => body)), formOf(answers)), ...others].sort();
          listed[call] = Object.keys(known).sort();
        }
        expect(found).toEqual(listed);
      },
      { seed },
    );
  });
});
