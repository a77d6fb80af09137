import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { at, authorize, list, scene, text } from '../helpers/platform.ts';
import { type Counts, must, type Provider, startProvider } from './provider.ts';
import { createDatabase, refreshDatabase, scale, settle } from './provider-database.ts';
import { createInstance, deleteInstance, refreshInstance, updateInstance } from './provider-instance.ts';

/** What terraform-provider-ibm sends, call by call. Source: the references' provider sequences. */
async function withProvider(work: (provider: Provider) => Promise<void>): Promise<void> {
  await withEmulator(async ({ emulator }) => work(await startProvider(emulator)));
}

const none: Counts = { kp: 0, iam: 0, platform: 0 };
const vault = { name: 'vault', service: 'kms', plan: 'tiered-pricing', location: 'us-south' };
const lakehouse = {
  name: 'lakehouse',
  service: 'data-virtualization',
  plan: 'data-virtualization-enterprise',
  location: 'us-south',
};

describe('resource ibm_resource_instance', () => {
  test('Key Protect: created in ten calls and a tag, refreshed in five, renamed, retagged and deleted', async () => {
    await withProvider(async (provider) => {
      const created = await provider.counted(() => createInstance(provider, { ...vault, tags: ['env:test'] }));
      // Nine at least, the default group and the tags.
      expect(created.counts).toEqual({ ...none, platform: 11 });
      const id = created.result;
      provider.sleep(60_000);
      const refreshed = await provider.counted(() => refreshInstance(provider, id));
      expect(refreshed.counts).toEqual({ ...none, platform: 5 });
      expect(refreshed.result).toMatchObject({ name: 'vault', state: 'active', tags: ['env:test'] });

      const renamed = await provider.counted(() => updateInstance(provider, id, { patch: { name: 'safe' } }));
      expect(renamed.counts).toEqual({ ...none, platform: 7 });
      // Detaching takes a user tag away, so that deleting it fails, so that the new one is not attached: two applies.
      const tags = { remove: ['env:test'], add: ['env:prod'] };
      await updateInstance(provider, id, { patch: { name: 'safe' }, tags });
      expect(await refreshInstance(provider, id)).toMatchObject({ name: 'safe', tags: [] });
      await updateInstance(provider, id, { patch: { name: 'safe' }, tags: { ...tags, remove: [] } });
      expect(await refreshInstance(provider, id)).toMatchObject({ tags: ['env:prod'] });

      const deleted = await provider.counted(() => deleteInstance(provider, id));
      expect(deleted.counts).toEqual({ ...none, platform: 2 });
      expect(await refreshInstance(provider, id)).toBeUndefined();
    });
  });

  test('Data Virtualization: waits for an hour, fails with its description, and changes its parameters', async () => {
    await withProvider(async (provider) => {
      const { emulator } = provider;
      emulator.settings.change({ provisioningMs: 3_000_000, failProvisioning: ['data-virtualization'] });
      await expect(createInstance(provider, lakehouse)).rejects.toThrow('Provision of data-virtualization failed');
    });
    await withProvider(async (provider) => {
      const { emulator } = provider;
      emulator.settings.change({ provisioningMs: 60_000, failProvisioning: [] });
      const id = await createInstance(provider, { ...lakehouse, parameters: { worker_count: '3', enabled: true } });
      const patch = { parameters: { worker_count: '5' } };
      await updateInstance(provider, id, { patch });
      expect(await refreshInstance(provider, id)).toMatchObject({ parameters: { worker_count: '5' } });
      emulator.settings.change({ deletionSettleMs: 20_000 });
      const deleted = await provider.counted(() => deleteInstance(provider, id));
      expect(deleted.counts).toEqual({ ...none, platform: 3 });
      await expect(deleteInstance(provider, id)).rejects.toThrow('422');
    });
  });

  test('what is removed answers 410 to a second delete, which is success', async () => {
    await withProvider(async (provider) => {
      const config = { name: 'files', service: 'cloud-object-storage', plan: 'lite', location: 'global' };
      const id = await createInstance(provider, config);
      await deleteInstance(provider, id);
      const again = await provider.counted(() => deleteInstance(provider, id));
      expect(again.counts).toEqual({ ...none, platform: 1 });
    });
  });
});

