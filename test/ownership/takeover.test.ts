import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/model/json.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { linesOf, remediesOf } from '../helpers/stacks.ts';

/** Marks on keys and instances, as their carriers have them. */
async function marks({ emulator, api }: Keystead): Promise<readonly string[]> {
  const state: unknown = emulator.state();
  const keys = isObject(state) && isObject(state['key-protect/keys']) ? Object.values(state['key-protect/keys']) : [];
  const aliases = keys.flatMap((key) => (isObject(key) && Array.isArray(key['aliases']) ? key['aliases'] : []));
  const tags = await Promise.all(
    liveWorld(emulator).instances.map(async ({ crn }) => {
      const { body } = await api(
        'GET',
        `/v3/tags?attached_to=${encodeURIComponent(crn)}&tag_type=user&providers=ghost`,
      );
      const items = isObject(body) && Array.isArray(body['items']) ? body['items'] : [];
      return items.flatMap((item: unknown) => (isObject(item) ? [String(item['name'])] : []));
    }),
  );
  return [...aliases.map(String), ...tags.flat()].filter((mark) => mark.startsWith('keystead')).sort();
}

describe("what carries another stack's mark", () => {
  test('is refused, and taken over when asked: its mark is swapped and nothing else is changed', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const before = liveWorld(keystead.emulator);
      await keystead.write(lakehouse.replace('stack: prod', 'stack: heir'));
      expectGolden('sharing/takeover-refused', normal(await keystead.planText()));
      const allow = await remediesOf(keystead);
      expect(allow).toEqual([
        'takeover:key-protect-instance.vault',
        'takeover:key.dv-root',
        'adopt:authorization.dv-reads-vault',
        'takeover:deployment.lakehouse',
      ]);
      // The consent to adopt what is nobody's takes nothing from anybody.
      expect(await linesOf(keystead, ['adopt'])).toContain('key.dv-root adopt FOREIGN_MARK');
      expectGolden('sharing/takeover', normal(await keystead.planText({ allow })));

      const { outcomes } = await keystead.apply({ allow });
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(Array(4).fill('adopt done'));
      expect(await marks(keystead)).toEqual([
        'keystead:heir.lakehouse',
        'keystead:heir.vault',
        'keystead_heir_dv-root',
      ]);
      const { policies, ...rest } = liveWorld(keystead.emulator);
      expect(rest).toEqual({ keys: before.keys, instances: before.instances, registrations: before.registrations });
      expect(policies.map(({ description }) => description)).toEqual([
        '[keystead:prod/dv-reads-vault] [keystead:heir/dv-reads-vault]',
      ]);
      expect(await linesOf(keystead)).toEqual([]);

      // And the other one is refused from now on.
      await keystead.write(lakehouse);
      expect(await linesOf(keystead)).toEqual([
        'key-protect-instance.vault adopt FOREIGN_MARK',
        'key.dv-root adopt FOREIGN_MARK',
        'deployment.lakehouse adopt FOREIGN_MARK',
      ]);
    });
  });

  test.each(['before', 'after'] as const)(
    'is taken over although it is full of aliases, also when the answer is lost (%s it was done)',
    async (drop) => {
      await withKeystead(async (keystead) => {
        const full = lakehouse.replace('  dv-root:\n', '  dv-root:\n    aliases: [a1, b2, c3, d4]\n');
        await keystead.write(full);
        await keystead.apply();
        await keystead.write(full.replace('stack: prod', 'stack: heir'));
        keystead.emulator.faults.add({ match: { method: 'POST', path: '/aliases/' }, drop });
        const { outcomes } = await keystead.apply({ allow: await remediesOf(keystead) });
        expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(Array(4).fill('adopt done'));
        expect(await marks(keystead)).toContain('keystead_heir_dv-root');
        expect(await linesOf(keystead)).toEqual([]);
      });
    },
  );

  test('is not taken over from a name of the same stack', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(
        lakehouse.replace('  dv-root:\n', '  other:\n    name: dv-root\n').replace('key: dv-root', 'key: other'),
      );
      expect(await linesOf(keystead, ['takeover:key.other'])).toContain('key.other adopt FOREIGN_MARK');
    });
  });
});
