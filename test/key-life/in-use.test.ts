import { describe, expect, test } from '@jest/globals';
import { consoleOf, liveWorld } from '../helpers/console.ts';
import { run } from '../helpers/key-life.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

const disabled = lakehouse.replace('    rotation:', '    enabled: false\n    rotation:');

describe('disabling a key in use', () => {
  test('names its users, needs a consent, and is told as what is declared, not as drift', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      expect(await run(keystead, disabled)).toEqual({ exit: 5, changes: ['key.dv-root disable CONSENT_NEEDED'] });
      const [change] = (await keystead.plan()).plan.changes;
      expect(change?.blastRadius).toMatchObject([{ name: 'lakehouse', address: 'deployment.lakehouse' }]);
      expect(change?.status).toMatchObject({ allow: 'disable:key.dv-root' });
      expect(liveWorld(keystead.emulator).keys).toMatchObject([{ state: 1 }]);

      const allowed = await run(keystead, disabled, ['disable:key.dv-root']);
      expect(allowed).toEqual({ exit: 0, changes: ['key.dv-root disable ready'] });
      expect(liveWorld(keystead.emulator).keys).toMatchObject([{ state: 2 }]);
      const { plan } = await keystead.plan();
      expect([plan.changes, plan.impaired]).toEqual([[], []]);
    });
  });

  test("somebody else's use is named too", async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const others = disabled.slice(0, disabled.indexOf('deployments:'));
      await keystead.write(others);
      const { plan } = await keystead.plan();
      expect(plan.changes).toMatchObject([
        { address: 'key.dv-root', verb: 'disable', blastRadius: [{ name: 'lakehouse' }], status: { is: 'blocked' } },
      ]);
    });
  });
});

describe('a deployment on a key that does not encrypt', () => {
  const second =
    '  reports:\n    service: data-virtualization\n    plan: enterprise\n    encryption: { key: dv-root }\n';

  test('is blocked before anything is made, and made in the run that enables the key', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await consoleOf(keystead.emulator, keystead.api).disableKey('dv-root');
      expect(await run(keystead, lakehouse + second)).toEqual({
        exit: 5,
        changes: ['deployment.reports create NOT_USABLE'],
      });
      expect(liveWorld(keystead.emulator).instances).toHaveLength(2);
      const enabled = (lakehouse + second).replace('    rotation:', '    enabled: true\n    rotation:');
      keystead.emulator.clock.advance(60_000);
      const { exit, changes } = await run(keystead, enabled);
      expect([exit, changes]).toEqual([0, ['key.dv-root enable ready', 'deployment.reports create ready']]);
    });
  });

  test('is blocked too where the key is declared so, whether it is there or not', async () => {
    await withKeystead(async (keystead) => {
      const { exit, changes } = await run(keystead, disabled);
      expect([exit, changes.at(-1)]).toEqual([5, 'deployment.lakehouse create NOT_USABLE']);
      expect(liveWorld(keystead.emulator).instances).toHaveLength(1);
    });
  });
});
