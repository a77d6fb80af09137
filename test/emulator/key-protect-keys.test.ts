import { describe, expect, test } from '@jest/globals';
import { at } from '../helpers/platform.ts';
import { enveloped, first, idOf, idsOf, refusal, withVault } from '../helpers/vault.ts';

const keyType = 'application/vnd.ibm.kms.key+json';

describe('creating a key', () => {
  test('gives a generated root key with all that Terraform reads, and never its material', async () => {
    await withVault(async ({ emulator, guid, crn, kp, create }) => {
      const answer = await create({ name: 'dv-root', description: 'for the lakehouse', Tags: ['a'] });
      const id = idOf(answer);
      const isoSeconds = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect([answer.status, answer.body]).toEqual([
        201,
        {
          metadata: { collectionType: keyType, collectionTotal: 1 },
          resources: [
            {
              type: keyType,
              id,
              name: 'dv-root',
              description: 'for the lakehouse',
              tags: ['a'],
              state: 1,
              extractable: false,
              crn: `${crn.slice(0, -2)}:key:${id}`,
              imported: false,
              keyRingID: 'default',
              creationDate: isoSeconds,
              createdBy: 'IBMid-3100000001',
              lastUpdateDate: isoSeconds,
              keyVersion: { id, creationDate: isoSeconds },
              algorithmType: 'Deprecated',
              algorithmMode: 'Deprecated',
              algorithmMetadata: { bitLength: '256', mode: 'Deprecated' },
              algorithmBitSize: 256,
              dualAuthDelete: { enabled: false },
              deleted: false,
            },
          ],
        },
      ]);
      expect(first(await kp('GET', `/keys/${id}`))).toEqual(first(answer));
      expect(JSON.stringify(emulator.state())).not.toContain('material');
      expect(emulator.events().slice(1)).toMatchObject([
        { action: 'kms.secrets.create', data: { keyId: id, instanceID: guid } },
      ]);
    });
  });

  test('says the payload of a standard key on request and in GET key, and nowhere else', async () => {
    await withVault(async ({ kp, create }) => {
      const plain = await create({ extractable: true });
      expect(at(first(plain), 'payload')).toBeUndefined();
      expect(at(first(plain), 'keyVersion')).toBeUndefined();
      const full = await create({ extractable: true }, { Prefer: 'return=representation' });
      const payload = String(at(first(full), 'payload'));
      expect(Buffer.from(payload, 'base64')).toHaveLength(32);
      const id = idOf(full);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'payload')).toBe(payload);
      expect(at(first(await kp('GET', `/keys/${id}/metadata`)), 'payload')).toBeUndefined();
      expect(JSON.stringify((await kp('GET', '/keys')).body)).not.toContain('payload');
      const root = await create({}, { Prefer: 'return=representation' });
      expect(at(first(root), 'payload')).toBeUndefined();
    });
  });

  test('reads members in any case and refuses unknown ones, as it does a body that is not a key', async () => {
    await withVault(async ({ kp, create }) => {
      expect((await create({ EXPIRATIONDATE: '2099-01-01T00:00:00Z' })).status).toBe(201);
      const cases: readonly (readonly [unknown, string])[] = [
        ['{', 'BAD_BODY_ERR'],
        [undefined, 'BAD_BODY_ERR'],
        [[], 'BAD_BODY_ERR'],
        [{ resources: [{ type: keyType, name: 'root', extractable: false }] }, 'BAD_BODY_ERR'],
        [{ ...Object(enveloped('key')), resources: [] }, 'BAD_BODY_ERR'],
        [enveloped('key', { type: keyType, name: 'a1' }, { type: keyType, name: 'a2' }), 'BAD_BODY_ERR'],
        [enveloped('key', { type: keyType, name: 'a1', attributes: {} }), 'BAD_BODY_ERR'],
        [enveloped('key', { type: 'key', name: 'a1' }), 'INVALID_FIELD_ERR'],
        [enveloped('key', { type: keyType, name: 'a' }), 'INVALID_FIELD_ERR'],
        [enveloped('key', { type: keyType, name: 'a1', extractable: 'no' }), 'INVALID_FIELD_ERR'],
        [enveloped('key', { type: keyType, name: 'a1', tags: ['a:b'] }), 'INVALID_FIELD_ERR'],
        [enveloped('key', { type: keyType, name: 'a1', description: 'x'.repeat(241) }), 'INVALID_FIELD_ERR'],
        [enveloped('key', { type: keyType, name: 'a1', expirationDate: '2020-01-01T00:00:00Z' }), 'INVALID_FIELD_ERR'],
        [enveloped('key', { type: keyType, name: 'a1', aliases: ['metadata'] }), 'INVALID_FIELD_ERR'],
      ];
      for (const [body, code] of cases) {
        const answer = await kp('POST', '/keys', { body });
        expect([refusal(answer), body]).toEqual([[400, code], body]);
      }
      const strange = await create({ attributes: {} });
      expect(at(first(strange), 'errorMsg')).toBe(
        'Bad Request: Key could not be created: Please see `reasons` for more details (BAD_BODY_ERR)',
      );
      expect(at(first(strange), 'reasons', 0, 'message')).toBe('json: unknown field "attributes"');
      expect(idsOf(await kp('GET', '/keys'))).toHaveLength(1);
    });
  });

  test('takes aliases with the key or takes neither', async () => {
    await withVault(async ({ kp, create }) => {
      const id = idOf(await create({ aliases: ['keystead_lake_dv-root', 'second'] }));
      expect(idOf(await kp('GET', '/keys/keystead_lake_dv-root'))).toBe(id);
      expect(refusal(await create({ aliases: ['fresh', 'second'] }))).toEqual([409, 'KEY_ALIAS_NOT_UNIQUE_ERR']);
      expect(refusal(await kp('GET', '/keys/fresh'))).toEqual([404, 'KEY_NOT_FOUND_ERR']);
      expect(refusal(await create({ aliases: ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'] }))).toEqual([
        409,
        'KEY_ALIAS_QUOTA_ERR',
      ]);
      expect(refusal(await create({ aliases: ['twice', 'twice'] }))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect(idsOf(await kp('GET', '/keys'))).toEqual([id]);
    });
  });

  test('deactivates the key when its expiration has come', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const expirationDate = new Date(Date.now() + 3600_000).toISOString();
      const id = idOf(await create({ expirationDate }));
      emulator.clock.advance(3601_000);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'state')).toBe(3);
      expect(emulator.events().map((event) => event.action)).toEqual([
        'kms.instance.create',
        'kms.secrets.create',
        'kms.secrets.expire',
      ]);
      expect(refusal(await kp('POST', `/keys/${id}/actions/wrap`))).toEqual([409, 'KEY_ACTION_INVALID_STATE_ERR']);
    });
  });
});

