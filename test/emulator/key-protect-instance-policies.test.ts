import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { at, list, text } from '../helpers/platform.ts';
import { seal } from '../helpers/secure-import.ts';
import { enveloped, first, idOf, refusal, type Vault, withVault } from '../helpers/vault.ts';

const day = 24 * 3600_000;
const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const forbidden = [409, 'KEY_CREATE_IMPORT_ACCESS_ERR'];

const policy = (type: string, enabled: boolean, attributes?: object): unknown => ({
  policy_type: type,
  policy_data: { enabled, ...(attributes === undefined ? {} : { attributes }) },
});

const put = ({ kp }: Vault, ...policies: readonly unknown[]): ReturnType<Vault['kp']> =>
  kp('PUT', '/instance/policies', { body: enveloped('policy', ...policies) });

describe('instance policies', () => {
  test('are put together or one by one, and each is shown whole once it was set', async () => {
    await withVault(async (vault) => {
      const { kp, emulator } = vault;
      expect((await kp('GET', '/instance/policies')).body).toMatchObject({
        metadata: { collectionTotal: 0 },
        resources: [],
      });
      const made = await put(
        vault,
        policy('rotation', true, { interval_month: 3 }),
        policy('metrics', true),
        policy('keyCreateImportAccess', true, { Create_Root_Key: false }),
      );
      expect([made.status, made.body]).toEqual([204, undefined]);
      const stamps = {
        createdBy: 'IBMid-3100000001',
        creationDate: date,
        updatedBy: 'IBMid-3100000001',
        lastUpdated: date,
      };
      const access = {
        create_root_key: false,
        create_standard_key: true,
        import_root_key: true,
        import_standard_key: true,
        enforce_token: false,
      };
      expect(at((await kp('GET', '/instance/policies')).body, 'resources')).toEqual([
        {
          policy_type: 'keyCreateImportAccess',
          policy_data: { enabled: true, attributes: access },
          ...stamps,
        },
        { policy_type: 'metrics', policy_data: { enabled: true }, ...stamps },
        { policy_type: 'rotation', policy_data: { enabled: true, attributes: { interval_month: 3 } }, ...stamps },
      ]);
      const off = enveloped('policy', policy('keyCreateImportAccess', false));
      expect((await kp('PUT', '/instance/policies?policy=keyCreateImportAccess', { body: off })).status).toBe(204);
      const one = await kp('GET', '/instance/policies?policy=keyCreateImportAccess');
      expect(at(one.body, 'resources')).toEqual([
        {
          policy_type: 'keyCreateImportAccess',
          policy_data: { enabled: false, attributes: { ...access, create_root_key: true } },
          ...stamps,
        },
      ]);
      expect(emulator.events().at(-1)).toMatchObject({ action: 'kms.instance-policies.write', severity: 'warning' });
    });
  });

  test.each<readonly [string, unknown, string]>([
    ['', [policy('metrics', true), policy('metrics', false)], 'NUM_COLLECTION_RESOURCE_ERR'],
    ['?policy=metrics', [policy('metrics', true), policy('dualAuthDelete', true)], 'NUM_COLLECTION_RESOURCE_ERR'],
    ['?policy=metrics', [policy('dualAuthDelete', true)], 'BODY_QUERY_PARAM_MISMATCH_ERR'],
    ['?policy=size', [policy('metrics', true)], 'INVALID_QUERY_PARAM_ERR'],
    ['', [policy('size', true)], 'INVALID_FIELD_ERR'],
    ['', [policy('dualAuthDelete', true, {})], 'BAD_BODY_ERR'],
    ['', [policy('metrics', true, {})], 'BAD_BODY_ERR'],
    ['', [{ type: 'application/vnd.ibm.kms.policy+json', dualAuthDelete: { enabled: false } }], 'BAD_BODY_ERR'],
    ['', [{ policy_type: 'metrics', policy_data: {} }], 'INVALID_FIELD_ERR'],
    ['', [policy('rotation', true)], 'INVALID_FIELD_ERR'],
    ['', [policy('rotation', true, { interval_month: 13 })], 'INVALID_FIELD_ERR'],
    ['', [policy('rotation', false, { interval_month: 3 })], 'INVALID_FIELD_ERR'],
    ['', [policy('allowedNetwork', true, { allowed_network: 'none' })], 'INVALID_FIELD_ERR'],
    ['', [policy('allowedIP', true, { allowed_ip: [] })], 'INVALID_FIELD_ERR'],
    ['', [policy('allowedIP', true, { allowed_ip: ['10.0.0.1/33'] })], 'INVALID_FIELD_ERR'],
    ['', [policy('keyCreateImportAccess', true, { create_root_key: 1 })], 'INVALID_FIELD_ERR'],
    ['', [policy('keyCreateImportAccess', true, { create_key: true })], 'BAD_BODY_ERR'],
  ])('%s %j are refused with %s, and nothing is set', async (query, policies, code) => {
    await withVault(async ({ kp }) => {
      const body = enveloped('policy', ...(Array.isArray(policies) ? policies : []));
      expect(refusal(await kp('PUT', `/instance/policies${query}`, { body }))).toEqual([400, code]);
      expect(at((await kp('GET', '/instance/policies')).body, 'resources')).toEqual([]);
    });
  });

  test('take what the Go client sends with disabled ones', async () => {
    await withVault(async (vault) => {
      const sent = [
        policy('allowedNetwork', false, { allowed_network: 'public-and-private' }),
        policy('allowedIP', false, {}),
        policy('keyCreateImportAccess', false, { create_root_key: true }),
      ];
      expect((await put(vault, ...sent)).status).toBe(204);
      const shown = (await vault.kp('GET', '/instance/policies')).body;
      expect(list(shown, 'resources').map((one) => at(one, 'policy_data', 'enabled'))).toEqual([false, false, false]);
    });
  });

  test('are refused when the total is not the number of resources', async () => {
    await withVault(async ({ kp }) => {
      const body = { ...Object(enveloped('policy', policy('metrics', true))), metadata: { collectionTotal: 2 } };
      expect(refusal(await kp('PUT', '/instance/policies', { body }))).toEqual([400, 'COLLECTION_TOTAL_MISMATCH_ERR']);
    });
  });

  test('with addresses to check open a port for private callers', async () => {
    await withVault(async (vault) => {
      const port = async (): Promise<unknown> =>
        at((await vault.kp('GET', '/instance/allowed_ip_port')).body, 'resources');
      expect(await port()).toEqual([]);
      await put(vault, policy('allowedIP', true, { allowed_ip: ['10.0.0.0/8', '::1/128'] }));
      expect(await port()).toEqual([{ private_endpoint_port: expect.any(Number) }]);
      await put(vault, policy('allowedIP', false));
      expect(await port()).toEqual([]);
    });
  });
});

