import { describe, expect, test } from '@jest/globals';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { at } from '../helpers/platform.ts';

async function planned(keystead: Keystead): Promise<readonly string[]> {
  const { plan } = await keystead.plan();
  return plan.changes.map(
    ({ address, verb, status }) => `${address} ${verb} ${status.is === 'blocked' ? status.code : status.is}`,
  );
}

/** Names of the live instances, Key Protect's included. */
function instancesOf({ emulator }: Keystead): readonly unknown[] {
  return Object.values(at(emulator.state(), 'resource-controller/instances') ?? {}).map((item) => at(item, 'name'));
}

const plain = `apiVersion: keystead/v1
stack: prod
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
deployments:
  lake:
    service: data-virtualization
    plan: enterprise
`;

describe('another service for a deployment', () => {
  test.each([
    ['as the search shows it', 0, ''],
    ['while the search does not show it yet', 3_600_000, ''],
    ['under another name too', 0, '    name: other\n'],
  ])('is refused, and makes no second one: %s', async (_title, searchLagMs, more) => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(plain);
        await keystead.apply();
        await keystead.write(
          plain
            .replace('data-virtualization', 'cloud-object-storage')
            .replace('plan: enterprise', 'plan: standard\n    region: global') + more,
        );
        expect((await planned(keystead))[0]).toBe('deployment.lake update CANNOT_CHANGE');
        await keystead.apply();
        expect(instancesOf(keystead)).toHaveLength(1);
      },
      { settings: { searchLagMs } },
    );
  });

  test('does not take a Key Protect instance of the same map key for it', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(`${plain.replace('deployments:', 'keyProtectInstances:\n  lake: {}\ndeployments:')}`);
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done']);
      expect(await planned(keystead)).toEqual([]);
      expect(instancesOf(keystead)).toEqual(['lake', 'lake']);
    });
  });
});
