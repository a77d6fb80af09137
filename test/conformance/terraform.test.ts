import { describe, expect, test } from '@jest/globals';
import { at, authorize, list, scene, sharedEmulator, text } from '../helpers/platform.ts';
import { type Counts, must, type Provider, startProvider } from './provider.ts';
import { createDatabase, refreshDatabase, scale, settle } from './provider-database.ts';
import { createInstance, deleteInstance, readInstance, refreshInstance, updateInstance } from './provider-instance.ts';

const withEmulator = sharedEmulator();

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

async function vaultGuid(provider: Provider): Promise<string> {
  return text(await readInstance(provider, await createInstance(provider, vault)), 'guid');
}

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
      expect(await refreshInstance(provider, id)).toMatchObject({ parameters: { worker_count: '5', enabled: true } });
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

describe('resources of Key Protect', () => {
  const keyType = 'application/vnd.ibm.kms.key+json';
  const policyType = 'application/vnd.ibm.kms.policy+json';
  const envelope = (collectionType: string, ...resources: readonly unknown[]) => ({
    metadata: { collectionType, collectionTotal: resources.length },
    resources,
  });

  async function readKey(provider: Provider, guid: string, key: string): Promise<unknown> {
    const send = await provider.keyProtect(guid);
    const { body } = await send('GET', `/api/v2/keys/${key}`);
    must(body, 'resources.0.id', 'resources.0.name', 'resources.0.crn', 'resources.0.keyRingID', 'resources.0.state');
    must(body, 'resources.0.extractable', 'resources.0.creationDate', 'resources.0.createdBy', 'resources.0.type');
    const parts = text(body, 'resources', 0, 'crn').split(':');
    expect([parts[4], parts.at(-3), parts.at(-1)]).toEqual(['kms', guid, text(body, 'resources', 0, 'id')]);
    const { body: used } = await send('GET', `/api/v2/keys/${key}/registrations`);
    must(used, 'metadata.collectionTotal');
    return at(body, 'resources', 0);
  }

  async function createKey(provider: Provider, guid: string, ring = 'default'): Promise<string> {
    const send = await provider.keyProtect(guid);
    const made = await send('POST', '/api/v2/keys', {
      // The Go client spells one member with a capital.
      body: envelope(keyType, {
        name: 'root',
        type: keyType,
        extractable: false,
        Tags: [],
        description: 'by Terraform',
      }),
      headers: { 'x-kms-key-ring': ring },
      allow: [200, 201],
    });
    const id = text(made.body, 'resources', 0, 'id');
    await readKey(provider, guid, id);
    return id;
  }

  /** A key is gone from the state on 404 only; what is destroyed must be 200 with state 5. */
  async function refreshKey(provider: Provider, guid: string, key: string): Promise<unknown> {
    const send = await provider.keyProtect(guid);
    if ((await send('GET', `/api/v2/keys/${key}`, { allow: [200, 404] })).status === 404) return undefined;
    return await readKey(provider, guid, key);
  }

  test('ibm_kms_key: created in seven requests, refreshed in seven, deleted in three; a ring, a representation', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      const created = await provider.counted(() => createKey(provider, guid));
      expect(created.counts).toEqual({ kp: 3, platform: 2, iam: 2 });
      const key = created.result;
      const refreshed = await provider.counted(() => refreshKey(provider, guid, key));
      expect(refreshed.counts).toEqual({ kp: 3, platform: 2, iam: 2 });
      expect(refreshed.result).toMatchObject({ keyRingID: 'default', extractable: false, state: 1 });
      const deleted = await provider.counted(async () => {
        const send = await provider.keyProtect(guid);
        const options = { headers: { Prefer: 'return=representation' }, allow: [200, 204] };
        return await send('DELETE', `/api/v2/keys/${key}?force=false`, options);
      });
      expect(deleted.counts).toEqual({ kp: 1, platform: 1, iam: 1 });
      expect(await refreshKey(provider, guid, key)).toMatchObject({ state: 5 });
      expect(await refreshKey(provider, guid, '00000000-0000-4000-8000-000000000000')).toBeUndefined();
    });
  });

  test('ibm_kms_key_alias: created in seven, read by one key, deleted; gone is fine', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      const key = await createKey(provider, guid);
      const created = await provider.counted(async () => {
        const send = await provider.keyProtect(guid);
        const made = await send('POST', `/api/v2/keys/${key}/aliases/prod`, { allow: [201] });
        must(made.body, 'resources.0.alias', 'resources.0.keyId');
        await send('GET', `/api/v2/keys/${key}`);
        return await (await provider.keyProtect(guid))('GET', `/api/v2/keys/${key}`);
      });
      expect(created.counts).toEqual({ kp: 3, platform: 2, iam: 2 });
      expect(at(created.result.body, 'resources', 0, 'aliases')).toEqual(['prod']);
      const send = await provider.keyProtect(guid);
      await send('DELETE', `/api/v2/keys/${key}/aliases/prod`, { allow: [204] });
      await send('DELETE', `/api/v2/keys/${key}/aliases/prod`, { allow: [404] });
    });
  });

  test('ibm_kms_key_rings: made without a body in the answer, listed, and deleted by force', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      const send = await provider.keyProtect(guid);
      const made = await send('POST', '/api/v2/key_rings/payments', { allow: [201] });
      // The client decodes a 201 with a body into nothing, and fails.
      expect(made.body).toBeUndefined();
      const { body } = await (await provider.keyProtect(guid))('GET', '/api/v2/key_rings');
      expect(list(body, 'resources').map((ring) => at(ring, 'id'))).toContain('payments');
      const key = await createKey(provider, guid, 'payments');
      expect(await refreshKey(provider, guid, key)).toMatchObject({ keyRingID: 'payments' });
      await send('DELETE', `/api/v2/keys/${key}?force=false`, { allow: [200, 204] });
      const gone = await send('DELETE', '/api/v2/key_rings/payments?force=true', { allow: [204] });
      expect(gone.body).toBeUndefined();
    });
  });

  test('ibm_kms_key_policies: both at once, then each by itself, with all that the provider reads unchecked', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      const key = await createKey(provider, guid);
      const path = `/api/v2/keys/${key}/policies`;
      const read = async (): Promise<readonly unknown[]> => {
        const send = await provider.keyProtect(guid);
        await send('GET', `/api/v2/keys/${key}`);
        const policies = list((await send('GET', path)).body, 'resources');
        for (const policy of policies) {
          must(policy, 'creationDate', 'lastUpdateDate', 'createdBy', 'updatedBy');
          expect(text(policy, 'crn').split(':')[9]).toEqual(expect.stringMatching(/^.+$/));
          const part = at(policy, 'rotation') ?? at(policy, 'dualAuthDelete');
          expect(typeof at(part, 'enabled')).toBe('boolean');
        }
        return policies;
      };
      const rotation = (months: number) => ({ type: policyType, rotation: { enabled: true, interval_month: months } });
      const dual = { type: policyType, dualAuthDelete: { enabled: false } };
      const created = await provider.counted(async () => {
        const send = await provider.keyProtect(guid);
        await send('GET', `/api/v2/keys/${key}`);
        await send('PUT', path, { body: envelope(policyType, rotation(3), dual) });
        return await read();
      });
      expect(created.counts).toEqual({ kp: 4, platform: 2, iam: 2 });
      expect(created.result).toHaveLength(2);
      const send = await provider.keyProtect(guid);
      await send('PUT', `${path}?policy=rotation`, { body: envelope(policyType, rotation(6)) });
      await send('PUT', `${path}?policy=dualAuthDelete`, { body: envelope(policyType, dual) });
      expect((await provider.counted(read)).counts).toEqual({ kp: 2, platform: 1, iam: 1 });
      expect(await read()).toContainEqual(expect.objectContaining({ rotation: { enabled: true, interval_month: 6 } }));
    });
  });

  test('ibm_kms_instance_policies: written together, read with dates and attributes', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      const path = '/api/v2/instance/policies';
      const write = async (enabled: boolean): Promise<readonly unknown[]> => {
        const send = await provider.keyProtect(guid);
        const body = envelope(
          policyType,
          { policy_type: 'metrics', policy_data: { enabled } },
          { policy_type: 'keyCreateImportAccess', policy_data: { enabled } },
          {
            policy_type: 'rotation',
            policy_data: enabled ? { enabled, attributes: { interval_month: 3 } } : { enabled },
          },
        );
        await send('PUT', path, { body, allow: [204] });
        return list((await (await provider.keyProtect(guid))('GET', path)).body, 'resources');
      };
      const created = await provider.counted(() => write(true));
      expect(created.counts).toEqual({ kp: 2, platform: 2, iam: 2 });
      for (const policies of [created.result, await write(false)]) {
        expect(policies).toHaveLength(3);
        for (const policy of policies)
          must(policy, 'policy_type', 'policy_data.enabled', 'creationDate', 'lastUpdated');
        const access = policies.find((policy) => at(policy, 'policy_type') === 'keyCreateImportAccess');
        const names = [
          'create_root_key',
          'create_standard_key',
          'import_root_key',
          'import_standard_key',
          'enforce_token',
        ];
        must(access, ...names.map((name) => `policy_data.attributes.${name}`));
      }
    });
  });
});
