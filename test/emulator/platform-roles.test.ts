import { describe, expect, test } from '@jest/globals';
import { type Api, apiOf, withEmulator } from '../helpers/emulator.ts';
import {
  account,
  at,
  authorization,
  authorize,
  createInstance,
  createVault,
  list,
  namesIn,
  someone,
  text,
} from '../helpers/platform.ts';

describe('platform roles', () => {
  test('hide instances from lists, reclamations and Search, and refuse them by id', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const vault = await createVault(api);
      const other = await createVault(api, 'other');
      const lake = text((await createInstance(api)).body, 'guid');
      await api('DELETE', `/v2/resource_instances/${lake}`);
      const seen = async (who: Api): Promise<readonly unknown[]> => [
        namesIn((await who('GET', '/v2/resource_instances')).body),
        list((await who('GET', '/v1/reclamations')).body, 'resources').length,
        namesIn((await who('POST', '/v3/resources/search', { body: { query: '*', fields: ['name'] } })).body, 'items'),
      ];
      expect(await seen(api)).toEqual([['other', 'vault'], 1, ['other', 'vault']]);
      const one = someone(emulator, [{ service: 'kms', instance: 'vault', roles: ['Viewer'] }]);
      expect(await seen(one)).toEqual([['vault'], 0, ['vault']]);
      expect((await one('GET', `/v2/resource_instances/${vault.guid}`)).status).toBe(200);
      expect((await one('GET', `/v2/resource_instances/${other.guid}`)).status).toBe(403);
      expect(await seen(someone(emulator, []))).toEqual([[], 0, []]);
    });
  });

  test('hide credentials from whoever may not see their instance, redact them for a Viewer, and leave them to an Operator', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { guid: source } = await createVault(api);
      const made = await api('POST', '/v2/resource_keys', { body: { name: 'one', source } });
      const path = `/v2/resource_keys/${text(made.body, 'guid')}`;
      const attempts = async (who: Api): Promise<readonly unknown[]> => [
        namesIn((await who('GET', '/v2/resource_keys')).body),
        at((await who('GET', path)).body, 'credentials', 'REDACTED') ?? (await who('GET', path)).status,
        (await who('POST', '/v2/resource_keys', { body: { name: 'two', source } })).status,
        (await who('DELETE', path)).status,
      ];
      expect(await attempts(someone(emulator, []))).toEqual([[], 403, 403, 403]);
      expect(await attempts(someone(emulator, [{ roles: ['Viewer'] }]))).toEqual([['one'], 'REDACTED', 403, 403]);
      expect(await attempts(someone(emulator, [{ roles: ['Operator'] }]))).toEqual([['one'], 200, 201, 204]);
    });
  });

  test('let an Editor make, change and delete instances of its services, and a Viewer none', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { guid } = await createVault(api);
      const attempts = async (who: Api): Promise<readonly number[]> => {
        const path = `/v2/resource_instances/${guid}`;
        const made = await createInstance(api).then(({ body }) => text(body, 'resource_group_id'));
        const body = { name: 'new', target: 'us-south', resource_group: made, resource_plan_id: vaultPlan };
        return [
          (await who('POST', '/v2/resource_instances', { body })).status,
          (await who('PATCH', path, { body: { name: 'renamed' } })).status,
          (await who('POST', `${path}/lock`)).status,
          (await who('DELETE', `${path}/lock`)).status,
          (await who('DELETE', path)).status,
        ];
      };
      const everywhere = [403, 403, 403, 403, 403];
      expect(await attempts(someone(emulator, [{ roles: ['Viewer', 'Operator'] }]))).toEqual(everywhere);
      expect(await attempts(someone(emulator, [{ service: 'messagehub', roles: ['Editor'] }]))).toEqual(everywhere);
      const group = { service: 'resource-controller', roles: ['Viewer'] } as const;
      expect(await attempts(someone(emulator, [{ service: 'kms', roles: ['Editor'] }, group]))).toEqual([
        201, 200, 200, 200, 204,
      ]);
    });
  });

  test('leave an empty list of policies to whoever may not read them, and writing to Administrators', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { guid } = await createVault(api);
      const wide = await authorize(api);
      const narrow = await authorize(api, { service: 'messagehub', instance: guid });
      const path = `/v2/policies?account_id=${account}`;
      const ids = async (who: Api): Promise<readonly unknown[]> =>
        list((await who('GET', path)).body, 'policies').map((policy) => at(policy, 'id'));
      expect(await ids(api)).toEqual([wide, narrow]);
      const nobody = someone(emulator, []);
      expect((await nobody('GET', path)).body).toMatchObject({ policies: [] });
      expect((await nobody('GET', `/v2/policies/${wide}`)).status).toBe(403);
      const viewer = someone(emulator, [{ instance: guid, roles: ['Viewer'] }]);
      expect(await ids(viewer)).toEqual([narrow]);
      const body = authorization({ service: 'secrets-manager' });
      const refused = await viewer('POST', '/v2/policies', { body });
      expect([refused.status, at(refused.body, 'errors', 0, 'code')]).toEqual([403, 'insufficent_permissions']);
      expect((await viewer('DELETE', `/v2/policies/${narrow}`)).status).toBe(403);
      const administrator = someone(emulator, [{ service: 'kms', roles: ['Administrator'] }]);
      expect((await administrator('POST', '/v2/policies', { body })).status).toBe(201);
      expect((await administrator('DELETE', `/v2/policies/${narrow}`)).status).toBe(204);
    });
  });

  test('let an Editor tag an instance and an Administrator give it access tags; lists leave out what one may not see', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { crn } = await createVault(api);
      await api('POST', '/v3/tags?tag_type=access', { body: { tag_names: ['env:prod'] } });
      const tag = async (who: Api, call: string, ...tag_names: readonly string[]): Promise<unknown> => {
        const { body } = await who('POST', `/v3/tags/${call}`, {
          body: { resources: [{ resource_id: crn }], tag_names },
        });
        return at(body, 'results', 0, 'is_error');
      };
      const attached = async (who: Api): Promise<readonly unknown[]> =>
        namesIn((await who('GET', `/v3/tags?attached_to=${encodeURIComponent(crn)}`)).body, 'items');
      const editor = someone(emulator, [{ roles: ['Editor'] }]);
      expect(await tag(editor, 'attach', 'team:a')).toBe(false);
      expect(await tag(editor, 'attach?tag_type=access', 'env:prod')).toBe(true);
      const viewer = someone(emulator, [{ roles: ['Viewer'] }]);
      expect(await tag(viewer, 'attach', 'team:b')).toBe(true);
      expect(await tag(viewer, 'detach', 'team:a')).toBe(true);
      expect(await attached(viewer)).toEqual(['team:a']);
      const nobody = someone(emulator, []);
      expect(await attached(nobody)).toEqual([]);
      expect(namesIn((await nobody('GET', '/v3/tags')).body, 'items')).toEqual([]);
      const administrator = someone(emulator, [{ service: 'kms', roles: ['Administrator'] }]);
      expect(await tag(administrator, 'attach?tag_type=access', 'env:prod')).toBe(false);
    });
  });

  test('let a Viewer read a database, an Operator change it, and an Administrator change its users', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const made = await createInstance(api, { resource_plan_id: 'databases-for-postgresql-standard' });
      const path = `/v5/ibm/deployments/${encodeURIComponent(text(made.body, 'crn'))}`;
      const backup = text((await api('POST', `${path}/backups`)).body, 'task', 'id');
      const attempts = async (who: Api): Promise<readonly number[]> => {
        emulator.clock.advance(3_600_000);
        const address = { ip_address: { address: '192.0.2.1', description: '' } };
        const first = (await who('POST', `${path}/allowlists/ip_addresses`, { body: address })).status;
        emulator.clock.advance(60_000);
        const user = { password: 'Abcdefghij12345' };
        return [
          (await who('GET', `${path}/groups`)).status,
          (await who('GET', `/v5/ibm/tasks/${encodeURIComponent(backup)}`)).status,
          first,
          (await who('PATCH', `${path}/users/database/admin`, { body: { user } })).status,
        ];
      };
      expect(await attempts(someone(emulator, [{ service: 'kms', roles: ['Editor'] }]))).toEqual([403, 403, 403, 403]);
      expect(await attempts(someone(emulator, [{ roles: ['Viewer'] }]))).toEqual([200, 200, 403, 403]);
      expect(await attempts(someone(emulator, [{ roles: ['Operator'] }]))).toEqual([200, 200, 202, 403]);
      expect(await attempts(someone(emulator, [{ roles: ['Administrator'] }]))).toEqual([200, 200, 202, 202]);
    });
  });

  test('are all there for whoever was given none in particular', async () => {
    await withEmulator(async ({ emulator, api }) => {
      await createVault(api);
      emulator.identities.add({ name: 'one', apiKey: 'one', access: [] });
      const { body } = await apiOf(emulator.url, 'one')('GET', '/v2/resource_instances');
      expect(namesIn(body)).toEqual(['vault']);
      const wrong = { name: 'two', apiKey: 'two', platform: [{ roles: ['Reader'] }] };
      const answer = await api('POST', '/_emulator/identities', { body: wrong });
      expect(text(answer.body, 'errors', 0, 'message')).toContain(
        '"roles" must be some of Viewer, Operator, Editor, Administrator',
      );
    });
  });
});

const vaultPlan = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
