import { describe, expect, test } from '@jest/globals';
import { withKeystead } from '../helpers/keystead.ts';
import { at, text } from '../helpers/platform.ts';

const HEAD = `apiVersion: keystead/v1
stack: prod
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
`;
const vaults = (...names: readonly string[]) =>
  `keyProtectInstances:\n${names.map((name) => `  ${name}: {}\n`).join('')}`;

/** The changes of a plan, `address verb status`, and the code where it is blocked. */
async function planned(keystead: Parameters<Parameters<typeof withKeystead>[0]>[0]): Promise<readonly string[]> {
  const { plan } = await keystead.plan();
  return plan.changes.map(
    ({ address, verb, status }) => `${address} ${verb} ${status.is === 'blocked' ? status.code : status.is}`,
  );
}

/** All keys of an emulator, as it holds them. */
function keysOf({ emulator }: Parameters<Parameters<typeof withKeystead>[0]>[0]): readonly unknown[] {
  return Object.values(at(emulator.state(), 'key-protect/keys') ?? {});
}

describe('a key that is declared in another instance', () => {
  const inV1 = `${HEAD}${vaults('v1', 'v2')}keyRings:\n  r1: { name: ring, instance: v1 }\n  r2: { name: ring, instance: v2 }\nkeys:\n  root: { instance: v1, ring: r1 }\n`;
  const inV2 = inV1.replace('root: { instance: v1, ring: r1 }', 'root: { instance: v2, ring: r2 }');

  test.each([
    ['that is there', inV2, ['key.root update CANNOT_CHANGE']],
    [
      'that is to be made',
      inV2.replaceAll('v2', 'v3'),
      ['key-protect-instance.v3 create ready', 'key-ring.r2 create ready', 'key.root update CANNOT_CHANGE'],
    ],
    [
      'while the first is not declared any more',
      inV2.replace('  v1: {}\n', '').replace('  r1: { name: ring, instance: v1 }\n', ''),
      ['key.root update CANNOT_CHANGE'],
    ],
  ])('%s is the key that exists, and it does not move', async (_title, manifest, expected) => {
    await withKeystead(async (keystead) => {
      await keystead.write(inV1);
      await keystead.apply();
      await keystead.write(manifest);
      expect(await planned(keystead)).toEqual(expected);
      await keystead.apply();
      expect(keysOf(keystead)).toHaveLength(1);
    });
  });
});

describe('a rotation policy', () => {
  test('that is declared disabled is set, with its interval, by the create', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(
        `${HEAD}${vaults('v1')}keys:\n  root: { instance: v1, rotation: { intervalMonths: 3, enabled: false } }\n  none: { instance: v1, rotation: { enabled: false } }\n`,
      );
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'done']);
      expect(await planned(keystead)).toEqual([]);
      const policies = keysOf(keystead).map((key) => [text(key, 'name'), at(key, 'rotation', 'value')]);
      expect(policies.sort()).toEqual([
        ['none', undefined],
        ['root', { enabled: false, interval_month: 3 }],
      ]);
    });
  });
});

describe('an alias', () => {
  test('that another key of the instance has is an error that names that key, not a stale plan', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(`${HEAD}${vaults('v1')}keys:\n  first: { instance: v1, aliases: [shared] }\n`);
      await keystead.apply();
      await keystead.write(`${HEAD}${vaults('v1')}keys:\n  second: { instance: v1, aliases: [shared] }\n`);
      const [outcome] = (await keystead.apply()).outcomes;
      expect(outcome).toMatchObject({ address: 'key.second', is: 'failed', error: { code: 'ALIAS_TAKEN' } });
      expect(outcome?.is === 'failed' ? outcome.error.message : '').toContain('"shared" belongs to the key "first"');
    });
  });
});