describe('resource ibm_database', () => {
  const postgresql = {
    name: 'orders',
    type: 'postgresql',
    service: 'databases-for-postgresql',
    plan: 'standard',
    location: 'us-south',
    // Sizes and flags come as the configuration has them: numbers, and strings.
    parameters: { 'service-endpoints': 'private', members_disk_allocation_mb: '20480', version: '16' },
  };

  test('PostgreSQL: created with all its parts, refreshed in eleven calls, scaled, changed and deleted', async () => {
    await withProvider(async (provider) => {
      provider.emulator.settings.change({ provisioningMs: 1_200_000, taskMs: 12_000, deletionSettleMs: 20_000 });
      const id = await createDatabase(provider, {
        ...postgresql,
        members: 3,
        adminPassword: 'Password1234567890',
        allowlist: ['10.0.0.0/8', '192.168.1.1'],
        user: { username: 'reporter', password: 'Password1234567890' },
        configuration: { max_connections: 200 },
        tags: ['env:test'],
      });
      provider.sleep(60_000);
      const refreshed = await provider.counted(() => refreshDatabase(provider, id));
      expect(refreshed.counts).toEqual({ ...none, platform: 11 });
      expect(refreshed.result).toMatchObject({
        instance: { name: 'orders', tags: ['env:test'] },
        deployment: { version: '16', enable_private_endpoints: true, enable_public_endpoints: false },
        allowlist: [{ address: '10.0.0.0/8' }, { address: '192.168.1.1' }],
        groups: { groups: [{ members: { allocation_count: 3 }, disk: { allocation_mb: 30_720 } }] },
      });

      await updateInstance(provider, id, { patch: { name: 'sales' } });
      expect(await scale(provider, id, { memory: { allocation_mb: 24_576 } })).toBe(202);
      expect(await scale(provider, id, { memory: { allocation_mb: 24_576 } })).toBe(204);
      await expect(scale(provider, id, { disk: { allocation_mb: 15_360 } })).rejects.toThrow('422');
      // A user that is there is changed, not made again.
      await settle(provider, id, { user: { username: 'reporter', password: 'Password0987654321' }, allowlist: [] });
      const versions = `/v5/ibm/deployments/${encodeURIComponent(id)}/capability/versions?target_platform=classic`;
      must((await provider.send('GET', versions)).body, 'capability.versions.0.version');
      expect(await refreshDatabase(provider, id)).toMatchObject({
        instance: { name: 'sales' },
        allowlist: [],
        groups: { groups: [{ memory: { allocation_mb: 24_576 } }] },
      });

      await deleteInstance(provider, id);
      expect(await refreshDatabase(provider, id)).toBeUndefined();
    });
  });

  test('encrypted: a public one is refreshed in ten; without its key it has no members, and the provider reads no further', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const provider = await startProvider(emulator);
      const { vault: guid, key } = await scene(api);
      const parameters = { 'service-endpoints': 'public', disk_encryption_key_crn: key.crn };
      await expect(createDatabase(provider, { ...postgresql, parameters })).rejects.toThrow('400');
      await authorize(api, { service: 'databases-for-postgresql', instance: guid });
      const id = await createDatabase(provider, { ...postgresql, parameters });
      const refreshed = await provider.counted(() => refreshDatabase(provider, id));
      expect(refreshed.counts).toEqual({ ...none, platform: 10 });
      expect(refreshed.result).toMatchObject({
        deployment: { platform_options: { disk_encryption_key_crn: key.crn } },
      });
      const headers = { 'Bluemix-Instance': guid };
      expect((await api('DELETE', `/api/v2/keys/${key.id}?force=true`, { headers })).status).toBeLessThan(300);
      provider.sleep(1000);
      const locked = await provider.counted(() => refreshDatabase(provider, id));
      expect(locked.result).toMatchObject({ disabled: true, instance: { state: 'active' } });
      expect(locked.counts).toEqual({ ...none, platform: 7 });
    });
  });

  test('MongoDB, whose settings cannot be read, is refreshed in nine', async () => {
    await withProvider(async (provider) => {
      const config = { ...postgresql, type: 'mongodb', service: 'databases-for-mongodb', parameters: {} };
      const id = await createDatabase(provider, config);
      const refreshed = await provider.counted(() => refreshDatabase(provider, id));
      expect(refreshed.counts).toEqual({ ...none, platform: 9 });
    });
  });
});

describe('data ibm_resource_group', () => {
  test('by name, as the default one, and by id, one call each', async () => {
    await withProvider(async ({ send, accountId }) => {
      for (const query of ['name=production', 'default=true']) {
        const { body } = await send('GET', `/v2/resource_groups?account_id=${accountId}&${query}`);
        const group = at(body, 'resources', 0);
        must(group, 'id', 'name', 'state', 'crn', 'account_id', 'quota_url', 'quota_id', 'payment_methods_url');
        must(group, 'teams_url', 'created_at', 'updated_at', 'default');
        // Strings only, or the provider's assertion panics.
        expect(list(group, 'resource_linkages').filter((item) => typeof item !== 'string')).toEqual([]);
        const byId = await send('GET', `/v2/resource_groups/${text(group, 'id')}`);
        expect(byId.body).toEqual(group);
      }
    });
  });
});

