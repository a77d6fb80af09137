import { describe, expect, test } from '@jest/globals';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, createInstance, createKey, createVault, list, text } from '../helpers/platform.ts';

const instances = '/v2/resource_instances';
const day = 24 * 60 * 60 * 1000;

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

describe('deleting instances', () => {
  test('a reclaimable one is kept for its window with a reclamation row, then removed and still readable', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const crn = text((await createInstance(api)).body, 'crn');
      expect((await api('DELETE', `${path(crn)}?recursive=true`)).status).toBe(204);
      expect(await read(api, crn)).toMatchObject({
        state: 'pending_reclamation',
        deleted_at: null,
        scheduled_reclaim_at: expect.any(String),
        last_operation: { type: 'reclamation', state: 'succeeded', async: false },
      });
      expect(await names(api)).toEqual([]);
      expect(await names(api, 'state=pending_reclamation')).toEqual(['lakehouse']);
      const guid = text(await read(api, crn), 'guid');
      const { body } = await api('GET', `/v1/reclamations?resource_instance_id=${guid}`);
      const row = list(body, 'resources')[0];
      expect(row).toMatchObject({
        entity_crn: crn,
        resource_instance_id: guid,
        state: 'SCHEDULED',
        custom_properties: {},
      });
      expect(text(row, 'id')).toMatch(/^[0-9a-f]{32}$/);
      expect(Date.parse(text(row, 'target_time')) - Date.parse(text(row, 'created_at'))).toBe(3 * day);
      expect((await api('DELETE', path(crn))).status).toBe(422);
      expect((await api('PATCH', path(crn), { body: { name: 'x' } })).status).toBe(422);

      emulator.clock.advance(3 * day);
      expect(await read(api, crn)).toMatchObject({
        state: 'removed',
        deleted_at: expect.any(String),
        deleted_by: expect.stringMatching(/^IBMid-/),
      });
      expect(list((await api('GET', '/v1/reclamations')).body, 'resources')).toEqual([]);
      expect((await api('DELETE', path(crn))).status).toBe(410);
      expect((await api('DELETE', path('nothing'))).status).toBe(404);
    });
  });

  test('with a settling time it stays active and busy at first', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const crn = text((await createInstance(api)).body, 'crn');
      await read(api, crn);
      emulator.settings.change({ deletionSettleMs: 20_000 });
      expect((await api('DELETE', path(crn))).status).toBe(204);
      expect(await read(api, crn)).toMatchObject({
        state: 'active',
        last_operation: { type: 'delete', state: 'in progress' },
      });
      emulator.clock.advance(20_000);
      expect(at(await read(api, crn), 'state')).toBe('pending_reclamation');
    });
  });

  test('a reclamation can be restored to the same instance, or reclaimed at once', async () => {
    await withEmulator(async ({ api }) => {
      const created = await createInstance(api, { parameters: { worker_count: '3' } });
      const crn = text(created.body, 'crn');
      const reclamationId = async (): Promise<string> =>
        text((await api('GET', '/v1/reclamations')).body, 'resources', 0, 'id');
      await read(api, crn);
      await api('DELETE', path(crn));
      const restored = await api('POST', `/v1/reclamations/${await reclamationId()}/actions/restore`, { body: {} });
      expect(restored).toMatchObject({ status: 200, body: { state: 'RESTORING' } });
      expect(await read(api, crn)).toMatchObject({
        guid: text(created.body, 'guid'),
        state: 'active',
        restored_at: expect.any(String),
        scheduled_reclaim_at: null,
        parameters: { worker_count: '3' },
      });
      expect(list((await api('GET', '/v1/reclamations')).body, 'resources')).toEqual([]);

      await api('DELETE', path(crn));
      const id = await reclamationId();
      expect((await api('POST', `/v1/reclamations/${id}/actions/forget`)).status).toBe(400);
      const body = { request_by: 'someone', comment: 'no longer needed' };
      expect((await api('POST', `/v1/reclamations/${id}/actions/reclaim`, { body })).body).toMatchObject({
        state: 'RECLAIMING',
      });
      expect(await read(api, crn)).toMatchObject({ state: 'removed', deleted_by: 'someone' });
      expect((await api('POST', `/v1/reclamations/${id}/actions/reclaim`)).status).toBe(404);
    });
  });

  test('a plan without reclamation is removed at once', async () => {
    await withEmulator(async ({ api }) => {
      const plan = { resource_plan_id: '2fdf0c08-2d32-4f46-84b5-32e0c92fffd8', target: 'global' };
      const created = await createInstance(api, plan);
      expect(created.status).toBe(201);
      await api('DELETE', path(text(created.body, 'guid')));
      expect(at(await read(api, text(created.body, 'guid')), 'state')).toBe('removed');
    });
  });

  test('Key Protect refuses to go with 422 while it holds a key that is not destroyed', async () => {
    await withEmulator(async ({ api }) => {
      const vault = await createVault(api);
      await createKey(api, vault.guid);
      const refused = await api('DELETE', `${path(vault.crn)}?recursive=true`);
      expect(refused.status).toBe(422);
      expect(at(refused.body, 'error_code')).toBe('RC-ServiceBrokerErrorResponse');
      expect(at(await read(api, vault.crn), 'state')).toBe('active');
    });
  });
});
