import { describe, expect, test } from '@jest/globals';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { normal } from '../helpers/normal.ts';
import { declare, linesOf, stackOf, vaultOfInfra, withInfra } from '../helpers/stacks.ts';

/** As long as map keys may be. */
const LONG = 'dv-reads-vault-from-every-instance-of-the-lake';
const STACK = 'a-stack-with-a-very-long-name';

const manifest = (text: string, stack = STACK) =>
  stackOf(
    stack,
    `${vaultOfInfra}authorizations:\n  ${LONG}:\n    source: data-virtualization\n    target: vault\n    roles: [Reader]\n    description: ${text}\n`,
  );

/** The number of characters that the plan says to shorten a text to. */
async function room(keystead: Keystead, allow: readonly string[] = []): Promise<number> {
  const text = (await keystead.planText({ allow })).replace(/\s+/g, ' ');
  return Number(/to (\d+) characters/.exec(text)?.[1]);
}

const descriptions = ({ emulator }: Keystead) => liveWorld(emulator).policies.map(({ description }) => description);

describe('a description that would be longer than 300 characters with its marks', () => {
  test('is refused before a create, and fits as long as the plan says', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await keystead.write(manifest('x'.repeat(230)));
      expectGolden('sharing/create-too-long', normal(await keystead.planText()));
      await keystead.apply();
      expect(descriptions(keystead)).toEqual([]);
      const most = await room(keystead);
      await keystead.write(manifest('x'.repeat(most + 1)));
      expect(await linesOf(keystead)).toEqual([`authorization.${LONG} create MARK_FULL`]);
      await keystead.write(manifest('x'.repeat(most)));
      await keystead.apply();
      expect(descriptions(keystead).map(({ length }) => length)).toEqual([300]);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('is refused as an update, and fits as long as the plan says', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await keystead.write(manifest('short'));
      await keystead.apply();
      await keystead.write(manifest('x'.repeat(230)));
      expectGolden('sharing/update-too-long', normal(await keystead.planText()));
      await keystead.write(manifest('x'.repeat(await room(keystead))));
      await keystead.apply();
      expect(descriptions(keystead).map(({ length }) => length)).toEqual([300]);
    });
  });

  test('has no room for the mark of whoever joins, until its owner shortens it', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await keystead.write(manifest('x'.repeat(200)));
      await keystead.apply();
      const joining = () =>
        declare(keystead, 'bb', manifest('short').replace(/[\s\S]*authorizations:/, 'authorizations:'));
      await joining();
      const allow = [`adopt:authorization.${LONG}`];
      expectGolden('sharing/join-too-long', normal(await keystead.planText({ allow })));
      await keystead.apply({ allow });
      expect(descriptions(keystead)[0]).not.toContain('keystead:bb');
      const most = await room(keystead, allow);
      await keystead.write(manifest('x'.repeat(most)));
      await keystead.apply();
      await joining();
      await keystead.apply({ allow });
      expect(descriptions(keystead)[0]).toContain(`[keystead:bb/${LONG}]`);
      expect(descriptions(keystead).map(({ length }) => length)).toEqual([300]);
    });
  });
});
