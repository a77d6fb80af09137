import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { account, at, authorization, authorize, equals, list, readerRole, text } from '../helpers/platform.ts';

const listAll = `/v2/policies?account_id=${account}&type=authorization`;
const writerRole = 'crn:v1:bluemix:public:iam::::serviceRole:Writer';

describe('authorizations', () => {
  test('a new one is answered 201 with its ETag, keeps the order of its attributes and is read by id and in the list', async () => {
    await withEmulator(async ({ api }) => {
      const sent = authorization({ instance: 'aaaa', description: 'made by a test' });
      const created = await api('POST', '/v2/policies', { body: sent });
      expect(created.status).toBe(201);
      expect(created.headers.get('etag')).toMatch(/^1-[0-9a-f]{32}$/);
      expect(created.body).toMatchObject({
        ...sent,
        state: 'active',
        created_by_id: expect.stringMatching(/^IBMid-/),
        created_at: expect.any(String),
        last_modified_at: expect.any(String),
      });
      const id = text(created.body, 'id');
      const read = await api('GET', `/v2/policies/${id}`);
      expect(read.status).toBe(200);
      expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
      expect(read.body).toEqual(created.body);
      expect(list((await api('GET', listAll)).body, 'policies')).toEqual([created.body]);
    });
  });

  test('a twin is refused with 409 and the whole standing policy, whatever the order of attributes, the description or the roles', async () => {
    await withEmulator(async ({ api }) => {
      const first = await api('POST', '/v2/policies', { body: authorization({ instance: 'aaaa' }) });
      const winner = { etag: first.headers.get('etag'), policy: first.body };
      const twin = authorization({ instance: 'aaaa', description: 'another text' });
      const reversed = { ...twin, resource: { attributes: [...list(twin, 'resource', 'attributes')].reverse() } };
      for (const body of [twin, reversed, authorization({ instance: 'aaaa', roles: [writerRole] })]) {
        const second = await api('POST', '/v2/policies', { body });
        expect(second.status).toBe(409);
        expect(second.body).toMatchObject({
          errors: [{ code: 'policy_conflict_error', details: { conflicts_with: winner } }],
          status_code: 409,
        });
      }
      expect(list((await api('GET', listAll)).body, 'policies')).toHaveLength(1);
    });
  });

  test('a replace needs the current ETag in If-Match, gives a new one, and refuses to become another policy', async () => {
    await withEmulator(async ({ api }) => {
      const created = await api('POST', '/v2/policies', {
        body: authorization({ instance: 'aaaa', description: 'old' }),
      });
      const path = `/v2/policies/${text(created.body, 'id')}`;
      const etag = created.headers.get('etag') ?? '';
      const body = authorization({ instance: 'aaaa', roles: [writerRole] });

      expect((await api('PUT', path, { body })).status).toBe(400);
      const replaced = await api('PUT', path, { body, headers: { 'If-Match': etag } });
      expect(replaced.status).toBe(200);
      expect(replaced.headers.get('etag')).toMatch(/^2-[0-9a-f]{32}$/);
      expect(at(replaced.body, 'description')).toBeUndefined();
      expect(at(replaced.body, 'control', 'grant', 'roles', 0, 'role_id')).toBe(writerRole);

      const stale = await api('PUT', path, { body, headers: { 'If-Match': etag } });
      expect(stale.status).toBe(409);
      expect(at(stale.body, 'errors', 0, 'details')).toBeUndefined();

      await authorize(api, { instance: 'bbbb' });
      const headers = { 'If-Match': replaced.headers.get('etag') ?? '' };
      const taken = await api('PUT', path, { body: authorization({ instance: 'bbbb' }), headers });
      expect(taken.status).toBe(409);
      expect(at(taken.body, 'errors', 0, 'details', 'conflicts_with', 'policy', 'id')).toBeDefined();
    });
  });

  test('a deleted one stays readable as a tombstone, leaves the list, is 404 for a second delete and can be restored through v1', async () => {
    await withEmulator(async ({ api }) => {
      const id = await authorize(api);
      expect((await api('DELETE', `/v2/policies/${id}`)).status).toBe(204);
      const tombstone = await api('GET', `/v2/policies/${id}`);
      expect(tombstone.status).toBe(200);
      expect(at(tombstone.body, 'state')).toBe('deleted');
      expect(list((await api('GET', listAll)).body, 'policies')).toEqual([]);
      expect(list((await api('GET', `${listAll}&state=deleted`)).body, 'policies')).toHaveLength(1);
      const again = await api('DELETE', `/v2/policies/${id}`);
      expect(again.status).toBe(404);
      expect(at(again.body, 'errors', 0, 'code')).toBe('policy_not_found');

      const headers = { 'If-Match': tombstone.headers.get('etag') ?? '' };
      const restored = await api('PATCH', `/v1/policies/${id}`, { body: { state: 'active' }, headers });
      expect(restored.status).toBe(200);
      expect(list((await api('GET', listAll)).body, 'policies')).toHaveLength(1);
    });
  });

  test('a new one cannot be read for a while, but a twin is refused at once', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ policyReadAfterWriteMs: 5000 });
      const id = await authorize(api);
      expect((await api('GET', `/v2/policies/${id}`)).status).toBe(404);
      expect(list((await api('GET', listAll)).body, 'policies')).toEqual([]);
      expect((await api('POST', '/v2/policies', { body: authorization() })).status).toBe(409);
      emulator.clock.advance(5000);
      expect((await api('GET', `/v2/policies/${id}`)).status).toBe(200);
      expect(list((await api('GET', listAll)).body, 'policies')).toHaveLength(1);
    });
  });

  test('a list needs the account, is empty for another one, filters, and pages by start', async () => {
    await withEmulator(async ({ api }) => {
      const ids = [];
      for (const instance of ['aaaa', 'bbbb', 'cccc']) ids.push(await authorize(api, { instance }));
      const nameless = await api('GET', '/v2/policies');
      expect(nameless.status).toBe(400);
      expect(at(nameless.body, 'errors', 0, 'code')).toBe('missing_required_query_parameter');
      expect(list((await api('GET', `/v2/policies?account_id=${'f'.repeat(32)}`)).body, 'policies')).toEqual([]);
      expect(list((await api('GET', `${listAll}&service_name=kms`)).body, 'policies')).toHaveLength(3);
      expect(list((await api('GET', `${listAll}&service_name=hs-crypto`)).body, 'policies')).toEqual([]);
      expect(list((await api('GET', `/v2/policies?account_id=${account}&type=access`)).body, 'policies')).toEqual([]);

      const first = await api('GET', `${listAll}&limit=2`);
      const start = text(first.body, 'next', 'start');
      const second = await api('GET', `${listAll}&limit=2&start=${start}`);
      expect(at(second.body, 'next')).toBeUndefined();
      const shown = [...list(first.body, 'policies'), ...list(second.body, 'policies')].map((policy) =>
        at(policy, 'id'),
      );
      expect(shown).toEqual(ids);
    });
  });

  test('v1 shows the same store in its own words, with a placeholder for what it cannot say, and deletes from it', async () => {
    await withEmulator(async ({ api }) => {
      const plain = await authorize(api, { instance: 'aaaa' });
      const shown = await api('GET', `/v1/policies/${plain}`);
      expect(shown.headers.get('etag')).toMatch(/^1-/);
      expect(shown.body).toMatchObject({
        id: plain,
        subjects: [
          {
            attributes: [
              { name: 'serviceName', value: 'data-virtualization' },
              { name: 'accountId', value: account },
            ],
          },
        ],
        roles: [{ role_id: readerRole, display_name: 'Reader' }],
        resources: [
          { attributes: [{ name: 'serviceName', value: 'kms', operator: 'stringEquals' }, {}, { value: 'aaaa' }] },
        ],
      });
      const anyGroup = [{ key: 'resourceGroupId', operator: 'stringExists', value: true }];
      const unsayable = await authorize(api, { source: [equals('serviceName', 'data-virtualization'), ...anyGroup] });
      const policies = list(
        (await api('GET', `/v1/policies?account_id=${account}&type=authorization`)).body,
        'policies',
      );
      expect(policies).toHaveLength(2);
      expect(text(policies, 1, 'roles', 0, 'role_id')).toContain('UnsupportedVersion');
      expect(text(policies, 1, 'href')).toContain(`/v2/policies/${unsayable}`);
      expect((await api('DELETE', `/v1/policies/${plain}`)).status).toBe(204);
      expect(at((await api('GET', `/v2/policies/${plain}`)).body, 'state')).toBe('deleted');
    });
  });

  test.each([
    ['no type', { type: undefined }, 400, 'invalid_body'],
    ['access without a subject', { type: 'access' }, 400, 'invalid_body'],
    ['no source account', { subject: { attributes: [equals('serviceName', 'is')] } }, 400, 'invalid_body'],
    ['no target service', { resource: { attributes: [equals('accountId', account)] } }, 400, 'invalid_body'],
    [
      'an unknown operator',
      { subject: { attributes: [{ key: 'serviceName', operator: 'like', value: 'is' }] } },
      400,
      'invalid_body',
    ],
    [
      'a text with stringExists',
      { subject: { attributes: [{ key: 'resourceGroupId', operator: 'stringExists', value: 'true' }] } },
      400,
      'invalid_body',
    ],
    ['no roles', { control: { grant: { roles: [] } } }, 400, 'invalid_body'],
    [
      'a role that the target does not have',
      { control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Baker' }] } } },
      400,
      'invalid_body',
    ],
    [
      "another account's target",
      { resource: { attributes: [equals('serviceName', 'kms'), equals('accountId', 'f'.repeat(32))] } },
      403,
      'insufficent_permissions',
    ],
  ])('%s is refused', async (_what, change, status, code) => {
    await withEmulator(async ({ api }) => {
      const answer = await api('POST', '/v2/policies', { body: { ...authorization(), ...change } });
      expect(answer.status).toBe(status);
      expect(at(answer.body, 'errors', 0, 'code')).toBe(code);
      expect(list((await api('GET', listAll)).body, 'policies')).toEqual([]);
    });
  });
});

