import { describe, expect, test } from '@jest/globals';
import { defaultSettings } from '../../src/emulator/core/settings.ts';
import { postgresql } from '../helpers/databases.ts';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { account, at, createInstance, createVault, list, namesIn, text, tieredPricing } from '../helpers/platform.ts';

// What IBM's provider for Terraform, its modules and IBM's SDKs expect of instances, what hangs on them, and their groups:
// each request as they send it.

const objectStorage = { target: 'bluemix-global', resource_plan_id: '744bfc56-d12c-4866-88d5-dac9139e0e5d' };
const enterpriseStreams = 'ibm.message.hub.enterprise.3nodes.2tb';

/** Service credentials, as `ibm_resource_key` makes them. */
async function credentials(api: Api, source: unknown, given: Readonly<Record<string, unknown>>): Promise<unknown> {
  const body = { name: 'tf-key', source, parameters: {}, ...given };
  const { status, body: made } = await api('POST', '/v2/resource_keys', { body });
  expect(status).toBe(201);
  return at((await api('GET', `/v2/resource_keys/${encodeURIComponent(text(made, 'id'))}`)).body, 'credentials');
}

describe('service credentials', () => {
  test('of role NONE name no role, and open nothing', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, objectStorage);
      const shown = await credentials(api, at(body, 'id'), { role: 'NONE' });
      expect(Object.keys(Object(shown))).toEqual(expect.arrayContaining(['apikey', 'iam_serviceid_crn']));
      expect(at(shown, 'iam_role_crn')).toBeUndefined();
    });
  });

  test('take a role that the account made, and name it', async () => {
    await withEmulator(async ({ api }) => {
      const custom = {
        name: 'Name42',
        display_name: 'Disp42',
        account_id: account,
        service_name: 'cloud-object-storage',
        actions: ['cloud-object-storage.bucket.get_cors'],
      };
      const role = text((await api('POST', '/v2/roles', { body: custom })).body, 'crn');
      const { body } = await createInstance(api, objectStorage);
      const shown = await credentials(api, at(body, 'id'), { role, parameters: { role_crn: role } });
      expect(at(shown, 'iam_role_crn')).toBe(role);
      const foreign = { name: 'tf-key', source: (await createVault(api)).crn, role };
      expect((await api('POST', '/v2/resource_keys', { body: foreign })).status).toBe(400);
    });
  });

  test('of Object Storage have eight members, and its HMAC keys where they are asked for', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, objectStorage);
      const role = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
      const shown = await credentials(api, at(body, 'id'), { role });
      expect(Object.keys(Object(shown)).toSorted()).toEqual([
        'apikey',
        'endpoints',
        'iam_apikey_description',
        'iam_apikey_id',
        'iam_apikey_name',
        'iam_role_crn',
        'iam_serviceid_crn',
        'resource_instance_id',
      ]);
      for (const HMAC of [true, 'true']) {
        expect(await credentials(api, at(body, 'id'), { role, parameters: { HMAC } })).toMatchObject({
          cos_hmac_keys: {
            access_key_id: expect.stringMatching(/^[0-9a-f]{32}$/),
            secret_access_key: expect.any(String),
          },
        });
      }
    });
  });

  test('of a database say how to connect, with a user and a password of their own', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { crn, path } = await postgresql(api);
      const shown = await credentials(api, crn, { role: 'crn:v1:bluemix:public:iam::::role:Viewer' });
      const user = text(shown, 'connection', 'postgres', 'authentication', 'username');
      const password = text(shown, 'connection', 'postgres', 'authentication', 'password');
      expect(user).toMatch(/^ibm_cloud_[0-9a-f_]{36}$/);
      const connection = await api('POST', `${path}/users/database/${user}/connections/private`, {
        body: { password },
      });
      expect(shown).toMatchObject({
        connection: Object(at(connection.body, 'connection')),
        instance_administration_api: { deployment_id: crn, instance_id: crn, root: `${emulator.url}/v5/ibm` },
      });
      expect(text(shown, 'connection', 'postgres', 'composed', 0)).toContain(`${user}:${password}@`);
      expect(JSON.stringify(emulator.state())).not.toContain(password);
    });
  });
});