describe('resource ibm_iam_authorization_policy', () => {
  const roles = '/v2/roles?service_name=kms&source_service_name=databases-for-postgresql&policy_type=authorization';

  /** Display names are matched exactly; the attributes go out in this order. */
  async function write(provider: Provider, names: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { body } = await provider.send('GET', roles);
    for (const part of ['custom_roles', 'service_roles', 'system_roles']) list(body, part);
    const all = [...list(body, 'service_roles'), ...list(body, 'system_roles')];
    const granted = names.map((name) => ({
      role_id: text(
        all.find((role) => at(role, 'display_name') === name),
        'crn',
      ),
    }));
    const attribute = (key: string, value: string) => ({ key, value, operator: 'stringEquals' });
    return {
      type: 'authorization',
      description: 'by Terraform',
      control: { grant: { roles: granted } },
      subject: {
        attributes: [
          attribute('serviceName', 'databases-for-postgresql'),
          attribute('accountId', provider.accountId),
          attribute('resourceGroupId', 'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0'),
        ],
      },
      resource: { attributes: [attribute('serviceName', 'kms'), attribute('accountId', provider.accountId)] },
    };
  }

  async function read(provider: Provider, id: string): Promise<unknown> {
    const path = `/v2/policies/${id}`;
    for (let tries = 0; (await provider.send('GET', path, { allow: [200, 404] })).status === 404; tries += 1) {
      expect(tries).toBeLessThan(60);
      provider.sleep(5000);
    }
    const { body: policy } = await provider.send('GET', path);
    must(policy, 'id', 'state', 'subject.attributes', 'resource.attributes', 'control.grant.roles');
    const { body } = await provider.send('GET', `${roles}&account_id=${provider.accountId}`);
    const known = [...list(body, 'service_roles'), ...list(body, 'system_roles')].map((role) => at(role, 'crn'));
    for (const role of list(policy, 'control', 'grant', 'roles')) expect(known).toContain(at(role, 'role_id'));
    return policy;
  }

  /** Exists goes over v1. @returns whether it stays in the state */
  async function exists(provider: Provider, id: string): Promise<boolean> {
    const { status, body } = await provider.send('GET', `/v1/policies/${id}`, { allow: [200, 404] });
    return status === 200 && text(body, 'state') !== 'deleted';
  }

  test('created in five calls, refreshed in four, updated in six and deleted in one, v1 and v2 mixed', async () => {
    await withProvider(async (provider) => {
      const created = await provider.counted(async () => {
        const body = await write(provider, ['Reader']);
        const made = await provider.send('POST', '/v2/policies', { body, allow: [201] });
        await read(provider, text(made.body, 'id'));
        return { id: text(made.body, 'id'), body };
      });
      expect(created.counts).toEqual({ ...none, platform: 5 });
      const { id, body } = created.result;

      const refreshed = await provider.counted(async () => ({
        isThere: await exists(provider, id),
        policy: await read(provider, id),
      }));
      expect(refreshed.counts).toEqual({ ...none, platform: 4 });
      // In stored order and count: the provider compares by position.
      expect(refreshed.result).toMatchObject({
        isThere: true,
        policy: { subject: body['subject'], resource: body['resource'] },
      });

      const updated = await provider.counted(async () => {
        const wanted = await write(provider, ['Reader', 'Authorization Delegator']);
        const { etag } = await provider.send('GET', `/v2/policies/${id}`);
        expect(etag).not.toBe('');
        await provider.send('PUT', `/v2/policies/${id}`, { body: wanted, headers: { 'If-Match': etag } });
        return await read(provider, id);
      });
      expect(updated.counts).toEqual({ ...none, platform: 6 });
      expect(list(updated.result, 'control', 'grant', 'roles')).toHaveLength(2);

      const { body: listed } = await provider.send(
        'GET',
        `/v1/policies?account_id=${provider.accountId}&type=authorization`,
      );
      must(
        listed,
        'policies.0.subjects.0.attributes',
        'policies.0.resources.0.attributes',
        'policies.0.roles.0.display_name',
      );
      await provider.send('DELETE', `/v1/policies/${id}`, { allow: [204] });
      expect(await exists(provider, id)).toBe(false);
    });
  });

  test('a policy that cannot be read yet is asked for again', async () => {
    await withProvider(async (provider) => {
      provider.emulator.settings.change({ policyReadAfterWriteMs: 30_000 });
      const body = await write(provider, ['Reader']);
      const made = await provider.send('POST', '/v2/policies', { body, allow: [201] });
      expect(await read(provider, text(made.body, 'id'))).toMatchObject({ state: 'active' });
    });
  });
});