describe('roles', () => {
  test('any pair of services has all three arrays, Key Protect its own roles, and the delegator is spelt with a space', async () => {
    await withEmulator(async ({ api }) => {
      const kms = await api(
        'GET',
        `/v2/roles?account_id=${account}&service_name=kms&source_service_name=&policy_type=authorization`,
      );
      expect(list(kms.body, 'custom_roles')).toEqual([]);
      const names = list(kms.body, 'service_roles').map((role) => at(role, 'display_name'));
      expect(names).toEqual(['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KeyPurge']);
      expect(list(kms.body, 'system_roles')).toContainEqual(
        expect.objectContaining({
          display_name: 'Authorization Delegator',
          crn: 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator',
        }),
      );
      const other = await api('GET', '/v2/roles?service_name=cloud-object-storage&source_service_name=is');
      expect(list(other.body, 'service_roles').length).toBeGreaterThan(0);
    });
  });

  test('format=display spells the roles of a policy out', async () => {
    await withEmulator(async ({ api }) => {
      const id = await authorize(api);
      const shown = await api('GET', `/v2/policies/${id}?format=display`);
      expect(at(shown.body, 'control', 'grant', 'roles', 0)).toMatchObject({
        role_id: readerRole,
        display_name: 'Reader',
        actions: expect.arrayContaining([expect.objectContaining({ id: 'kms.secrets.wrap' })]),
      });
    });
  });
});
