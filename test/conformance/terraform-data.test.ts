import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { at, list, text } from '../helpers/platform.ts';
import { must, type Provider, startProvider } from './provider.ts';
import { createInstance, readInstance } from './provider-instance.ts';

const keyType = 'application/vnd.ibm.kms.key+json';
const policyType = 'application/vnd.ibm.kms.policy+json';
const envelope = (collectionType: string, ...resources: readonly unknown[]) => ({
  metadata: { collectionType, collectionTotal: resources.length },
  resources,
});

/** A run of the provider with a vault, in it the key `root` under the alias `front`, with both policies. */
async function withVault(
  work: (provider: Provider, vault: { readonly crn: string; readonly guid: string }) => Promise<void>,
): Promise<void> {
  await withEmulator(async ({ emulator }) => {
    const provider = await startProvider(emulator);
    const crn = await createInstance(provider, {
      name: 'vault',
      service: 'kms',
      plan: 'tiered-pricing',
      location: 'us-south',
    });
    const guid = text(await readInstance(provider, crn), 'guid');
    const send = await provider.keyProtect(guid);
    const root = { name: 'root', type: keyType, extractable: false, aliases: ['front'] };
    await send('POST', '/api/v2/keys', { body: envelope(keyType, root), allow: [201] });
    await send('PUT', '/api/v2/keys/front/policies', {
      body: envelope(
        policyType,
        { type: policyType, rotation: { enabled: true, interval_month: 3 } },
        { type: policyType, dualAuthDelete: { enabled: false } },
      ),
    });
    await work(provider, { crn, guid });
  });
}

/** `FlattenKeyPolicies`: what is read there without a look whether it is there. */
function mustFlatten(policies: readonly unknown[]): void {
  expect(policies).toHaveLength(2);
  for (const policy of policies) {
    must(policy, 'creationDate', 'lastUpdateDate', 'createdBy', 'updatedBy');
    expect(text(policy, 'crn').split(':')[9]).toMatch(/./);
    must(policy, at(policy, 'rotation') === undefined ? 'dualAuthDelete.enabled' : 'rotation.enabled');
  }
}

