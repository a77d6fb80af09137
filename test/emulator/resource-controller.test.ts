import { describe, expect, test } from '@jest/globals';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, createInstance, createVault, defaultGroup, list, text, tieredPricing } from '../helpers/platform.ts';

const instances = '/v2/resource_instances';

function path(id: string): string {
  return `${instances}/${encodeURIComponent(id)}`;
}

async function read(api: Api, id: string): Promise<unknown> {
  return (await api('GET', path(id))).body;
}

async function names(api: Api, query = ''): Promise<readonly unknown[]> {
  const { body } = await api('GET', `${instances}?${query}`);
  return list(body, 'resources').map((instance) => at(instance, 'name'));
}

describe('creating instances', () => {
  test('Key Protect is active at once and carries its endpoints; its CRN and its GUID both name it', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const created = await createInstance(api, { name: 'vault', resource_plan_id: tieredPricing });
      expect(created.status).toBe(201);
      const guid = text(created.body, 'guid');
      const crn = text(created.body, 'crn');
      expect(crn).toBe(`crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:${guid}::`);
      expect(created.body).toMatchObject({
        id: crn,
        state: 'active',
        created_by: expect.stringMatching(/^IBMid-/),
        deleted_at: null,
        deleted_by: '',
        last_operation: { type: 'create', state: 'succeeded', async: false, description: expect.any(String) },
        extensions: { endpoints: { public: emulator.url, private: `${emulator.url}/private` } },
        target_crn: `crn:v1:bluemix:public:globalcatalog::::deployment:${tieredPricing}%3Aus-south`,
        locked: false,
      });
      expect(at(created.body, 'tags')).toBeUndefined();
      expect(await read(api, guid)).toEqual(created.body);
      expect(await read(api, crn)).toEqual(created.body);
    });
  });

  test('Data Virtualization is answered 202 and provisioning, and is active after its time', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ provisioningMs: 60_000 });
      const created = await createInstance(api, { parameters: { worker_count: '3' } });
      expect(created.status).toBe(202);
      expect(created.body).toMatchObject({
        state: 'provisioning',
        last_operation: { type: 'create', state: 'in progress', async: true },
        parameters: { worker_count: '3' },
      });
      const crn = text(created.body, 'crn');
      emulator.clock.advance(59_000);
      expect(at(await read(api, crn), 'state')).toBe('provisioning');
      emulator.clock.advance(1000);
      expect(await read(api, crn)).toMatchObject({
        state: 'active',
        last_operation: { state: 'succeeded', async: true },
      });
    });
  });

  test('one service can take longer than others', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ provisioningMs: 1000, provisioningMsOf: { 'data-virtualization': 60_000 } });
      const slow = text((await createInstance(api)).body, 'guid');
      const database = { resource_plan_id: 'databases-for-postgresql-standard' };
      const quick = text((await createInstance(api, database)).body, 'guid');
      emulator.clock.advance(1000);
      expect([at(await read(api, quick), 'state'), at(await read(api, slow), 'state')]).toEqual([
        'active',
        'provisioning',
      ]);
      emulator.clock.advance(59_000);
      expect(at(await read(api, slow), 'state')).toBe('active');
    });
  });

  test('null members of a body are as absent ones', async () => {
    await withEmulator(async ({ api }) => {
      const made = await createInstance(api, { parameters: null, tags: null, allow_cleanup: null });
      expect(made).toMatchObject({ status: 202, body: { parameters: {}, allow_cleanup: false } });
      const patched = await api('PATCH', path(text(made.body, 'guid')), { body: { name: 'lake', parameters: null } });
      expect(patched.body).toMatchObject({ name: 'lake', parameters: {} });
      expect((await createInstance(api, { name: null })).status).toBe(400);
    });
  });

  test('a service whose provisioning fails leaves a failed instance, out of the default list, removed when deleted', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ failProvisioning: ['data-virtualization'] });
      const crn = text((await createInstance(api)).body, 'crn');
      expect(await read(api, crn)).toMatchObject({
        state: 'failed',
        last_operation: { state: 'failed', description: expect.stringContaining('failed') },
      });
      expect(await names(api)).toEqual([]);
      expect(await names(api, 'state=failed')).toEqual(['lakehouse']);
      expect((await api('DELETE', path(crn))).status).toBe(204);
      expect(at(await read(api, crn), 'state')).toBe('removed');
    });
  });

  test('writes times with nanoseconds, and unset ones as null', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api);
      for (const time of [at(body, 'created_at'), at(body, 'updated_at'), at(body, 'plan_history', 0, 'start_date')]) {
        expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/);
      }
      expect(body).toMatchObject({ deleted_at: null, scheduled_reclaim_at: null, restored_at: null });
    });
  });

  test('names are not unique: the same create twice makes two', async () => {
    await withEmulator(async ({ api }) => {
      await createInstance(api);
      await createInstance(api);
      expect(await names(api, 'name=lakehouse')).toEqual(['lakehouse', 'lakehouse']);
      expect(await names(api, 'name=lake')).toEqual([]);
    });
  });

  test('three forms of target and two of resource group are understood, and Entity-Lock creates it locked', async () => {
    await withEmulator(async ({ api }) => {
      const group = await defaultGroup(api);
      const groupCrn = `crn:v1:bluemix:public:resource-controller::a/0123456789abcdef0123456789abcdef::resource-group:${group}`;
      const catalog = 'crn:v1:bluemix:public:globalcatalog::::deployment:data-virtualization-enterprise%3Aeu-de';
      for (const target of [catalog, 'eu-de', 'bluemix-eu-de']) {
        const { body } = await createInstance(api, { target, resource_group: groupCrn });
        expect(body).toMatchObject({
          region_id: 'eu-de',
          target_crn: catalog,
          resource_group_id: group,
          resource_group_crn: groupCrn,
        });
      }
      const body = { name: 'l', target: 'us-south', resource_group: group, resource_plan_id: tieredPricing };
      const locked = await api('POST', instances, { body, headers: { 'Entity-Lock': 'true' } });
      expect(at(locked.body, 'locked')).toBe(true);
    });
  });

  test.each([
    ['an unknown plan', { resource_plan_id: 'nothing' }],
    ['a region that the plan is not offered in', { target: 'au-syd' }],
    ['an unknown group', { resource_group: 'nothing' }],
    ['a name with a slash', { name: 'a/b' }],
    ['no name', { name: undefined }],
    ['parameters that are no object', { parameters: 'x' }],
    ['an unknown member', { region: 'us-south' }],
  ])('%s is refused with 400 in the error shape of Resource Controller, and nothing is made', async (_what, change) => {
    await withEmulator(async ({ api }) => {
      const refused = await createInstance(api, change);
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({ message: expect.any(String), status_code: 400 });
      expect(text(refused.body, 'transaction_id')).toMatch(/^bss-[0-9a-f]{16}$/);
      expect(await names(api)).toEqual([]);
    });
  });

  test('an error names the transaction that the caller gave', async () => {
    await withEmulator(async ({ api }) => {
      const refused = await api('GET', path('nothing'), { headers: { 'Transaction-Id': 'my-run-1' } });
      expect(refused.status).toBe(404);
      expect(at(refused.body, 'transaction_id')).toBe('my-run-1');
    });
  });
});

