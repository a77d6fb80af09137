import { expect, test } from '@jest/globals';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { createVault, list, text } from '../helpers/platform.ts';

const POLICIES = '/v2/policies?account_id=0123456789abcdef0123456789abcdef&type=authorization';

/** Descriptions of the account's policies. */
async function descriptions({ api }: Keystead): Promise<readonly string[]> {
  const { body } = await api('GET', POLICIES);
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

test('a resource group alone is a source: every service in it may read, and nothing is left to do', async () => {
  await withKeystead(async (keystead) => {
    await keystead.write(lakehouse.replace('source: data-virtualization', 'source: { resourceGroup: Default }'));
    const { outcomes } = await keystead.apply();
    expect(outcomes.every(({ is }) => is === 'done')).toBe(true);
    expect(await changesOf(keystead)).toEqual([]);
    const listed = await keystead.api('GET', POLICIES);
    const attributes = list(listed.body, 'policies', 0, 'subject', 'attributes').map((one) => text(one, 'key'));
    expect(attributes.sort()).toEqual(['accountId', 'resourceGroupId']);
  });
});

test('a policy that somebody narrowed by what is not known is neither changed, left nor deleted', async () => {
  await withKeystead(async (keystead) => {
    const { api } = keystead;
    const small = lakehouse.replace(/^deployments:[\s\S]*/m, '');
    await keystead.write(small);
    await keystead.apply();
    const listed = await api('GET', POLICIES);
    const path = `/v2/policies/${text(list(listed.body, 'policies')[0], 'id')}`;
    const read = await api('GET', path);
    const odd = { key: 'cfgType', operator: 'stringEquals', value: 'x' };
    const resource = { attributes: [...list(read.body, 'resource', 'attributes'), odd] };
    const headers = { 'If-Match': read.headers.get('etag') ?? '' };
    const body = { ...Object(read.body), resource };
    expect((await api('PUT', path, { headers, body })).status).toBe(200);
    for (const [manifest, verb] of [
      [small, 'delete'],
      [small.replace('    source: data-virt', '    state: forgotten\n    source: data-virt'), 'forget'],
      [small.replace('stack: prod', 'stack: prod\nstate: absent'), 'delete'],
    ] as const) {
      await keystead.write(manifest);
      const { changes } = (await keystead.plan()).plan;
      const odds = changes.filter(({ target }) => target?.id === `policy:${path.split('/').at(-1)}`);
      expect(odds).toMatchObject([{ verb, status: { is: 'blocked', code: 'NOT_UNDERSTOOD' } }]);
      await keystead.apply({ allow: ['deletes:9'] });
      expect((await api('GET', path)).body).toMatchObject({ resource, description: '[keystead:prod/dv-reads-vault]' });
    }
  });
});