/** Source of all of them: terraform-provider-ibm, its files `data_source_ibm_…`. */
describe('data sources', () => {
  test('ibm_kms_key: by name with the policies of each match, by id and by alias', async () => {
    await withVault(async (provider, { guid }) => {
      const read = await provider.counted(async () => {
        const send = await provider.keyProtect(guid);
        const named = await send('GET', '/api/v2/keys?limit=2000&offset=0');
        const matches = list(named.body, 'resources').filter((key) => at(key, 'name') === 'root');
        expect(matches).toHaveLength(1);
        for (const key of matches) {
          const { body } = await send('GET', `/api/v2/keys/${text(key, 'id')}/policies`);
          mustFlatten(list(body, 'resources'));
        }
        return text(matches[0], 'id');
      });
      expect(read.counts).toEqual({ kp: 2, platform: 1, iam: 1 });
      const send = await provider.keyProtect(guid);
      for (const handle of [read.result, 'front']) {
        const { body } = await send('GET', `/api/v2/keys/${handle}`);
        must(at(body, 'resources', 0), 'id', 'name', 'crn', 'extractable', 'aliases', 'keyRingID');
        expect(at(body, 'resources', 0, 'id')).toBe(read.result);
      }
    });
  });

  test('ibm_kms_key_policies: asks for the policies by the alias itself', async () => {
    await withVault(async (provider, { guid }) => {
      const send = await provider.keyProtect(guid);
      must((await send('GET', '/api/v2/keys/front')).body, 'resources.0.id');
      mustFlatten(list((await send('GET', '/api/v2/keys/front/policies')).body, 'resources'));
    });
  });

  test('ibm_kms_key_rings: the default one has an id and no date', async () => {
    await withVault(async (provider, { guid }) => {
      const send = await provider.keyProtect(guid);
      await send('POST', '/api/v2/key_rings/lakehouse', { allow: [201] });
      const rings = list((await send('GET', '/api/v2/key_rings')).body, 'resources');
      expect(rings.map((ring) => at(ring, 'id'))).toEqual(['default', 'lakehouse']);
      expect(at(rings[0], 'creationDate')).toBeUndefined();
      must(rings[1], 'creationDate', 'createdBy');
    });
  });

  test('ibm_kms_instance_policies: four kinds, each with its dates; one always with attributes', async () => {
    await withVault(async (provider, { guid }) => {
      const send = await provider.keyProtect(guid);
      const policy = (policy_type: string, enabled: boolean, attributes?: unknown) => ({
        policy_type,
        policy_data: { enabled, ...(attributes === undefined ? {} : { attributes }) },
      });
      await send('PUT', '/api/v2/instance/policies', {
        body: envelope(
          policyType,
          policy('dualAuthDelete', true),
          policy('metrics', true),
          policy('rotation', true, { interval_month: 2 }),
          policy('keyCreateImportAccess', false),
        ),
        allow: [204],
      });
      const shown = list((await send('GET', '/api/v2/instance/policies')).body, 'resources');
      expect(shown).toHaveLength(4);
      for (const one of shown) {
        must(one, 'creationDate', 'lastUpdated', 'createdBy', 'updatedBy', 'policy_data.enabled');
        if (at(one, 'policy_type') === 'keyCreateImportAccess') must(one, 'policy_data.attributes');
      }
    });
  });

  test('ibm_iam_authorization_policies: in v1, where each role has its name; what v1 cannot say has all parts too', async () => {
    await withVault(async (provider) => {
      const { send, accountId } = provider;
      const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
      const authorize = async (...more: readonly unknown[]): Promise<void> => {
        const source = [equals('serviceName', 'data-virtualization'), equals('accountId', accountId), ...more];
        const body = {
          type: 'authorization',
          subject: { attributes: source },
          resource: { attributes: [equals('serviceName', 'kms'), equals('accountId', accountId)] },
          control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }] } },
        };
        await send('POST', '/v2/policies', { body, allow: [201] });
      };
      await authorize();
      await authorize({ key: 'resourceGroupId', operator: 'stringExists', value: true });
      provider.sleep(60_000);
      const { body } = await send('GET', `/v1/policies?account_id=${accountId}&type=authorization&sort=-id`);
      expect(list(body, 'policies')).toHaveLength(2);
      for (const policy of list(body, 'policies')) {
        must(policy, 'id', 'subjects.0.attributes', 'resources.0.attributes');
        for (const role of list(policy, 'roles')) must(role, 'display_name');
        for (const side of ['subjects', 'resources']) {
          for (const attribute of list(policy, side, 0, 'attributes')) {
            expect(attribute).toMatchObject({ name: expect.any(String), value: expect.any(String) });
          }
        }
      }
    });
  });

  test('ibm_iam_roles: every role has a name and a description, a custom one that was given none too', async () => {
    await withVault(async ({ send, accountId }) => {
      const body = {
        name: 'Looker',
        display_name: 'Looker',
        actions: ['kms.secrets.read'],
        account_id: accountId,
        service_name: 'kms',
      };
      await send('POST', '/v2/roles', { body, allow: [201] });
      const roles = await send('GET', `/v2/roles?account_id=${accountId}&service_name=kms`);
      const all = ['custom_roles', 'service_roles', 'system_roles'].flatMap((kind) => list(roles.body, kind));
      expect(all.map((role) => at(role, 'display_name'))).toContain('Looker');
      for (const role of all) must(role, 'display_name', 'description', 'crn');
    });
  });

  test('ibm_resource_key: by name and instance, its role among those of the service in its CRN', async () => {
    await withVault(async ({ send, accountId }, { crn }) => {
      const role = 'crn:v1:bluemix:public:iam::::serviceRole:Writer';
      // The resource sends the role twice.
      const body = { name: 'credentials', source: crn, role, parameters: { role_crn: role } };
      await send('POST', '/v2/resource_keys', { body, allow: [201] });
      const { body: found } = await send('GET', '/v2/resource_keys?name=credentials');
      const [key, another] = list(found, 'resources').filter((one) => at(one, 'source_crn') === crn);
      expect(another).toBeUndefined();
      must(key, 'id', 'crn', 'state', 'account_id', 'created_at', 'onetime_credentials', 'credentials.iam_role_crn');
      must(
        key,
        'iam_compatible',
        'resource_instance_url',
        'resource_group_id',
        'created_by',
        'updated_by',
        'deleted_by',
      );
      const service = text(key, 'crn').split(':')[4];
      const roles = await send('GET', `/v2/roles?account_id=${accountId}&service_name=${service}`);
      expect(list(roles.body, 'service_roles').map((one) => at(one, 'crn'))).toContain(role);
    });
  });
});

describe('resource ibm_resource_tag', () => {
  test('attaches with an empty type, waits until Search shows exactly its tags, and detaches', async () => {
    await withVault(async (provider, { crn }) => {
      const { send } = provider;
      const change = async (call: string, ...tag_names: readonly string[]): Promise<void> => {
        const body = { resources: [{ resource_id: crn, resource_type: '' }], tag_names };
        const { body: answer } = await send('POST', `/v3/tags/${call}`, { body });
        expect(at(answer, 'results', 0, 'is_error')).toBe(false);
      };
      const shown = async (): Promise<readonly unknown[]> => {
        const body = { query: `crn:"${crn}"`, fields: ['access_tags', 'tags', 'service_tags'] };
        const { body: found } = await send('POST', '/v3/resources/search', { body });
        // `reflect.TypeOf(nil).Kind()` is a panic, whichever of them is asked for.
        for (const kind of ['access_tags', 'tags', 'service_tags']) list(found, 'items', 0, kind);
        return list(found, 'items', 0, 'tags').toSorted();
      };
      await change('attach?tag_type=user', 'team:a', 'env:x');
      provider.sleep(60_000);
      expect(await shown()).toEqual(['env:x', 'team:a']);
      await change('detach?tag_type=user', 'team:a');
      await change('attach?tag_type=user&replace=true', 'env:y');
      provider.sleep(60_000);
      expect(await shown()).toEqual(['env:y']);
      await change('detach?tag_type=user', 'env:y');
      provider.sleep(60_000);
      expect(await shown()).toEqual([]);
    });
  });
});
