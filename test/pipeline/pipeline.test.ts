import { describe, expect, test } from '@jest/globals';
import { apply, kinds, plan } from '../../src/pipeline.ts';
import { clockOf, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

describe('the main job', () => {
  test('makes everything in order, and then asks for nothing', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      const { outcomes, deferred, blocked } = await keystead.apply();
      expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual([
        'key-protect-instance.vault done',
        'key-ring.lakehouse done',
        'key.dv-root done',
        'authorization.dv-reads-vault done',
        'deployment.lakehouse done',
      ]);
      expect([deferred, blocked]).toEqual([[], []]);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });
});

test('a whole stack goes in one run, an authorization on one key alone after that key', async () => {
  const head = 'apiVersion: keystead/v1\nstack: prod\n';
  const rest = `defaults: { region: us-south }
keyProtectInstances: { vault: {} }
keys: { root: { instance: vault } }
authorizations: { reads-root: { source: data-virtualization, target: { key: root }, roles: [Reader] } }
`;
  await withKeystead(async (keystead) => {
    await keystead.write(head + rest);
    await keystead.apply();
    await keystead.write(`${head}state: absent\n${rest}`);
    const { outcomes } = await keystead.apply({ allow: ['delete:key-protect-instance.vault'] });
    expect(outcomes.map(({ address, verb, is }) => `${address} ${verb} ${is}`)).toEqual([
      'key.root delete done',
      'key-protect-instance.vault delete done',
      'authorization.reads-root delete done',
    ]);
    expect((await keystead.plan()).plan.changes).toEqual([]);
  });
});

describe('what changes between two rounds', () => {
  test('is reported and not done: only what was reviewed is', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        await keystead.apply({ waitMs: 0 });
        await keystead.write(lakehouse.replace('plan: enterprise', 'plan: enterprise\n    tags: [later]'));
        const { wanted } = await keystead.validate();
        if (wanted === undefined) throw new Error('the manifest is wrong');
        const connection = keystead.connection();
        const time = clockOf(keystead.emulator);
        const common = { kinds, endpoints: 'emulator', now: connection.now, consents: [] };
        const made = await plan(wanted, { ...common, reader: connection.reader() });
        expect(made.plan.changes).toMatchObject([{ verb: 'update', status: { is: 'deferred' } }]);
        const crn = made.plan.changes[0]?.target?.id ?? '';
        const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
        let scaled = false;
        const { outcomes, unreviewed } = await apply(wanted, made, {
          ...common,
          cloud: connection.cloud,
          secret: async () => new Uint8Array(),
          clock: {
            now: time.now,
            async sleep(ms) {
              // The first wait between two rounds: somebody scales it.
              if (ms === 2_000 && !scaled)
                await keystead.api('PATCH', path, { body: { parameters: { worker_count: '5' } } });
              scaled ||= ms === 2_000;
              await time.sleep(ms);
            },
          },
          tell: () => undefined,
          parallelism: 10,
          waitMs: 3_600_000,
          signal: new AbortController().signal,
        });
        expect(outcomes).toEqual([]);
        expect(unreviewed.map(({ address, fields }) => [address, fields.map(({ field }) => field)])).toEqual([
          ['deployment.lakehouse', ['tags', 'parameters.worker_count']],
        ]);
        expect((await keystead.api('GET', path)).body).toMatchObject({ parameters: { worker_count: '5' } });
      },
      { settings: { provisioningMs: 60_000 } },
    );
  });
});