describe('asking for keys', () => {
  test('lists them by page, state, kind, ring, text and order, and counts them by HEAD', async () => {
    await withVault(async ({ kp, create }) => {
      await kp('POST', '/key_rings/lakehouse');
      const ids = {
        zoo: idOf(await create({ name: 'zoo', aliases: ['first-one'] }, { 'X-Kms-Key-Ring': 'lakehouse' })),
        Ant: idOf(await create({ name: 'Ant', extractable: true })),
        bee: idOf(await create({ name: 'bee' })),
      };
      await kp('DELETE', `/keys/${ids.bee}`);
      const found = async (query: string, headers = {}): Promise<readonly string[]> => {
        const answer = idsOf(await kp('GET', `/keys?${query}`, { headers }));
        return answer.map((id) => Object.entries(ids).find((entry) => entry[1] === id)?.[0] ?? '?');
      };
      const byId = (...names: (keyof typeof ids)[]): readonly string[] =>
        names.toSorted((one, other) => (ids[one] < ids[other] ? -1 : 1));
      expect(await found('')).toEqual(byId('zoo', 'Ant'));
      expect(await found('state=0,1,2,3,5')).toEqual(byId('zoo', 'Ant', 'bee'));
      expect(await found('state=5')).toEqual(['bee']);
      expect(await found('state=1%2C5&extractable=false&sort=-state')).toEqual(['bee', 'zoo']);
      expect(await found('limit=1&offset=1')).toEqual(byId('zoo', 'Ant').slice(1));
      expect(await found('', { 'X-Kms-Key-Ring': 'lakehouse' })).toEqual(['zoo']);
      expect(await found('search=ANT,')).toEqual(['Ant']);
      expect(await found('search=alias:first')).toEqual(['zoo']);
      expect(await found('search=name:first')).toEqual([]);
      expect(await found('search=not:exact:name:ant')).toEqual(['zoo']);
      const searched = await kp('GET', '/keys?search=exact:escape:name:x');
      expect(at(searched.body, 'metadata', 'searchQuery')).toEqual({
        query: 'name:x',
        scopes: ['name', 'alias'],
        exact: true,
      });
      for (const query of [
        'limit=0',
        'limit=5001',
        'limit=x',
        'offset=-1',
        'state=6',
        'state=',
        'sort=size',
        'extractable=1',
      ]) {
        const expected = query === 'state=' ? [200, undefined] : [400, 'INVALID_QUERY_PARAM_ERR'];
        expect([query, refusal(await kp('GET', `/keys?${query}`))]).toEqual([query, expected]);
      }
      const noRing = await kp('GET', '/keys', { headers: { 'X-Kms-Key-Ring': 'none' } });
      expect(refusal(noRing)).toEqual([404, 'KEY_RING_NOT_FOUND_ERR']);
      const counted = await kp('HEAD', '/keys');
      expect([counted.status, counted.body, counted.headers.get('key-total')]).toEqual([200, undefined, '2']);
      expect((await kp('HEAD', '/keys?state=5')).headers.get('key-total')).toBe('1');
    });
  });

  test('needs a token, and a live Key Protect instance in the header', async () => {
    await withVault(async ({ emulator, api, guid, kp }) => {
      const bare = { 'Bluemix-Instance': guid, Authorization: '' };
      const missing = await fetch(`${emulator.url}/api/v2/keys`, { headers: { 'Bluemix-Instance': guid } });
      expect(missing.status).toBe(401);
      expect(refusal(await kp('GET', '/keys', { headers: { ...bare, Authorization: 'Bearer x' } }))).toEqual([
        400,
        'BEARER_SUB_EXTRACTION_ERR',
      ]);
      expect(refusal(await api('GET', '/api/v2/keys'))).toEqual([400, 'INVALID_FIELD_ERR']);
      const none = { 'Bluemix-Instance': '00000000-0000-4000-8000-000000000000' };
      expect(refusal(await kp('GET', '/keys', { headers: none }))).toEqual([404, 'INSTANCE_NOT_FOUND_ERR']);
      await api('DELETE', `/v2/resource_instances/${guid}`);
      expect(refusal(await kp('GET', '/keys'))).toEqual([404, 'INSTANCE_NOT_FOUND_ERR']);
    });
  });

  test('finds a key of this instance only, and of the ring in the header only', async () => {
    await withVault(async ({ api, kp, create }) => {
      const id = idOf(await create({ aliases: ['mine'] }));
      const other = await api('POST', '/v2/resource_instances', {
        body: {
          name: 'other',
          target: 'us-south',
          resource_group: at((await api('GET', '/v2/resource_groups?default=true')).body, 'resources', 0, 'id'),
          resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
        },
      });
      const headers = { 'Bluemix-Instance': String(at(other.body, 'guid')) };
      for (const name of [id, 'mine']) {
        expect(refusal(await kp('GET', `/keys/${name}`, { headers }))).toEqual([404, 'KEY_NOT_FOUND_ERR']);
      }
      expect((await kp('GET', `/keys/${id}`, { headers: { 'X-Kms-Key-Ring': 'default' } })).status).toBe(200);
      const elsewhere = { 'X-Kms-Key-Ring': 'lakehouse' };
      expect(refusal(await kp('GET', `/keys/${id}`, { headers: elsewhere }))).toEqual([404, 'KEY_NOT_FOUND_ERR']);
    });
  });
});

