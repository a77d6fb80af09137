import { describe, expect, test } from '@jest/globals';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import {
  at,
  authorization,
  authorize,
  createInstance,
  createKey,
  defaultGroup,
  encrypted,
  equals,
  list,
  registrationsOf,
  type Scene,
  scene,
  text,
} from '../helpers/platform.ts';

const delegator = 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator';
const reader = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';

/** Nothing but Key Protect instances is there, in any state. */
async function deployments(api: Api): Promise<readonly unknown[]> {
  const found = [];
  for (const state of ['active', 'provisioning', 'failed', 'pending_reclamation', 'removed']) {
    const { body } = await api('GET', `/v2/resource_instances?state=${state}`);
    found.push(...list(body, 'resources').filter((instance) => !text(instance, 'crn').includes(':kms:')));
  }
  return found;
}

describe('a deployment with a key', () => {
  test('registers on the key when it is created, echoes its parameters as sent, and becomes active', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const parameters = { disk_encryption_key_crn: key.crn, 'service-endpoints': 'private', worker_count: '3' };
      const created = await createInstance(api, { parameters });
      expect(created).toMatchObject({ status: 202, body: { state: 'provisioning', parameters } });
      const crn = text(created.body, 'crn');
      const { body } = await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      expect(body).toMatchObject({ state: 'active', parameters });
      expect(await registrationsOf(api, vault, key.id)).toMatchObject([
        { keyId: key.id, resourceCrn: crn, preventKeyDeletion: false },
      ]);
    });
  });

  test('is refused by its service, and nothing is left behind, until an authorization has spread', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      const refused = await encrypted(api, key.crn);
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({
        error_code: 'RC-ServiceBrokerErrorResponse',
        message: expect.stringContaining('key not found'),
        status_code: 400,
      });
      emulator.settings.change({ propagationMs: 30_000 });
      await authorize(api, { instance: vault });
      emulator.clock.advance(29_000);
      expect((await encrypted(api, key.crn)).status).toBe(400);
      expect(await deployments(api)).toEqual([]);
      expect(await registrationsOf(api, vault, key.id)).toEqual([]);
      emulator.clock.advance(1000);
      expect((await encrypted(api, key.crn)).status).toBe(202);
    });
  });

  test('a deleted authorization counts at once; a changed one only when it has spread', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      const id = await authorize(api, {
        instance: vault,
        roles: ['crn:v1:bluemix:public:iam::::serviceRole:KeyPurge'],
      });
      expect((await encrypted(api, key.crn)).status).toBe(400);
      emulator.settings.change({ propagationMs: 30_000 });
      const etag = (await api('GET', `/v2/policies/${id}`)).headers.get('etag') ?? '';
      await api('PUT', `/v2/policies/${id}`, {
        body: authorization({ instance: vault }),
        headers: { 'If-Match': etag },
      });
      expect((await encrypted(api, key.crn)).status).toBe(400);
      emulator.clock.advance(30_000);
      expect((await encrypted(api, key.crn)).status).toBe(202);
      await api('DELETE', `/v2/policies/${id}`);
      expect((await encrypted(api, key.crn)).status).toBe(400);
    });
  });

  test.each<[string, number, (scene: Scene, group: string) => Parameters<typeof authorization>[0]]>([
    ['all Key Protect instances', 202, () => ({})],
    [
      'Manager, which contains Reader',
      202,
      ({ vault }) => ({ instance: vault, roles: ['crn:v1:bluemix:public:iam::::serviceRole:Manager'] }),
    ],
    [
      'the key',
      202,
      ({ vault, key }) => ({ instance: vault, target: [equals('resourceType', 'key'), equals('resource', key.id)] }),
    ],
    ['the key ring', 202, ({ vault }) => ({ instance: vault, target: [equals('keyRing', 'default')] })],
    [
      "the source's resource group",
      202,
      ({ vault }, group) => ({ instance: vault, source: [equals('resourceGroupId', group)] }),
    ],
    [
      'a source in any resource group',
      202,
      ({ vault }) => ({ instance: vault, source: [{ key: 'resourceGroupId', operator: 'stringExists', value: true }] }),
    ],
    ['another source service', 400, ({ vault }) => ({ instance: vault, service: 'databases-for-redis' })],
    [
      'another instance of the source',
      400,
      ({ vault }) => ({
        instance: vault,
        source: [equals('serviceName', 'data-virtualization'), equals('serviceInstance', 'other')],
      }),
    ],
    ['another Key Protect instance', 400, () => ({ instance: 'other' })],
    [
      'another key',
      400,
      ({ vault }) => ({ instance: vault, target: [equals('resourceType', 'key'), equals('resource', 'other')] }),
    ],
    ['another key ring', 400, ({ vault }) => ({ instance: vault, target: [equals('keyRing', 'other')] })],
    [
      'KeyPurge, which contains nothing',
      400,
      ({ vault }) => ({ instance: vault, roles: ['crn:v1:bluemix:public:iam::::serviceRole:KeyPurge'] }),
    ],
  ])('an authorization for %s answers a create with %i', async (_what, status, given) => {
    await withEmulator(async ({ api }) => {
      const made = await scene(api);
      await authorize(api, given(made, await defaultGroup(api)));
      expect((await encrypted(api, made.key.crn)).status).toBe(status);
    });
  });

  test('an unknown key, a standard key, a bare id and the Lite plan are refused', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const standard = await createKey(api, vault, { name: 'standard', extractable: true });
      const unknown = key.crn.replace(key.id, '00000000-0000-4000-8000-000000000000');
      for (const crn of [unknown, standard.crn, key.id, `${key.crn}:more`, key.crn.replace('a/0', 'a/f')]) {
        expect(await encrypted(api, crn)).toMatchObject({
          status: 400,
          body: { error_code: 'RC-ServiceBrokerErrorResponse' },
        });
      }
      expect((await encrypted(api, key.crn, { resource_plan_id: 'data-virtualization-lite' })).status).toBe(400);
      expect((await createInstance(api, { resource_plan_id: 'data-virtualization-lite' })).status).toBe(202);
    });
  });

  test('a suspended and a destroyed key are refused', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const headers = { 'Bluemix-Instance': vault };
      expect((await api('POST', `/api/v2/keys/${key.id}/actions/disable`, { headers })).status).toBe(204);
      expect((await encrypted(api, key.crn)).status).toBe(400);
      expect((await api('DELETE', `/api/v2/keys/${key.id}`, { headers })).status).toBe(204);
      expect((await encrypted(api, key.crn)).status).toBe(400);
      expect(await deployments(api)).toEqual([]);
    });
  });

  test('keeps its key from being deleted, but not by force', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      await encrypted(api, key.crn);
      const headers = { 'Bluemix-Instance': vault };
      const refused = await api('DELETE', `/api/v2/keys/${key.id}`, { headers });
      expect(refused.status).toBe(409);
      expect(at(refused.body, 'resources', 0, 'reasons', 0, 'code')).toBe('PROTECTED_RESOURCE_ERR');
      expect((await api('DELETE', `/api/v2/keys/${key.id}?force=true`, { headers })).status).toBe(204);
    });
  });

  test('cannot change its key', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const other = await createKey(api, vault, { name: 'other' });
      const crn = text((await encrypted(api, key.crn)).body, 'crn');
      const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
      await api('GET', path);
      const refused = await api('PATCH', path, { body: { parameters: { disk_encryption_key_crn: other.crn } } });
      expect(refused).toMatchObject({ status: 400, body: { error_code: 'RC-ServiceBrokerErrorResponse' } });
      const same = { parameters: { disk_encryption_key_crn: key.crn, worker_count: '4' } };
      expect((await api('PATCH', path, { body: same })).status).toBe(202);
    });
  });

  test('whose provisioning fails gives its registration back', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      emulator.settings.change({ failProvisioning: ['data-virtualization'] });
      await encrypted(api, key.crn);
      expect(await registrationsOf(api, vault, key.id)).toEqual([]);
    });
  });
});

