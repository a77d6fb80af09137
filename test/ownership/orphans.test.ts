import { describe, expect, test } from '@jest/globals';
import { inputOf } from '../../src/model/plan-input.ts';
import { readPlan } from '../../src/pipeline.ts';
import { planAsJson } from '../../src/report/plan/summary.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { declare, linesOf, reads, stackOf, vaultOfInfra, withInfra } from '../helpers/stacks.ts';

const DAY_MS = 86_400_000;
const days = { settings: { registrationLingerMs: 0 } };

/** Nothing but a ring is left of the main manifest. */
const nothingLeft = stackOf('prod', 'keyRings:\n  kept: { instance: "VAULT" }\n');

/** The tombstones as a plan prints them, moved to the left and put together. */
async function tombstones(keystead: Keystead): Promise<string> {
  const blocks = new Map<string, string[]>();
  for (const [, block = '', line = ''] of (await keystead.planText()).matchAll(/^ {6}(\w+):\n {6}( {2}.*)$/gm)) {
    blocks.set(block, [...(blocks.get(block) ?? []), line]);
  }
  return [...blocks].map(([block, lines]) => `${block}:\n${lines.join('\n')}\n`).join('');
}

describe("what carries this stack's mark and is not declared", () => {
  test('is listed with its tombstone; pasting them all ends it all', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(
        lakehouse.replace('  lakehouse:\n    service', '  lakehouse:\n    name: Data lake 1\n    service'),
      );
      await keystead.apply();
      const vault = liveWorld(keystead.emulator).instances.find(({ name }) => name === 'vault')?.crn ?? '';
      await keystead.write(nothingLeft.replace('VAULT', vault));
      await keystead.apply();
      // The search alone tells of services that nothing declares any more, and it is late.
      keystead.emulator.clock.advance(60_000);
      const { plan } = await keystead.plan();
      expectGolden('sharing/orphans', normal(await keystead.planText()));
      expect(plan.orphans.map(({ address }) => address)).toEqual([
        'authorization.dv-reads-vault',
        'deployment.lakehouse',
        'key-protect-instance.vault',
        'key.dv-root',
      ]);
      expect(readPlan(planAsJson(plan), 'plan').orphans).toEqual(plan.orphans);

      const pasted = await tombstones(keystead);
      const ring = `keyRings:\n  lakehouse: { instance: "${vault}", state: absent }\n  kept: { instance: "${vault}", state: absent }\n`;
      await keystead.write(stackOf('prod', pasted + ring));
      expect((await keystead.validate()).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      for (const _ of [0, 1, 2]) {
        await keystead.apply({ allow: ['delete:key-protect-instance.vault'] });
        keystead.emulator.clock.advance(13 * DAY_MS);
      }
      const { keys, instances, policies } = liveWorld(keystead.emulator);
      expect(keys.filter(({ state }) => state !== 5)).toEqual([]);
      expect(instances.filter(({ state }) => state === 'active')).toEqual([]);
      expect(policies).toEqual([]);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    }, days);
  });

  test('is not what another stack has marked', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(stackOf('other', 'keyProtectInstances:\n  mine: {}\n'));
      expect((await keystead.plan({ prune: true })).plan).toMatchObject({ orphans: [], changes: [{ verb: 'create' }] });
    });
  });
});