describe('instances', () => {
  test('of Event Streams name their brokers and addresses', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, { resource_plan_id: enterpriseStreams });
      const { body: read } = await api('GET', `/v2/resource_instances/${text(body, 'guid')}`);
      expect(at(read, 'extensions')).toMatchObject({
        kafka_brokers_sasl: expect.arrayContaining([expect.stringMatching(/\.invalid:9093$/)]),
        kafka_http_url: expect.stringMatching(/^https:/),
        kafka_admin_url: expect.stringMatching(/^https:/),
        kafka_broker_version: expect.any(String),
      });
    });
  });

  test('of Key Protect are reached at a private address that says so', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { guid } = await createVault(api);
      const { body } = await api('GET', `/v2/resource_instances/${guid}`);
      expect(text(body, 'extensions', 'endpoints', 'public')).not.toContain('private');
      const address = text(body, 'extensions', 'endpoints', 'private');
      expect(address).toContain('private');
      const headers = { 'bluemix-instance': guid };
      const listed = await api('GET', `${address.slice(emulator.url.length)}/api/v2/keys`, { headers });
      expect(listed).toMatchObject({ status: 200, body: { metadata: { collectionTotal: 0 } } });
    });
  });

  test('that were removed have no operation that can be cancelled', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, {
        ...objectStorage,
        resource_plan_id: '2fdf0c08-2d32-4f46-84b5-32e0c92fffd8',
      });
      const path = `/v2/resource_instances/${text(body, 'guid')}`;
      await api('DELETE', path);
      expect((await api('GET', path)).body).toMatchObject({ state: 'removed' });
      expect(await api('DELETE', `${path}/last_operation`)).toMatchObject({
        status: 422,
        body: { message: 'The instance is not cancelable.' },
      });
    });
  });

  test('of a service without a reclamation window are removed at once', async () => {
    const catalog = [{ name: 'fleeting', plans: [{ name: 'standard' }], reclamationDays: 0 }];
    const seed = { catalog, deployments: [{ name: 'gone', service: 'fleeting', plan: 'standard' }] };
    await withEmulator(
      async ({ api }) => {
        const { body } = await api('GET', '/v2/resource_instances?name=gone');
        const path = `/v2/resource_instances/${text(body, 'resources', 0, 'guid')}`;
        await api('DELETE', path);
        expect((await api('GET', path)).body).toMatchObject({
          state: 'removed',
          scheduled_reclaim_at: null,
          last_operation: { type: 'delete', state: 'succeeded' },
        });
        expect((await api('GET', '/v1/reclamations')).body).toEqual({ resources: [] });
      },
      { seed },
    );
  });

  test('of Key Protect show the network that they were made for as their policy', async () => {
    await withEmulator(async ({ api }) => {
      const policies = async (parameters: Readonly<Record<string, unknown>>): Promise<unknown> => {
        const { body } = await createInstance(api, { resource_plan_id: tieredPricing, parameters });
        const headers = { 'bluemix-instance': text(body, 'guid') };
        return (await api('GET', '/api/v2/instance/policies?policy=allowedNetwork', { headers })).body;
      };
      expect(await policies({ allowed_network: 'private-only' })).toMatchObject({
        resources: [
          {
            policy_type: 'allowedNetwork',
            policy_data: { enabled: true, attributes: { allowed_network: 'private-only' } },
          },
        ],
      });
      expect(await policies({})).toMatchObject({ metadata: { collectionTotal: 0 } });
    });
  });
});

test('tags are read by Search within 100 ms of being attached', async () => {
  const { searchLagMs } = defaultSettings;
  await withEmulator(
    async ({ api, emulator }) => {
      const crn = text((await createInstance(api)).body, 'crn');
      const attached = { resources: [{ resource_id: crn }], tag_names: ['one:two'] };
      await api('POST', '/v3/tags/attach?tag_type=user', { body: attached });
      emulator.clock.advance(100);
      const body = { query: `crn:"${crn}"`, fields: ['*'] };
      expect((await api('POST', '/v3/resources/search', { body })).body).toMatchObject({
        items: [{ tags: ['one:two'] }],
      });
    },
    { settings: { disposition: 'kind', searchLagMs } },
  );
});

describe('resource groups', () => {
  test('whose instances are all in reclamation are deleted; with active ones the answer is a 500 that the provider retries', async () => {
    await withEmulator(async ({ api }) => {
      const group = await api('POST', '/v2/resource_groups', { body: { name: 'tf', account_id: account } });
      const id = text(group.body, 'id');
      const { body } = await createInstance(api, { resource_group: id });
      expect(await api('DELETE', `/v2/resource_groups/${id}`)).toMatchObject({
        status: 500,
        body: {
          message: expect.stringMatching(/^Resource groups with active instances can't be deleted\. Use the CLI/),
        },
      });
      await api('DELETE', `/v2/resource_instances/${text(body, 'guid')}`);
      expect((await api('DELETE', `/v2/resource_groups/${id}`)).status).toBe(204);
    });
  });

  test('have a quota out of several, which are found by name', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await api('GET', '/v2/quota_definitions');
      expect(namesIn(body)).toEqual(expect.arrayContaining(['Pay-as-you-go Quota', 'Trial Quota']));
      for (const quota of list(body, 'resources')) {
        const one = await api('GET', `/v2/quota_definitions/${text(quota, 'id')}`);
        expect(one.body).toEqual(quota);
      }
    });
  });
});

describe('roles and plans', () => {
  test.each([
    ['secrets-manager', ['SecretsReader']],
    ['cloud-object-storage', ['Content Reader', 'Object Reader', 'Object Writer']],
  ])('%s has roles of its own beside the usual ones', async (service, own) => {
    await withEmulator(async ({ api }) => {
      const { body } = await api('GET', `/v2/roles?service_name=${service}&account_id=${account}`);
      const roles = list(body, 'service_roles');
      const names = roles.map((role) => at(role, 'display_name'));
      expect(names).toEqual(expect.arrayContaining(['Reader', 'Writer', 'Manager', ...own]));
      const crns = roles
        .filter((role) => own.includes(String(at(role, 'display_name'))))
        .map((role) => at(role, 'crn'));
      const words = own.map((name) => name.replace(' ', ''));
      expect(crns).toEqual(words.map((word) => `crn:v1:bluemix:public:${service}::::serviceRole:${word}`));
      const plain = (await api('GET', '/v2/roles?service_name=messagehub')).body;
      expect(namesIn({ roles: list(plain, 'service_roles') }, 'roles')).toHaveLength(3);
    });
  });

  test.each([
    ['kms', ['tiered-pricing', 'cross-region-resiliency', 'dedicated']],
    ['cloud-object-storage', ['lite', 'standard', 'cos-one-rate-plan']],
  ])('%s is offered with the plans that they name', async (service, plans) => {
    await withEmulator(async ({ api }) => {
      const found = await api('GET', `/api/v1?q=${service}`);
      const id = text(found.body, 'resources', 0, 'id');
      const listed = await api('GET', `/api/v1/${encodeURIComponent(id)}/plan`);
      expect(namesIn(listed.body)).toEqual(expect.arrayContaining(plans));
    });
  });
});
