import { describe, expect, test } from '@jest/globals';
import { finished, postgresql } from '../helpers/databases.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, authorize, createInstance, list, scene, text } from '../helpers/platform.ts';

describe('a deployment of Cloud Databases', () => {
  test('shows itself while it is provisioned, with its keys, and not after its deletion', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ provisioningMs: 60_000 });
      const { vault, key } = await scene(api);
      await authorize(api, { service: 'databases-for-postgresql', instance: vault });
      const { crn, path } = await postgresql(api, { disk_encryption_key_crn: key.crn });
      expect((await api('GET', path)).body).toEqual({
        deployment: {
          id: crn,
          name: 'pg',
          type: 'postgresql',
          platform: 'classic',
          version: '16',
          platform_options: {
            key_protect_key_id: key.id,
            disk_encryption_key_crn: key.crn,
            backup_encryption_key_crn: '',
          },
          admin_usernames: { database: 'admin' },
          enable_public_endpoints: false,
          enable_private_endpoints: true,
          disablements: [],
        },
      });
      const v4 = await api('GET', path.replace('v5', 'v4'));
      expect(v4.body).toMatchObject({ deployment: { id: crn, admin_username: 'admin' } });
      emulator.clock.advance(60_000);
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}?recursive=true`);
      expect(await api('GET', path)).toMatchObject({ status: 404, body: { errors: { errors: 'not_found' } } });
    });
  });

  test('is no deployment of another service, nor one that is not there', async () => {
    await withEmulator(async ({ api }) => {
      const other = text((await createInstance(api)).body, 'crn');
      for (const id of [other, 'crn:v1:bluemix:public:databases-for-redis:us-south:a/x:y::']) {
        expect((await api('GET', `/v5/ibm/deployments/${encodeURIComponent(id)}`)).status).toBe(404);
      }
    });
  });

  test('is not found by an id whose slash was not encoded, and a hint says so; other long paths are 501', async () => {
    await withEmulator(async ({ api }) => {
      const plan = { resource_plan_id: 'databases-for-postgresql-standard' };
      const crn = text((await createInstance(api, plan)).body, 'crn');
      expect((await api('GET', `/v5/ibm/deployments/${crn.replaceAll('/', '%2F')}/groups`)).status).toBe(200);
      const body = { errors: { errors: 'not_found', hint: expect.stringContaining('URL-encode') } };
      for (const rest of ['', '/groups', '/groups/member/autoscaling']) {
        expect(await api('GET', `/v5/ibm/deployments/${crn}${rest}`)).toMatchObject({ status: 404, body });
      }
      const unknown = await api('GET', `/v5/ibm/deployments/${encodeURIComponent(crn)}/weather`);
      expect([unknown.status, text(unknown.body, 'errors', 'errors')]).toEqual([
        501,
        expect.stringMatching(/^GET .*\/weather is not emulated/),
      ]);
    });
  });

  test('says what can be deployed, where, and in which sizes', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await api('GET', '/v5/ibm/deployables');
      const types = list(body, 'deployables').map((row) => at(row, 'type'));
      expect(types).toEqual(expect.arrayContaining(['postgresql', 'mongodb', 'mongodbee', 'redis', 'rabbitmq']));
      expect(list((await api('GET', '/v5/ibm/regions')).body, 'regions')).toContain('eu-de');
      const groups = await api('GET', '/v5/ibm/deployables/postgresql/groups');
      expect(groups.body).toMatchObject({
        groups: [{ id: 'member', count: 2, memory: { minimum_mb: 8192, maximum_mb: 229_376, step_size_mb: 256 } }],
      });
      const isolated = await api('GET', '/v5/ibm/deployables/mongodbee/groups?host_flavor=multitenant');
      expect(isolated.status).toBe(422);
      expect((await api('GET', '/v5/ibm/deployables/oracle/groups')).status).toBe(404);
    });
  });

  test('is disabled, without members, while its key is destroyed; a rotation shows as a task', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { service: 'databases-for-postgresql', instance: vault });
      const { path } = await postgresql(api, { disk_encryption_key_crn: key.crn });
      const headers = { 'Bluemix-Instance': vault };
      await api('POST', `/api/v2/keys/${key.id}/actions/rotate`, { headers });
      expect((await api('GET', `${path}/tasks`)).body).toMatchObject({ tasks: [{ description: 'Syncing KMS state' }] });
      await api('DELETE', `/api/v2/keys/${key.id}?force=true`, { headers });
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({
        groups: [{ count: 0, members: { allocation_count: 0 } }],
      });
      const scaled = await api('PATCH', `${path}/groups/member`, {
        body: { group: { disk: { allocation_mb: 20_480 } } },
      });
      expect(scaled.status).toBe(409);
    });
  });
});

describe('the groups of a deployment', () => {
  test('scale by totals, one task at a time; nothing to change is a 204', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { path } = await postgresql(api, { members_memory_allocation_mb: '16384' });
      const scale = (group: unknown) => api('PATCH', `${path}/groups/member`, { body: { group } });
      expect((await scale({ memory: { allocation_mb: 16_384 } })).status).toBe(204);
      emulator.settings.change({ taskMs: 5000 });
      const started = await scale({ members: { allocation_count: 3 } });
      expect(started.status).toBe(202);
      // Over the three members that there will be.
      const queued = await scale({ disk: { allocation_mb: 16_896 } });
      expect(queued).toMatchObject({ status: 202, body: { task: { status: 'queued' } } });
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({ groups: [{ count: 2 }] });
      emulator.clock.advance(5000);
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({
        groups: [{ count: 3, memory: { allocation_mb: 24_576 }, disk: { allocation_mb: 15_360 } }],
      });
      emulator.clock.advance(5000);
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({
        groups: [{ disk: { allocation_mb: 16_896 } }],
      });
    });
  });

  test.each([
    ['memory', { memory: { allocation_mb: 8000 } }],
    ['disk', { disk: { allocation_mb: 5120 } }],
    ['members', { members: { allocation_count: 1 } }],
    ['members', { members: { allocation_count: 21 } }],
    ['cpu', { cpu: { allocation_count: 4 } }],
    ['host_flavor', { host_flavor: { id: 'huge' } }],
    ['memory', { host_flavor: { id: 'b3c.4x16.encrypted' }, memory: { allocation_mb: 8192 } }],
  ])('refuse %s out of their range, of their step, or that would shrink: %j', async (field, group) => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const refused = await api('PATCH', `${path}/groups/member`, { body: { group } });
      expect(refused).toMatchObject({ status: 422, body: { errors: { [field]: [expect.any(String)] } } });
    });
  });

  test('move to a host flavor, whose memory and CPU they then have', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const body = { group: { host_flavor: { id: 'b3c.8x32.encrypted' } } };
      await finished(api, 'PATCH', `${path}/groups/member`, { body });
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({
        groups: [
          { memory: { allocation_mb: 65_536 }, cpu: { allocation_count: 16 }, host_flavor: { hosting_size: 's' } },
        ],
      });
    });
  });
});

describe('what is inside a deployment', () => {
  test('an allowlist is replaced under its ETag, added to and removed from', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const all = `${path}/allowlists/ip_addresses`;
      const etag = String((await api('GET', all)).headers.get('etag'));
      const body = { ip_addresses: [{ address: '10.0.0.0/8', description: 'office' }] };
      await finished(api, 'PUT', all, { body, headers: { 'If-Match': etag } });
      expect((await api('PUT', all, { body, headers: { 'If-Match': etag } })).status).toBe(412);
      await finished(api, 'POST', all, { body: { ip_address: { address: '1.2.3.4', description: 'ci' } } });
      await finished(api, 'DELETE', `${all}/${encodeURIComponent('10.0.0.0/8')}`);
      const old = await api('GET', `${path}/whitelists/ip_addresses`);
      expect(old.body).toEqual({ ip_addresses: [{ address: '1.2.3.4', description: 'ci' }] });
      expect((await api('POST', all, { body: { ip_address: { address: 'home' } } })).status).toBe(422);
    });
  });

  test('users are made, changed and deleted; nobody lists them, and no password is kept', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { path } = await postgresql(api);
      const users = `${path}/users/database`;
      const user = { username: 'reporter', password: 'Aa1-secret-of-mine' };
      await finished(api, 'POST', users, { body: { user } });
      expect((await api('POST', users, { body: { user } })).status).toBe(422);
      await finished(api, 'PATCH', `${users}/reporter`, { body: { user: { password: 'Bb2-secret-of-mine' } } });
      await finished(api, 'PATCH', `${users}/admin`, { body: { user: { password: 'Cc3-secret-of-mine' } } });
      const weak = await api('PATCH', `${users}/admin`, { body: { user: { password: 'weak' } } });
      expect(weak.status).toBe(422);
      await finished(api, 'DELETE', `${users}/reporter`);
      expect((await api('DELETE', `${users}/reporter`)).status).toBe(404);
      expect((await api('DELETE', `${users}/admin`)).status).toBe(422);
      expect(JSON.stringify(emulator.state())).not.toContain('secret-of-mine');
      expect((await api('GET', users)).status).toBe(501);
    });
  });

  test('configuration takes the settings of its type; its schema shows defaults only', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const body = { configuration: { max_connections: 200 } };
      await finished(api, 'PATCH', `${path}/configuration`, { body });
      const schema = await api('GET', `${path.replace('v5', 'v4')}/configuration/schema`);
      expect(schema.body).toMatchObject({ schema: { max_connections: { default: null } } });
      const unknown = await api('PATCH', `${path}/configuration`, { body: { configuration: { turbo: true } } });
      expect(unknown).toMatchObject({ status: 422, body: { errors: { turbo: [expect.any(String)] } } });
    });
  });

  test('autoscaling is set in part and answers in full', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const scaling = `${path}/groups/member/autoscaling`;
      const body = { autoscaling: { disk: { scalers: { capacity: { enabled: true } } } } };
      await finished(api, 'PATCH', scaling, { body });
      expect((await api('GET', scaling)).body).toMatchObject({
        autoscaling: {
          disk: { scalers: { capacity: { enabled: true, free_space_less_than_percent: 10 } } },
          memory: { scalers: {} },
          cpu: { scalers: {} },
        },
      });
    });
  });

  test('a backup on demand can be restored when its task is done', async () => {
    await withEmulator(async ({ api }) => {
      const { crn, path } = await postgresql(api);
      await finished(api, 'POST', `${path}/backups`);
      const { body } = await api('GET', `${path}/backups`);
      const id = text(body, 'backups', 1, 'id');
      const one = await api('GET', `/v5/ibm/backups/${encodeURIComponent(id)}`);
      expect(one.body).toMatchObject({ backup: { id, deployment_id: crn, type: 'on_demand', is_restorable: true } });
    });
  });
});
