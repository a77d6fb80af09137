import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { at, list, text } from '../helpers/platform.ts';
import { must, type Provider, startProvider } from './provider.ts';
import { createInstance, readInstance } from './provider-instance.ts';

/** What terraform-provider-ibm sends to Key Protect, call by call. Source: Key Protect reference, its provider sequences. */
async function withProvider(work: (provider: Provider) => Promise<void>): Promise<void> {
  await withEmulator(async ({ emulator }) => work(await startProvider(emulator)));
}

const vault = { name: 'vault', service: 'kms', plan: 'tiered-pricing', location: 'us-south' };

async function vaultGuid(provider: Provider): Promise<string> {
  return text(await readInstance(provider, await createInstance(provider, vault)), 'guid');
}

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

  test('ibm_kms_key_with_policy_overrides: made with both policies, written again, read with them', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      const send = await provider.keyProtect(guid);
      const rotation = { enabled: true, interval_month: 3 };
      const key = { name: 'root', type: keyType, extractable: false, rotation, dualAuthDelete: { enabled: false } };
      const options = { body: envelope(keyType, key), allow: [200, 201] };
      const made = await send('POST', '/api/v2/keys_with_policy_overrides', options);
      const id = text(made.body, 'resources', 0, 'id');
      const path = `/api/v2/keys/${id}/policies`;
      await (await provider.keyProtect(guid))('PUT', path, {
        body: envelope(
          policyType,
          { type: policyType, rotation },
          { type: policyType, dualAuthDelete: { enabled: false } },
        ),
      });
      const refreshed = await provider.counted(async () => {
        const exists = await provider.keyProtect(guid);
        await exists('GET', `/api/v2/keys/${id}`);
        const read = await provider.keyProtect(guid);
        await read('GET', `/api/v2/keys/${id}`);
        const { body } = await read('GET', path);
        await read('GET', `/api/v2/keys/${id}/registrations`);
        return list(body, 'resources');
      });
      expect(refreshed.counts).toEqual({ kp: 4, platform: 2, iam: 2 });
      for (const policy of refreshed.result) must(policy, 'id', 'crn', 'creationDate', 'lastUpdateDate');
      expect(refreshed.result).toContainEqual(expect.objectContaining({ rotation }));
    });
  });

  test('data ibm_kms_keys: all at once, and by pages of 200 under a limit', async () => {
    await withProvider(async (provider) => {
      const guid = await vaultGuid(provider);
      await createKey(provider, guid);
      await createKey(provider, guid);
      const send = await provider.keyProtect(guid);
      for (const query of ['limit=2000&offset=0', 'limit=200&offset=0']) {
        const { body } = await send('GET', `/api/v2/keys?${query}`);
        expect(list(body, 'resources')).toHaveLength(2);
        for (const key of list(body, 'resources')) must(key, 'id', 'name', 'crn', 'extractable', 'keyRingID', 'state');
      }
    });
  });
});
