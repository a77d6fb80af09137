import { describe, expect, test } from '@jest/globals';
import { finished, postgresql } from '../helpers/databases.ts';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, createInstance, text } from '../helpers/platform.ts';

/** The path of the inside of a new deployment. */
async function deployment(api: Api, plan: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const made = await createInstance(api, { name: plan, resource_plan_id: plan, parameters });
  return `/v5/ibm/deployments/${encodeURIComponent(text(made.body, 'crn'))}`;
}

describe('how to connect', () => {
  test.each([
    ['databases-for-postgresql-standard', 'admin', ['cli', 'postgres'], 'postgres', 'ibmclouddb'],
    ['databases-for-enterprisedb-standard', 'admin', ['cli', 'postgres'], 'postgres', 'ibmclouddb'],
    ['databases-for-mysql-standard', 'admin', ['cli', 'mysql'], 'mysql', 'ibmclouddb'],
    ['databases-for-mongodb-standard', 'admin', ['cli', 'mongodb'], 'mongodb', 'ibmclouddb'],
    ['databases-for-redis-standard', 'admin', ['cli', 'rediss'], 'rediss', 0],
    ['databases-for-elasticsearch-enterprise', 'admin', ['cli', 'https'], 'https', undefined],
    ['databases-for-etcd-standard', 'root', ['cli', 'grpc'], 'grpc', undefined],
    ['messages-for-rabbitmq-standard', 'admin', ['amqps', 'cli', 'https', 'mqtts', 'stomp_ssl'], 'amqps', undefined],
  ])('%s', async (plan, admin, members, main, database) => {
    await withEmulator(async ({ api }) => {
      const path = `${await deployment(api, plan)}/users/database/${admin}/connections/public`;
      const { status, body } = await api('GET', path);
      expect(status).toBe(200);
      expect(Object.keys(Object(at(body, 'connection'))).toSorted()).toEqual(members);
      const uri = at(body, 'connection', main);
      expect(uri).toMatchObject({
        type: 'uri',
        hosts: [{ hostname: expect.stringMatching(/\.invalid$/), port: expect.any(Number) }],
        authentication: { method: 'direct', username: admin, password: '$PASSWORD' },
        ssl: true,
      });
      expect(at(uri, 'database')).toBe(database);
      expect(text(uri, 'composed', 0)).toContain(`${admin}:$PASSWORD@`);
    });
  });

  test('a password that is given is filled in, and kept nowhere', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { path } = await postgresql(api);
      const asked = `${path}/users/database/admin/connections/private`;
      const { body } = await api('POST', asked, { body: { password: 'Canary-0123456789' } });
      expect(text(body, 'connection', 'postgres', 'composed', 0)).toMatch(/^postgres:\/\/admin:Canary-0123456789@/);
      expect(JSON.stringify([emulator.state(), (await api('GET', asked)).body])).not.toContain('Canary');
    });
  });

  test('is refused for an endpoint that the deployment does not have, and for an unknown kind of user', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      expect(await api('GET', `${path}/users/database/admin/connections/public`)).toMatchObject({
        status: 422,
        body: { errors: { endpoint_type: ['must be an endpoint of the deployment: private'] } },
      });
      expect((await api('GET', `${path}/users/nobody/admin/connections/private`)).status).toBe(404);
      // Left out, or empty, they are public.
      const empty = await deployment(api, 'databases-for-redis-standard', { 'service-endpoints': '' });
      expect((await api('GET', `${empty}/users/database/admin/connections/public`)).status).toBe(200);
    });
  });

  test('connections are closed by a task', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      await finished(api, 'DELETE', `${path}/management/database_connections`);
    });
  });
});

describe('read replicas', () => {
  test('are named by their leader, and name it, until they are promoted', async () => {
    await withEmulator(async ({ api }) => {
      const leader = await postgresql(api);
      const replica = await postgresql(api, { remote_leader_id: leader.crn });
      const remotes = async (path: string) => at((await api('GET', `${path}/remotes`)).body, 'remotes');
      expect(await remotes(leader.path)).toEqual({ leader: '', replicas: [replica.crn] });
      expect(await remotes(replica.path)).toEqual({ leader: leader.crn, replicas: [] });
      await finished(api, 'POST', `${replica.path}/remotes/resync`);
      const body = { promotion: { skip_initial_backup: true } };
      await finished(api, 'POST', `${replica.path}/remotes/promotion`, { body });
      expect(await remotes(leader.path)).toEqual({ leader: '', replicas: [] });
      expect(await remotes(replica.path)).toEqual({ leader: '', replicas: [] });
      for (const path of [leader.path, replica.path]) {
        expect((await api('POST', `${path}/remotes/promotion`, { body })).status).toBe(422);
        expect((await api('POST', `${path}/remotes/resync`)).status).toBe(422);
      }
    });
  });
});

describe('recovery to a point in time', () => {
  test('reaches back to the create, and a week at most', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const made = emulator.clock.now().getTime();
      const { path } = await postgresql(api);
      const earliest = async () => {
        const { body } = await api('GET', `${path}/point_in_time_recovery_data`);
        return Date.parse(text(body, 'point_in_time_recovery_data', 'earliest_point_in_time_recovery_time'));
      };
      expect(Math.abs((await earliest()) - made)).toBeLessThan(60_000);
      emulator.clock.advance(30 * 86_400_000);
      expect(Math.abs((await earliest()) - made - 23 * 86_400_000)).toBeLessThan(60_000);
      const redis = await deployment(api, 'databases-for-redis-standard');
      expect((await api('GET', `${redis}/point_in_time_recovery_data`)).status).toBe(422);
    });
  });
});

describe('an upgrade in place', () => {
  test('goes to a later version, as the transitions say, when its task is done', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api, { version: '15' });
      const capability = await api('GET', `${path}/capability/versions`);
      expect(at(capability.body, 'capability', 'versions', 0, 'transitions')).toMatchObject([
        { method: 'in-place', from_version: '15', to_version: '16' },
        { from_version: '15', to_version: '17' },
      ]);
      await finished(api, 'PATCH', `${path}/version?skip_backup=true`, { body: { version: '17' } });
      expect(at((await api('GET', path)).body, 'deployment', 'version')).toBe('17');
      for (const version of ['17', '16', '99', undefined]) {
        expect((await api('PATCH', `${path}/version`, { body: { version } })).status).toBe(422);
      }
    });
  });
});

describe('logical replication slots', () => {
  test('of PostgreSQL are made once, and deleted; other databases have none', async () => {
    await withEmulator(async ({ api }) => {
      const { path } = await postgresql(api);
      const slots = `${path}/postgresql/logical_replication_slots`;
      const body = { logical_replication_slot: { name: 'one', database_name: 'ibmclouddb', plugin_type: 'wal2json' } };
      await finished(api, 'POST', slots, { body });
      expect((await api('POST', slots, { body })).status).toBe(422);
      expect((await api('POST', slots, { body: { logical_replication_slot: { name: 'two' } } })).status).toBe(422);
      await finished(api, 'DELETE', `${slots}/one`);
      const redis = await deployment(api, 'databases-for-redis-standard');
      expect((await api('POST', `${redis}/postgresql/logical_replication_slots`, { body })).status).toBe(404);
    });
  });
});