describe('aliases', () => {
  test('are added, at most five, and removed; a name is free again at once, but not while its key is destroyed', async () => {
    await withVault(async ({ kp, create }) => {
      const id = idOf(await create());
      const made = await kp('POST', `/keys/${id}/aliases/one`);
      expect([made.status, first(made)]).toMatchObject([
        201,
        { keyId: id, alias: 'one', createdBy: 'IBMid-3100000001' },
      ]);
      for (const alias of ['two', 'three', 'four', 'five']) {
        expect((await kp('POST', `/keys/one/aliases/${alias}`)).status).toBe(201);
      }
      expect(refusal(await kp('POST', `/keys/${id}/aliases/six`))).toEqual([409, 'KEY_ALIAS_QUOTA_ERR']);
      expect(refusal(await kp('POST', `/keys/${id}/aliases/keys`))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect(refusal(await kp('POST', `/keys/${id}/aliases/a%20b`))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect(refusal(await kp('POST', `/keys/${id}/aliases/${id}`))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect((await kp('DELETE', `/keys/${id}/aliases/two`)).status).toBe(204);
      expect((await kp('DELETE', `/keys/${id}/aliases/two`)).status).toBe(404);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'aliases')).toEqual(['one', 'three', 'four', 'five']);
      const next = idOf(await create({ aliases: ['two'] }));
      await kp('DELETE', `/keys/${next}`);
      expect(idOf(await kp('GET', '/keys/two'))).toBe(next);
      expect(refusal(await create({ aliases: ['two'] }))).toEqual([409, 'KEY_ALIAS_NOT_UNIQUE_ERR']);
    });
  });
});

describe('key rings', () => {
  test('are made once, listed after the default one, and hold keys that move between them', async () => {
    await withVault(async ({ kp, create }) => {
      const made = await kp('POST', '/key_rings/lakehouse');
      expect([made.status, made.body]).toEqual([201, undefined]);
      expect(refusal(await kp('POST', '/key_rings/lakehouse'))).toEqual([409, 'KEY_RING_ALREADY_EXISTS_ERR']);
      expect(refusal(await kp('POST', '/key_rings/a_b'))).toEqual([400, 'INVALID_FIELD_ERR']);
      const rings = await kp('GET', '/key_rings?totalCount=true');
      expect(rings.body).toMatchObject({
        metadata: { collectionType: 'application/vnd.ibm.kms.key_ring+json', collectionTotal: 2, totalCount: 2 },
        resources: [{ id: 'default' }, { id: 'lakehouse', createdBy: 'IBMid-3100000001' }],
      });
      const id = idOf(await create({}, { 'X-Kms-Key-Ring': 'lakehouse' }));
      expect(refusal(await create({}, { 'X-Kms-Key-Ring': 'none' }))).toEqual([404, 'KEY_RING_NOT_FOUND_ERR']);
      const moved = await kp('PATCH', `/keys/${id}`, { body: { KeyRingID: 'default' } });
      expect([moved.status, at(first(moved), 'keyRingID')]).toEqual([200, 'default']);
      expect(refusal(await kp('PATCH', `/keys/${id}`, { body: { keyRingID: 'x1' } }))).toEqual([
        404,
        'KEY_RING_NOT_FOUND_ERR',
      ]);
      expect(refusal(await kp('PATCH', `/keys/${id}`, { body: { name: 'x' } }))).toEqual([400, 'BAD_BODY_ERR']);
    });
  });

  test('are deleted when empty; by force with destroyed keys in them, which move to the default ring', async () => {
    await withVault(async ({ kp, create }) => {
      await kp('POST', '/key_rings/lakehouse');
      const id = idOf(await create({}, { 'X-Kms-Key-Ring': 'lakehouse' }));
      const notEmpty = [409, 'KEY_RING_NOT_EMPTY_ERR'];
      expect(refusal(await kp('DELETE', '/key_rings/lakehouse?force=true'))).toEqual(notEmpty);
      await kp('DELETE', `/keys/${id}`);
      expect(refusal(await kp('DELETE', '/key_rings/lakehouse'))).toEqual(notEmpty);
      expect((await kp('DELETE', '/key_rings/lakehouse?force=true')).status).toBe(204);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'keyRingID')).toBe('default');
      expect(refusal(await kp('DELETE', '/key_rings/lakehouse'))).toEqual([404, 'KEY_RING_NOT_FOUND_ERR']);
      expect((await kp('DELETE', '/key_rings/default')).status).toBe(400);
    });
  });

  test('are fifty at most beside the default one', async () => {
    await withVault(async ({ kp }) => {
      for (let n = 0; n < 50; n += 1) await kp('POST', `/key_rings/ring-${n}`);
      expect((await kp('POST', '/key_rings/one-more')).status).toBe(409);
    });
  });
});

