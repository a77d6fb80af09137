import { describe, expect, test } from '@jest/globals';
import { finished, postgresql } from '../helpers/databases.ts';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { at, createInstance, list, text } from '../helpers/platform.ts';

// What cloud-databases-go-sdk's integration suite and IBM's provider for Terraform expect, each request as they send it.

const slow = { settings: { taskMs: 5000 } };

async function redis(api: Api): Promise<string> {
  const made = await createInstance(api, { name: 'cache', resource_plan_id: 'databases-for-redis-standard' });
  return `/v5/ibm/deployments/${encodeURIComponent(text(made.body, 'crn'))}`;
}

describe("IBM's suite for databases", () => {
  test("changes the role of a user of Redis without a password, and a user's password without a role", async () => {
    await withEmulator(async ({ api }) => {
      const users = `${await redis(api)}/users/database`;
      await finished(api, 'POST', users, { body: { user: { username: 'user', password: 'Password12345679' } } });
      await finished(api, 'PATCH', `${users}/user`, { body: { user: { role: '-@all +@read' } } });
      await finished(api, 'PATCH', `${users}/user`, { body: { user: { password: 'XyzzyyzzYx111111111' } } });
      const { path } = await postgresql(api);
      for (const user of [{ role: '-@all +@read' }, {}]) {
        expect((await api('PATCH', `${path}/users/database/admin`, { body: { user } })).status).toBe(422);
      }
    });
  });

  test('starts a backup, which is listed as running at once, and scales without waiting for it', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { path } = await postgresql(api);
      const started = await api('POST', `${path}/backups`);
      expect(started).toMatchObject({ status: 200, body: { task: { status: 'running' } } });
      const newest = async (): Promise<unknown> => list((await api('GET', `${path}/backups`)).body, 'backups').at(-1);
      expect(await newest()).toMatchObject({ type: 'on_demand', status: 'running' });
      const id = encodeURIComponent(text(await newest(), 'id'));
      expect((await api('GET', `/v5/ibm/backups/${id}`)).body).toMatchObject({ backup: { status: 'running' } });
      const scaled = await api('PATCH', `${path}/groups/member`, {
        body: { group: { members: { allocation_count: 3 } } },
      });
      expect(scaled).toMatchObject({ status: 202, body: { task: { status: 'queued', progress_percent: 0 } } });
      const statuses = async (): Promise<readonly unknown[]> =>
        list((await api('GET', `${path}/tasks`)).body, 'tasks').map((task) => at(task, 'status'));
      emulator.clock.advance(5000);
      expect([await statuses(), at(await newest(), 'status')]).toEqual([['completed', 'running'], 'completed']);
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({ groups: [{ count: 2 }] });
      emulator.clock.advance(5000);
      expect(await statuses()).toEqual(['completed', 'completed']);
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({ groups: [{ count: 3 }] });
    }, slow);
  });

  test('changes that are queued build on each other, and are done in their order', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { path } = await postgresql(api);
      const all = `${path}/allowlists/ip_addresses`;
      for (const address of ['172.16.0.0/16', '195.212.0.0/16']) {
        await api('POST', all, { body: { ip_address: { address, description: 'Dev IP space' } } });
      }
      await api('DELETE', `${all}/${encodeURIComponent('172.16.0.0/16')}`);
      expect((await api('GET', all)).body).toEqual({ ip_addresses: [] });
      emulator.clock.advance(15_000);
      expect((await api('GET', all)).body).toMatchObject({ ip_addresses: [{ address: '195.212.0.0/16' }] });
    }, slow);
  });

  test('a change of the configuration answers 200, like the start of a backup', async () => {
    await withEmulator(async ({ api }) => {
      const body = { configuration: { 'maxmemory-policy': 'allkeys-lru' } };
      expect((await api('PATCH', `${await redis(api)}/configuration`, { body })).status).toBe(200);
    });
  });

  test('is told how to connect for a user that nobody made', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const asked = `${path}/users/database/testuser/connections/private?certificate_root=%2Fvar%2Ftest`;
      expect((await api('GET', asked)).body).toMatchObject({
        connection: { postgres: { authentication: { username: 'testuser' } } },
      });
      const body = { password: 'Prov1dedpassword', certificate_root: '/var/test' };
      const { status } = await api('POST', asked.replace(/\?.*/, ''), { body });
      expect(status).toBe(200);
    });
  });

  test('sets the password of repl, which PostgreSQL has from the start, and deletes a slot that is not there', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const body = { user: { password: 'Password12345679' } };
      await finished(api, 'PATCH', `${path}/users/database/repl`, { body });
      await finished(api, 'DELETE', `${path}/postgresql/logical_replication_slots/wj123`);
      const unknown = await api('PATCH', `${path}/users/database/nobody`, { body });
      expect(unknown).toMatchObject({ status: 404, body: { errors: 'not_found' } });
      expect((await api('PATCH', `${await redis(api)}/users/database/repl`, { body })).status).toBe(404);
    });
  });
});

describe("IBM's provider and modules", () => {
  test('restore from the backup that a new database has', async () => {
    await withEmulator(async ({ api }) => {
      const { crn, path } = await postgresql(api);
      const { body } = await api('GET', `${path}/backups`);
      const id = text(body, 'backups', 0, 'id');
      expect(at(body, 'backups', 0)).toMatchObject({ type: 'scheduled', status: 'completed', deployment_id: crn });
      expect(id).toMatch(/^crn:v1:bluemix:public:databases-for-postgresql:.*:backup:[0-9a-f-]{36}$/);
      const one = await api('GET', `/v5/ibm/backups/${encodeURIComponent(id)}`);
      expect(one.body).toMatchObject({ backup: { id, is_restorable: true } });
    });
  });

  test('know a task by a CRN of the deployment', async () => {
    await withEmulator(async ({ api }) => {
      const { crn, path } = await postgresql(api);
      const { body } = await api('POST', `${path}/backups`);
      const id = text(body, 'task', 'id');
      expect(id.slice(0, crn.length - 1)).toBe(crn.slice(0, -1));
      expect(id.slice(crn.length - 1)).toMatch(/^task:[0-9a-f-]{36}$/);
      expect((await api('GET', `/v5/ibm/tasks/${encodeURIComponent(id)}`)).body).toMatchObject({ task: { id } });
    });
  });

  test('make RabbitMQ with 1,024 MB of disk a member', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await api('GET', '/v5/ibm/deployables/rabbitmq/groups');
      expect(body).toMatchObject({ groups: [{ disk: { allocation_mb: 3072, minimum_mb: 3072 } }] });
    });
  });
});