describe('data sources and reclamations', () => {
  test('data ibm_resource_instance: by name in five calls and two for its service, by identifier in five', async () => {
    await withProvider(async (provider) => {
      const { send } = provider;
      const id = await createInstance(provider, vault);
      const resolved = await provider.counted(async () => {
        const { body } = await send('GET', '/v2/resource_instances?name=vault');
        const instance = at(body, 'resources', 0);
        must(instance, 'id', 'guid', 'crn', 'resource_id', 'resource_plan_id', 'resource_group_id', 'state');
        expect(at(body, 'next_url')).toBeNull();
        const service = await send('GET', `/api/v1/${encodeURIComponent(text(instance, 'resource_id'))}`);
        const group = await send('GET', `/v2/resource_groups/${text(instance, 'resource_group_id')}`);
        const plan = await send('GET', `/api/v1/${encodeURIComponent(text(instance, 'resource_plan_id'))}`);
        const found = await send('POST', '/v3/resources/search', {
          body: { query: `crn:"${text(instance, 'crn')}"`, fields: ['tags'] },
        });
        list(found.body, 'items', 0, 'tags');
        return [service, group, plan].map((answer) => text(answer.body, 'name'));
      });
      expect(resolved).toEqual({ result: ['kms', 'Default', 'tiered-pricing'], counts: { ...none, platform: 5 } });
      // By the SDK: the first hit for the word, then anything under it of that name, else the first list.
      const first = await send('GET', '/api/v1?q=kms');
      const under = await send('GET', `/api/v1/${text(first.body, 'resources', 0, 'id')}/*?q=kms`);
      const exact = [...list(under.body, 'resources'), ...list(first.body, 'resources')].find(
        (entry) => at(entry, 'name') === 'kms' && at(entry, 'kind') === 'service',
      );
      const filtered = await send('GET', `/v2/resource_instances?name=vault&resource_id=${text(exact, 'id')}`);
      expect(text(filtered.body, 'resources', 0, 'id')).toBe(id);
    });
  });

  test('data ibm_resource_reclamations and resource ibm_resource_reclamation_delete', async () => {
    await withProvider(async (provider) => {
      const id = await createInstance(provider, vault);
      await deleteInstance(provider, id);
      const { body } = await provider.send('GET', '/v1/reclamations');
      const row = at(body, 'resources', 0);
      must(row, 'id', 'entity_id', 'entity_type_id', 'entity_crn', 'resource_instance_id', 'resource_group_id');
      must(row, 'account_id', 'policy_id', 'state', 'target_time', 'custom_properties', 'created_at', 'updated_at');
      const path = `/v1/reclamations/${text(row, 'id')}/actions/reclaim`;
      const reclaimed = await provider.send('POST', path, { body: { request_by: '', comment: '' } });
      expect(at(reclaimed.body, 'state')).toBe('RECLAIMING');
      const { body: gone } = await provider.send('GET', `/v2/resource_instances/${encodeURIComponent(id)}`);
      expect(gone).toMatchObject({ state: 'removed' });
    });
  });

  test('resource ibm_resource_group: made and read, refreshed in two, renamed, and deleted when it is empty', async () => {
    await withProvider(async ({ send, accountId }) => {
      const made = await send('POST', '/v2/resource_groups', {
        body: { name: 'team', account_id: accountId },
        allow: [201],
      });
      const path = `/v2/resource_groups/${text(made.body, 'id')}`;
      const { body } = await send('GET', path);
      must(body, 'name', 'default', 'state', 'crn', 'created_at', 'updated_at', 'teams_url', 'payment_methods_url');
      must(body, 'quota_url', 'quota_id', 'resource_linkages');
      await send('PATCH', path, { body: { name: 'crew' } });
      expect((await send('GET', path)).body).toMatchObject({ name: 'crew' });
      // A 500 would be sent again for as long as the provider waits.
      expect((await send('DELETE', path, { allow: [204] })).body).toBeUndefined();
      expect((await send('GET', path, { allow: [404] })).status).toBe(404);
    });
  });

  test('resource ibm_resource_key: made, read, and gone by its state', async () => {
    await withProvider(async (provider) => {
      const { send } = provider;
      const source = await createInstance(provider, vault);
      const roles = await send('GET', '/v2/roles?service_name=kms');
      const role = text(
        list(roles.body, 'service_roles').find((one) => at(one, 'display_name') === 'Writer'),
        'crn',
      );
      const body = { name: 'credentials', source, role, parameters: {} };
      const made = await send('POST', '/v2/resource_keys', { body, allow: [201] });
      must(
        made.body,
        'id',
        'crn',
        'guid',
        'name',
        'state',
        'source_crn',
        'credentials.iam_role_crn',
        'credentials.apikey',
      );
      const path = `/v2/resource_keys/${encodeURIComponent(text(made.body, 'id'))}`;
      expect((await send('GET', path)).body).toMatchObject({ state: 'active', credentials: { iam_role_crn: role } });
      expect((await send('DELETE', path, { allow: [204] })).body).toBeUndefined();
      expect((await send('GET', path)).body).toMatchObject({ state: 'removed' });
    });
  });
});
