import { expect, test } from '@jest/globals';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { createVault, list, text } from '../helpers/platform.ts';

/** Descriptions of the account's policies. */
async function descriptions({ api }: Keystead): Promise<readonly string[]> {
  const { body } = await api('GET', '/v2/policies?account_id=0123456789abcdef0123456789abcdef&type=authorization');
  return list(body, 'policies').map((policy) => text(policy, 'description'));
}

const changesOf = async (keystead: Keystead) => (await keystead.plan()).plan.changes;

test('our own policy is known by what the refusal carries, while no read shows it yet', async () => {
  await withKeystead(
    async (keystead) => {
      await keystead.write(lakehouse);
      keystead.emulator.faults.add({ match: { method: 'POST', path: '^/v2/policies$' }, drop: 'after' });
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toContain('authorization.dv-reads-vault done');
      expect(await descriptions(keystead)).toEqual(['[keystead:prod/dv-reads-vault]']);
      expect(await changesOf(keystead)).toEqual([]);
    },
    { settings: { policyReadAfterWriteMs: 20_000 } },
  );
});

test('a Key Protect instance as the target may be written as service and CRN', async () => {
  await withKeystead(async (keystead) => {
    const vaultOnly = lakehouse.slice(0, lakehouse.indexOf('keyRings:'));
    await keystead.write(vaultOnly);
    const { outcomes } = await keystead.apply();
    const [vault] = outcomes;
    const crn = vault?.is === 'done' ? vault.id : undefined;
    const { crn: stranger } = await createVault(keystead.api, 'undeclared');
    await keystead.write(
      `${vaultOnly}authorizations:
  ours: { source: data-virtualization, target: { service: kms, crn: '${crn}' }, roles: [Reader] }
  far: { source: data-virtualization, target: { service: kms, crn: '${stranger}' }, roles: [Reader] }
`,
    );
    expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done']);
    expect(await changesOf(keystead)).toEqual([]);
  });
});

test('a description that ends in a new line is written and compared without it', async () => {
  await withKeystead(async (keystead) => {
    await keystead.write(
      lakehouse.replace('    roles: [Reader]', '    roles: [Reader]\n    description: |\n      Why.\n'),
    );
    await keystead.apply();
    expect(await descriptions(keystead)).toEqual(['Why. [keystead:prod/dv-reads-vault]']);
    expect(await changesOf(keystead)).toEqual([]);
  });
});

test('a target instance that is gone does not end the plan', async () => {
  await withKeystead(async (keystead) => {
    const crn = 'crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:gone-for-good::';
    const head = 'apiVersion: keystead/v1\nstack: prod\nauthorizations:\n  a:\n    source: data-virtualization\n';
    await keystead.write(`${head}    target: { instance: "${crn}" }\n    roles: [Reader]\n`);
    expect((await changesOf(keystead)).map(({ address, verb }) => `${address} ${verb}`)).toEqual([
      'authorization.a create',
    ]);
  });
});
