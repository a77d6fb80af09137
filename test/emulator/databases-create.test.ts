import { describe, expect, test } from '@jest/globals';
import { finished, postgresql } from '../helpers/databases.ts';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { createInstance, list } from '../helpers/platform.ts';

function create(api: Api, plan: string, parameters: Readonly<Record<string, unknown>>) {
  return createInstance(api, { name: 'db', resource_plan_id: plan, parameters });
}

const refused = (name: string) => ({
  status: 400,
  body: {
    error_code: 'RC-ServiceBrokerErrorResponse',
    status_code: 400,
    message: expect.stringContaining(`The parameter ${name} `),
    transaction_id: expect.any(String),
  },
});

describe('what a Cloud Databases plan does not take', () => {
  test.each([
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: 1 }],
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: 0 }],
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: 'lots' }],
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: ' 10240' }],
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: true }],
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: '10241' }],
    ['databases-for-postgresql-standard', { members_disk_allocation_mb: 16_777_216 }],
    ['databases-for-postgresql-standard', { members_memory_allocation_mb: '4096' }],
    ['databases-for-postgresql-standard', { members_memory_allocation_mb: 229_632 }],
    ['databases-for-postgresql-standard', { members_memory_allocation_mb: 8193 }],
    ['databases-for-postgresql-standard', { members_cpu_allocation_count: 4 }],
    ['databases-for-postgresql-standard', { members_cpu_allocation_count: 7 }],
    ['databases-for-postgresql-standard', { members_host_flavor: 'huge' }],
    ['databases-for-postgresql-standard', { members_host_flavor: 'constructor' }],
    [
      'databases-for-postgresql-standard',
      { members_memory_allocation_mb: 8192, members_host_flavor: 'b3c.4x16.encrypted' },
    ],
    [
      'databases-for-postgresql-standard',
      { members_cpu_allocation_count: '6', members_host_flavor: 'b3c.4x16.encrypted' },
    ],
    ['databases-for-postgresql-standard', { version: '0' }],
    ['databases-for-postgresql-standard', { version: 'newest' }],
    ['databases-for-postgresql-standard', { 'service-endpoints': 'somewhere' }],
    ['databases-for-postgresql-standard', { service_endpoints: 'both' }],
    ['databases-for-postgresql-standard', { 'service-endpoints': ['public'] }],
    ['databases-for-redis-standard', { members_disk_allocation_mb: 1024 }],
    ['databases-for-mongodb-enterprise', { members_host_flavor: 'multitenant' }],
    ['messages-for-rabbitmq-standard', { members_memory_allocation_mb: 12_288 }],
  ])('is refused with 400 and makes nothing: %s %j', async (plan, parameters) => {
    await withEmulator(async ({ api }) => {
      const [name = ''] = Object.keys(parameters);
      expect(await create(api, plan, parameters)).toMatchObject(refused(name));
      expect(list((await api('GET', '/v2/resource_instances')).body, 'resources')).toEqual([]);
    });
  });

  test('MongoDB has no public and private endpoints together', async () => {
    await withEmulator(async ({ api }) => {
      const both = { 'service-endpoints': 'public-and-private' };
      expect(await create(api, 'databases-for-mongodb-standard', both)).toMatchObject(refused('service-endpoints'));
      expect(await create(api, 'databases-for-mysql-standard', both)).toMatchObject({ status: 202 });
    });
  });

  test('is refused in a change too, which changes nothing', async () => {
    await withEmulator(async ({ api }) => {
      const { crn, path } = await postgresql(api);
      const body = { parameters: { 'service-endpoints': 'nowhere' } };
      const instance = `/v2/resource_instances/${encodeURIComponent(crn)}`;
      expect(await api('PATCH', instance, { body })).toMatchObject(refused('service-endpoints'));
      expect((await api('GET', path)).body).toMatchObject({ deployment: { enable_private_endpoints: true } });
    });
  });

  test('is no matter to other services', async () => {
    await withEmulator(async ({ api }) => {
      const parameters = { 'service-endpoints': 'somewhere', version: '0', members_disk_allocation_mb: 1 };
      expect(await create(api, 'data-virtualization-enterprise', parameters)).toMatchObject({ status: 202 });
    });
  });
});

describe('the sizes of a create', () => {
  test('takes numbers and strings alike, and leaves out what is empty', async () => {
    await withEmulator(async ({ api }) => {
      for (const as of [Number, String]) {
        const { path } = await postgresql(api, {
          members_memory_allocation_mb: as(16_384),
          members_disk_allocation_mb: as(20_480),
          members_cpu_allocation_count: as(6),
          version: as(14),
          offline_restore: 'false',
          of_their_own: { deep: 1 },
        });
        expect((await api('GET', `${path}/groups`)).body).toMatchObject({
          groups: [
            { memory: { allocation_mb: 16_384 }, disk: { allocation_mb: 20_480 }, cpu: { allocation_count: 6 } },
          ],
        });
        expect((await api('GET', path)).body).toMatchObject({ deployment: { version: '14' } });
      }
      const { path } = await postgresql(api, {
        members_memory_allocation_mb: '',
        members_disk_allocation_mb: null,
        members_cpu_allocation_count: 0,
        members_host_flavor: '',
        version: '',
        service_endpoints: '',
      });
      expect((await api('GET', `${path}/groups`)).body).toMatchObject({
        groups: [
          {
            memory: { allocation_mb: 8192 },
            disk: { allocation_mb: 10_240 },
            cpu: { allocation_count: 0 },
            host_flavor: { id: 'multitenant' },
          },
        ],
      });
      expect((await api('GET', path)).body).toMatchObject({ deployment: { version: '16' } });
    });
  });

  test('of a replica are totals over the members of its source', async () => {
    await withEmulator(async ({ api }) => {
      const { crn, path } = await postgresql(api);
      await finished(api, 'PATCH', `${path}/groups/member`, { body: { group: { members: { allocation_count: 3 } } } });
      const replica = (members_cpu_allocation_count: number) =>
        create(api, 'databases-for-postgresql-standard', { remote_leader_id: crn, members_cpu_allocation_count });
      expect(await replica(8)).toMatchObject(refused('members_cpu_allocation_count'));
      expect(await replica(9)).toMatchObject({ status: 202 });
    });
  });
});