describe('listing instances', () => {
  test('filters, and pages by a token in next_url that carries the filters with it', async () => {
    await withEmulator(async ({ api }) => {
      for (const name of ['a', 'b', 'c']) await createVault(api, name);
      await createInstance(api, { name: 'd' });
      expect(await names(api, `resource_plan_id=${tieredPricing}`)).toEqual(['a', 'b', 'c']);
      expect(await names(api, 'resource_id=data-virtualization')).toEqual(['d']);
      expect(await names(api, 'resource_group_id=other')).toEqual([]);
      expect(await names(api, `resource_plan_id=${tieredPricing}&start=`)).toEqual(['a', 'b', 'c']);

      const first = await api('GET', `${instances}?resource_plan_id=${tieredPricing}&limit=2`);
      expect(first.body).toMatchObject({ rows_count: 2, resources: [{ name: 'a' }, { name: 'b' }] });
      const second = await api('GET', text(first.body, 'next_url'));
      expect(second.body).toMatchObject({ rows_count: 1, next_url: null, resources: [{ name: 'c' }] });
      expect((await api('GET', `${instances}?state=dead`)).status).toBe(400);
      expect((await api('GET', `${instances}?start=zzz`)).status).toBe(400);
    });
  });
});

describe('changing instances', () => {
  test('a synchronous service takes a new name and parameters at once; shown are those of the last request alone', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, { resource_plan_id: tieredPricing, parameters: { a: 1, b: 1 } });
      const changed = await api('PATCH', path(text(body, 'guid')), { body: { name: 'renamed', parameters: { b: 2 } } });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({
        name: 'renamed',
        last_operation: { type: 'update', state: 'succeeded', async: false },
        updated_by: expect.stringMatching(/^IBMid-/),
      });
      expect(at(changed.body, 'parameters')).toEqual({ b: 2 });
      const renamed = await api('PATCH', path(text(body, 'guid')), { body: { name: 'again' } });
      expect(at(renamed.body, 'parameters')).toEqual({ b: 2 });
    });
  });

  test('an asynchronous one answers 202, stays active, refuses a second change meanwhile, and shows the parameters when done', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const crn = text((await createInstance(api, { parameters: { worker_count: '3' } })).body, 'crn');
      await read(api, crn);
      emulator.settings.change({ provisioningMs: 5000 });
      const started = await api('PATCH', path(crn), { body: { parameters: { worker_count: '4' } } });
      expect(started.status).toBe(202);
      expect(started.body).toMatchObject({
        state: 'active',
        parameters: { worker_count: '3' },
        last_operation: { type: 'update', state: 'in progress', async: true },
      });
      expect((await api('PATCH', path(crn), { body: { name: 'x' } })).status).toBe(422);
      expect((await api('DELETE', path(crn))).status).toBe(422);
      emulator.clock.advance(5000);
      expect(await read(api, crn)).toMatchObject({
        parameters: { worker_count: '4' },
        last_operation: { state: 'succeeded' },
      });
    });
  });

  test('a plan may change to another of the same service, which the history shows; to another service it may not', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, { resource_plan_id: 'data-virtualization-lite' });
      const changed = path(text(body, 'crn'));
      await api('PATCH', changed, { body: { resource_plan_id: 'data-virtualization-enterprise' } });
      expect((await api('GET', changed)).body).toMatchObject({
        resource_plan_id: 'data-virtualization-enterprise',
        target_crn: 'crn:v1:bluemix:public:globalcatalog::::deployment:data-virtualization-enterprise%3Aus-south',
        plan_history: [
          { resource_plan_id: 'data-virtualization-lite' },
          { resource_plan_id: 'data-virtualization-enterprise' },
        ],
      });
      expect((await api('PATCH', changed, { body: { resource_plan_id: tieredPricing } })).status).toBe(400);
      expect((await api('PATCH', changed, { body: { resource_group_id: 'other' } })).status).toBe(400);
    });
  });

  test('a locked one refuses change and deletion with 422 until it is unlocked', async () => {
    await withEmulator(async ({ api }) => {
      const { guid } = await createVault(api);
      const locked = await api('POST', `${path(guid)}/lock`);
      expect(locked.status).toBe(200);
      expect(locked.body).toMatchObject({ locked: true, last_operation: { type: 'lock' } });
      expect((await api('PATCH', path(guid), { body: { name: 'x' } })).status).toBe(422);
      expect((await api('DELETE', path(guid))).status).toBe(422);
      expect((await api('DELETE', `${path(guid)}/lock`)).body).toMatchObject({
        locked: false,
        last_operation: { type: 'unlock' },
      });
      expect((await api('DELETE', path(guid))).status).toBe(204);
    });
  });
});