describe('other services', () => {
  test.each([
    ['messagehub', 'ibm.message.hub.enterprise.3nodes.2tb', 'kms_key_crn'],
    ['secrets-manager', '7713c3a8-3be8-4a9a-81bb-ee822fcaac3d', 'kms_key'],
    ['databases-for-postgresql', 'databases-for-postgresql-standard', 'disk_encryption_key_crn'],
    ['databases-for-mongodb', 'databases-for-mongodb-enterprise', 'key_protect_key'],
    ['databases-for-redis', 'databases-for-redis-standard', 'disk_encryption_key_crn'],
    ['databases-for-elasticsearch', 'databases-for-elasticsearch-platinum', 'disk_encryption_key_crn'],
    ['databases-for-mysql', 'databases-for-mysql-standard', 'disk_encryption_key_crn'],
    ['databases-for-etcd', 'databases-for-etcd-standard', 'disk_encryption_key_crn'],
    ['databases-for-enterprisedb', 'databases-for-enterprisedb-standard', 'disk_encryption_key_crn'],
    ['messages-for-rabbitmq', 'messages-for-rabbitmq-standard', 'disk_encryption_key_crn'],
    ['dashdb-for-transactions', 'dashDBNebula', 'disk_encryption_key_crn'],
  ])('%s needs its own authorization for the key in its own parameter', async (service, plan, parameter) => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      const asked = { name: 'other', resource_plan_id: plan, parameters: { [parameter]: key.crn } };
      expect((await createInstance(api, asked)).status).toBe(400);
      await authorize(api, { service, instance: vault });
      const created = await createInstance(api, asked);
      expect(created.status).toBe(202);
      const registered = (await registrationsOf(api, vault, key.id)).map((one) => text(one, 'resourceCrn'));
      expect([...new Set(registered.map((crn) => crn.replace(/\/agentid=.*/, '')))]).toEqual([
        text(created.body, 'crn'),
      ]);
    });
  });

  test('a backup key needs the delegator role too, and a region that backups are offered for', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      const plan = {
        resource_plan_id: 'databases-for-postgresql-standard',
        parameters: { backup_encryption_key_crn: key.crn },
      };
      const id = await authorize(api, { service: 'databases-for-postgresql', instance: vault });
      expect((await createInstance(api, plan)).status).toBe(400);
      await api('DELETE', `/v2/policies/${id}`);
      await authorize(api, { service: 'databases-for-postgresql', instance: vault, roles: [reader, delegator] });
      expect((await createInstance(api, { ...plan, target: 'eu-gb' })).status).toBe(400);
      expect((await createInstance(api, plan)).status).toBe(202);
    });
  });

  test('Db2 Performance needs the delegation too, and takes no backup key', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      const service = 'dashdb-for-transactions';
      const plan = { resource_plan_id: 'Performance', parameters: { disk_encryption_key_crn: key.crn } };
      const id = await authorize(api, { service, instance: vault });
      expect((await createInstance(api, plan)).status).toBe(400);
      await api('DELETE', `/v2/policies/${id}`);
      await authorize(api, { service, instance: vault, roles: [reader, delegator] });
      expect((await createInstance(api, plan)).status).toBe(202);
      const backup = { ...plan, parameters: { backup_encryption_key_crn: key.crn } };
      expect((await createInstance(api, backup)).status).toBe(400);
    });
  });
});