describe('keys that are made afterwards', () => {
  test('carry dual authorization and, when generated root keys, the rotation that the instance prescribes', async () => {
    await withVault(async (vault) => {
      const { kp, create, emulator } = vault;
      const before = idOf(await create());
      await put(vault, policy('dualAuthDelete', true), policy('rotation', true, { interval_month: 1 }));
      const root = await create();
      expect(first(root)).toMatchObject({
        dualAuthDelete: { enabled: true, keySetForDeletion: false },
        rotation: { enabled: true, interval_month: 1 },
      });
      expect(at((await kp('GET', `/keys/${idOf(root)}/policies`)).body, 'resources')).toHaveLength(2);
      for (const other of [{ extractable: true }, { payload: randomBytes(32).toString('base64') }]) {
        const made = first(await create(other));
        expect([at(made, 'dualAuthDelete', 'enabled'), at(made, 'rotation')]).toEqual([true, undefined]);
      }
      expect(first(await kp('GET', `/keys/${before}`))).toMatchObject({ dualAuthDelete: { enabled: false } });
      emulator.clock.advance(30 * day);
      expect(at((await kp('GET', `/keys/${idOf(root)}/versions`)).body, 'metadata', 'collectionTotal')).toBe(2);
      await put(vault, policy('dualAuthDelete', false), policy('rotation', false));
      const plain = first(await create());
      expect([at(plain, 'dualAuthDelete'), at(plain, 'rotation')]).toEqual([{ enabled: false }, undefined]);
    });
  });

  test("IBM's Go client creates a key with overrides and without policies: it has none of the instance's", async () => {
    await withVault(async (vault) => {
      const { kp } = vault;
      await put(vault, policy('rotation', true, { interval_month: 5 }));
      const key = { name: 'rootKeyWithPolicyOverrides', type: 'application/vnd.ibm.kms.key+json', extractable: false };
      const create = async (more: object): Promise<unknown> => {
        const made = await kp('POST', '/keys_with_policy_overrides', { body: enveloped('key', { ...key, ...more }) });
        return (await kp('GET', `/keys/${idOf(made)}/policies?policy=rotation`)).body;
      };
      expect(await create({ rotation: { interval_month: 3 } })).toMatchObject({
        resources: [{ rotation: { interval_month: 3 } }],
      });
      expect(await create({})).toMatchObject({ metadata: { collectionTotal: 0 } });
    });
  });

  test('may override both in a create of its own', async () => {
    await withVault(async (vault) => {
      const { kp, emulator } = vault;
      await put(vault, policy('dualAuthDelete', true), policy('rotation', true, { interval_month: 1 }));
      const create = (more: object): ReturnType<Vault['kp']> => {
        const key = { type: 'application/vnd.ibm.kms.key+json', name: 'root', extractable: false, ...more };
        return kp('POST', '/keys_with_policy_overrides', { body: enveloped('key', key) });
      };
      const made = await create({ rotation: { enabled: true, interval_month: 6 }, dualAuthDelete: { enabled: false } });
      expect([made.status, first(made)]).toMatchObject([
        201,
        { rotation: { enabled: true, interval_month: 6 }, dualAuthDelete: { enabled: false } },
      ]);
      expect(emulator.events().at(-1)).toMatchObject({ action: 'kms.secrets-with-policy-overrides.create' });
      expect(at(first(await create({ rotation: { enabled: false } })), 'rotation')).toEqual({
        enabled: false,
        interval_month: 1,
      });
      const bad = [400, 'INVALID_FIELD_ERR'];
      expect(refusal(await create({ rotation: { enabled: true, interval_month: -1 } }))).toEqual(bad);
      expect(refusal(await create({ extractable: true, rotation: { interval_month: 1 } }))).toEqual(bad);
      const payload = randomBytes(32).toString('base64');
      expect(refusal(await create({ payload, rotation: { interval_month: 1 } }))).toEqual(bad);
    });
  });
});