describe('--prune', () => {
  const three = `authorizations:\n${reads()}${reads('second').replace('data-virtualization', 'speech-to-text')}`;

  test('ends orphaned authorizations and nothing else', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', `keys:\n  root: { instance: vault }\n${three}`);
      await keystead.apply();
      await keystead.write(stackOf('aa', vaultOfInfra));
      expect(await linesOf(keystead)).toEqual([]);
      const { plan } = await keystead.plan({ prune: true });
      expectGolden('sharing/prune', normal(await keystead.planText({ prune: true })));
      expect(plan).toMatchObject({ prune: true, orphans: [{ address: 'key.root' }] });
      expect(plan.desired.map(({ address }) => address)).toEqual(['key-protect-instance.vault']);
      expect(inputOf(readPlan(planAsJson(plan), 'plan'))).toMatchObject({ prune: true, desired: [{}] });
      expect((await keystead.apply()).outcomes).toEqual([]);
      expect(liveWorld(keystead.emulator).policies).toHaveLength(2);
      const { outcomes } = await keystead.apply({ prune: true });
      expect(outcomes).toMatchObject([
        { verb: 'delete', is: 'done' },
        { verb: 'delete', is: 'done' },
      ]);
      const { policies, keys } = liveWorld(keystead.emulator);
      expect(policies).toEqual([]);
      expect(keys).toMatchObject([{ name: 'root', state: 1 }]);
      expect((await keystead.plan({ prune: true })).plan).toMatchObject({ changes: [], finished: [] });
    });
  });

  test.each([
    ['its vault is declared', vaultOfInfra],
    ['nothing names its vault any more', 'keyProtectInstances:\n  unrelated: {}\n'],
  ])('waits while a use stands, though %s', async (_title, left) => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      const key = 'keys:\n  root: { instance: vault }\n';
      const lake =
        'deployments:\n  dv: { service: data-virtualization, plan: enterprise, encryption: { key: root } }\n';
      await declare(keystead, 'aa', `${key}authorizations:\n${reads()}${lake}`);
      await keystead.apply();
      await keystead.write(stackOf('aa', left));
      await keystead.apply();
      const { plan } = await keystead.plan({ prune: true });
      expect(plan.changes).toMatchObject([{ because: 'orphan-pruned', verb: 'delete', status: { is: 'deferred' } }]);
      await keystead.apply({ prune: true });
      expect(liveWorld(keystead.emulator).policies).toHaveLength(1);
      expect(keystead.emulator.services.list()).toMatchObject([{ registered: true, authorized: true }]);
    });
  });

  test('ends what is about an instance that is gone', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', `authorizations:\n${reads()}`);
      await keystead.apply();
      await keystead.write(stackOf('infra', 'keyProtectInstances:\n  vault: { state: absent }\n'));
      await keystead.apply();
      keystead.emulator.clock.advance(13 * DAY_MS);
      await keystead.write(stackOf('aa', 'keyProtectInstances:\n  unrelated: {}\n'));
      await keystead.apply({ prune: true });
      expect(liveWorld(keystead.emulator).policies).toEqual([]);
      expect((await keystead.plan({ prune: true })).plan).toMatchObject({ changes: [], orphans: [] });
    });
  });

  test("takes only this stack's mark from what others share", async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'bb', `authorizations:\n${reads()}`);
      await keystead.apply();
      await declare(keystead, 'aa', `authorizations:\n${reads()}`);
      await keystead.apply({ allow: ['adopt'] });
      await keystead.write(stackOf('aa', vaultOfInfra));
      expect((await keystead.plan({ prune: true })).plan.changes).toMatchObject([{ verb: 'forget' }]);
      await keystead.apply({ prune: true });
      expect(liveWorld(keystead.emulator).policies).toMatchObject([{ description: '[keystead:bb/dv-reads-vault]' }]);
    });
  });

  test('keeps to the number of deletions that is allowed', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      const services = [
        'speech-to-text',
        'text-to-speech',
        'language-translator',
        'conversation',
        'discovery',
        'natural-language-understanding',
      ];
      const many = services
        .map((service, index) => reads(`a${index}`).replace('data-virtualization', service))
        .join('');
      await declare(keystead, 'aa', `authorizations:\n${many}`);
      await keystead.apply();
      await keystead.write(stackOf('aa', vaultOfInfra));
      await expect(keystead.apply({ prune: true })).rejects.toMatchObject({ code: 'TOO_MANY_DELETES' });
      expect(liveWorld(keystead.emulator).policies).toHaveLength(6);
      await keystead.apply({ prune: true, allow: ['deletes:6'] });
      expect(liveWorld(keystead.emulator).policies).toEqual([]);
    });
  });
});