describe('key policies', () => {
  const policy = (body: Readonly<Record<string, unknown>>): unknown =>
    enveloped('policy', { type: 'application/vnd.ibm.kms.policy+json', ...body });

  test('are set and read, complete, and shown on the key', async () => {
    await withVault(async ({ crn, kp, create }) => {
      const id = idOf(await create());
      expect((await kp('GET', `/keys/${id}/policies`)).body).toMatchObject({
        metadata: { collectionTotal: 0 },
        resources: [],
      });
      const put = await kp('PUT', `/keys/${id}/policies`, { body: policy({ rotation: { interval_month: 3 } }) });
      const policyId = String(at(first(put), 'id'));
      const by = 'IBMid-3100000001';
      const date = expect.stringMatching(/Z$/);
      expect([put.status, first(put)]).toEqual([
        200,
        {
          id: policyId,
          crn: `${crn.slice(0, -2)}:policy:${policyId}`,
          type: 'application/vnd.ibm.kms.policy+json',
          createdBy: by,
          creationDate: date,
          updatedBy: by,
          lastUpdateDate: date,
          rotation: { enabled: true, interval_month: 3 },
        },
      ]);
      await kp('PUT', `/keys/${id}/policies?policy=rotation`, { body: policy({ rotation: { enabled: false } }) });
      await kp('PUT', `/keys/${id}/policies`, { body: policy({ dualAuthDelete: { enabled: false } }) });
      expect((await kp('GET', `/keys/${id}/policies`)).body).toMatchObject({
        metadata: { collectionTotal: 2 },
        resources: [
          { id: policyId, rotation: { enabled: false, interval_month: 3 } },
          { dualAuthDelete: { enabled: false } },
        ],
      });
      const key = first(await kp('GET', `/keys/${id}`));
      expect(key).toMatchObject({
        rotation: { enabled: false, interval_month: 3 },
        dualAuthDelete: { enabled: false },
      });
      expect(first(await kp('GET', `/keys/${id}/policies?policy=dualAuthDelete`))).toMatchObject({
        dualAuthDelete: {},
      });
    });
  });

  test('are refused where they do not fit', async () => {
    await withVault(async ({ kp, create }) => {
      const root = idOf(await create());
      const standard = idOf(await create({ extractable: true }));
      const cases: readonly (readonly [string, unknown, string])[] = [
        [root, policy({ rotation: { interval_month: 13 } }), 'INVALID_FIELD_ERR'],
        [root, policy({ rotation: { enabled: true } }), 'INVALID_FIELD_ERR'],
        [root, policy({ rotation: { interval_month: 1, weeks: 1 } }), 'BAD_BODY_ERR'],
        [root, policy({}), 'BAD_BODY_ERR'],
        [standard, policy({ rotation: { interval_month: 3 } }), 'INVALID_FIELD_ERR'],
      ];
      for (const [id, body, code] of cases) {
        expect(refusal(await kp('PUT', `/keys/${id}/policies`, { body }))).toEqual([400, code]);
      }
      const rotation = policy({ rotation: { interval_month: 3 } });
      expect(refusal(await kp('PUT', `/keys/${root}/policies?policy=dualAuthDelete`, { body: rotation }))).toEqual([
        400,
        'BODY_QUERY_PARAM_MISMATCH_ERR',
      ]);
      await kp('PUT', `/keys/${root}/policies`, { body: policy({ dualAuthDelete: { enabled: true } }) });
      const off = await kp('PUT', `/keys/${root}/policies`, { body: policy({ dualAuthDelete: { enabled: false } }) });
      expect(off.status).toBe(409);
      expect(refusal(await kp('DELETE', `/keys/${root}`))).toEqual([409, 'AUTHORIZATIONS_NOT_MET']);
    });
  });
});