describe('keyCreateImportAccess', () => {
  const payload = randomBytes(32).toString('base64');

  test.each<readonly [string, object]>([
    ['create_root_key', {}],
    ['create_standard_key', { extractable: true }],
    ['import_root_key', { payload }],
    ['import_standard_key', { extractable: true, payload }],
  ])('%s off refuses these and no others, as long as the policy is enabled', async (name, resource) => {
    await withVault(async (vault) => {
      await put(vault, policy('keyCreateImportAccess', true, { [name]: false }));
      expect(refusal(await vault.create(Object(resource)))).toEqual(forbidden);
      const kinds = [{}, { extractable: true }, { payload }, { extractable: true, payload }];
      const made = await Promise.all(kinds.map(async (kind) => (await vault.create(kind)).status));
      expect(made.toSorted()).toEqual([201, 201, 201, 409]);
      await put(vault, policy('keyCreateImportAccess', false));
      expect((await vault.create(Object(resource))).status).toBe(201);
    });
  });

  test('enforce_token lets material in by import token only, on create, rotate and restore', async () => {
    await withVault(async (vault) => {
      const { kp, create, emulator } = vault;
      const id = idOf(await create({ payload }));
      await put(vault, policy('keyCreateImportAccess', true, { enforce_token: true }));
      expect((await create()).status).toBe(201);
      expect(refusal(await create({ payload }))).toEqual(forbidden);
      expect(refusal(await create({ payload, extractable: true }))).toEqual(forbidden);
      expect(refusal(await kp('POST', `/keys/${id}/actions/rotate`, { body: { payload } }))).toEqual(forbidden);
      await kp('POST', '/import_token');
      const token = (await kp('GET', '/import_token')).body;
      expect(text(token, 'nonce')).not.toBe('');
      const sealed = seal(token, Buffer.from(payload, 'base64'));
      expect((await create({ ...sealed })).status).toBe(201);
      expect((await kp('POST', `/keys/${id}/actions/rotate`, { body: sealed })).status).toBe(204);
      await kp('DELETE', `/keys/${id}`);
      emulator.clock.advance(31_000);
      const restore = (resource: object): ReturnType<Vault['kp']> =>
        kp('POST', `/keys/${id}/restore`, { body: enveloped('key', resource) });
      expect(refusal(await restore({ payload }))).toEqual(forbidden);
      expect((await restore(sealed)).status).toBe(201);
    });
  });
});
