import { describe, expect, test } from '@jest/globals';
import { expectGolden } from '../helpers/golden.ts';
import { normal } from '../helpers/normal.ts';
import { writesOf } from '../helpers/request-log.ts';
import { withScene } from './refusal.ts';
import { refusals } from './tables.ts';

describe('a refusal changes nothing that it refuses, and what its message says goes on', () => {
  test('each has a name of its own', () => {
    const names = refusals.map(({ name }) => name);
    expect([...new Set(names)]).toEqual(names);
  });

  test.each(refusals.map((refusal) => [refusal.name, refusal] as const))('%s', async (_name, refusal) => {
    await withScene(async (scene) => {
      await refusal.arrange(scene);
      const before = scene.emulator.requests().length;
      const refused = await scene.run(...refusal.args);
      const printed = `${refused.stdout}${refused.stderr}`;
      expect([refused.code, writesOf(scene.emulator.requests().slice(before))]).toEqual([refusal.code, []]);
      expectGolden(`refusals/${refusal.name}`, normal(`exit ${refused.code}\n\n${printed}`));
      const ran = await refusal.goOn(scene, printed);
      expect([ran.code, ran.code === (refusal.ends ?? 0) ? '' : ran]).toEqual([refusal.ends ?? 0, '']);
    });
  });
});
