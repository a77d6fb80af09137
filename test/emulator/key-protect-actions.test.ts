import { describe, expect, test } from '@jest/globals';
import { at, authorize, createInstance, text } from '../helpers/platform.ts';
import { first, idOf, refusal, type Vault, withVault } from '../helpers/vault.ts';

const act = (kp: Vault['kp'], id: string, action: string, body?: unknown): ReturnType<Vault['kp']> =>
  kp('POST', `/keys/${id}/actions/${action}`, { body });

describe('wrap, unwrap and rewrap', () => {
  test('carry a given or a generated data key, also over a rotation', async () => {
    await withVault(async ({ kp, create }) => {
      const id = idOf(await create());
      const made = await act(kp, id, 'wrap');
      expect(Buffer.from(text(made.body, 'plaintext'), 'base64')).toHaveLength(32);
      const plaintext = Buffer.from('a data key').toString('base64');
      const given = await act(kp, id, 'wrap', { plaintext, aad: ['one', 'two'] });
      expect(given.body).toEqual({ ciphertext: at(given.body, 'ciphertext'), keyVersion: { id } });
      const sealed = { ciphertext: text(given.body, 'ciphertext'), aad: ['one', 'two'] };
      expect((await act(kp, id, 'unwrap', sealed)).body).toEqual({ plaintext, keyVersion: { id } });

      expect((await act(kp, id, 'rotate', 'null')).status).toBe(204);
      const version = text(first(await kp('GET', `/keys/${id}`)), 'keyVersion', 'id');
      expect(version).not.toBe(id);
      const old = await act(kp, id, 'unwrap', sealed);
      expect(old.body).toMatchObject({ plaintext, keyVersion: { id }, rewrappedKeyVersion: { id: version } });
      const rewrapped = await act(kp, id, 'rewrap', sealed);
      expect(rewrapped.body).toMatchObject({ keyVersion: { id }, rewrappedKeyVersion: { id: version } });
      const renewed = { ciphertext: text(rewrapped.body, 'ciphertext'), aad: sealed.aad };
      expect((await act(kp, id, 'unwrap', renewed)).body).toEqual({ plaintext, keyVersion: { id: version } });
    });
  });

  test('refuse another aad, another order, damage, another key, no body and a standard key', async () => {
    await withVault(async ({ kp, create }) => {
      const id = idOf(await create());
      const other = idOf(await create());
      const standard = idOf(await create({ extractable: true }));
      const wrapped = await act(kp, id, 'wrap', { plaintext: 'YWJj', aad: ['one', 'two'] });
      const ciphertext = text(wrapped.body, 'ciphertext');
      const unprocessable = [422, 'UNPROCESSABLE_CIPHERTEXT_ERR'];
      for (const aad of [[], ['one'], ['two', 'one'], ['onetwo']]) {
        expect(refusal(await act(kp, id, 'unwrap', { ciphertext, aad }))).toEqual(unprocessable);
      }
      expect(refusal(await act(kp, other, 'unwrap', { ciphertext, aad: ['one', 'two'] }))).toEqual(unprocessable);
      expect(refusal(await act(kp, id, 'unwrap', { ciphertext: 'YWJj' }))).toEqual(unprocessable);
      expect(refusal(await act(kp, id, 'unwrap'))).toEqual([400, 'NO_BODY_ERR']);
      expect(refusal(await act(kp, id, 'unwrap', { ciphertext: '#' }))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect(refusal(await act(kp, id, 'wrap', { plaintext: '#' }))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect(refusal(await act(kp, id, 'wrap', { aad: ['x'.repeat(256)] }))).toEqual([400, 'INVALID_FIELD_ERR']);
      expect(refusal(await act(kp, standard, 'wrap'))).toEqual([400, 'KEY_ROOT_REQ_ERR']);
      expect(refusal(await act(kp, id, 'melt'))).toEqual([400, 'INVALID_QUERY_PARAM_ERR']);
      expect((await kp('POST', `/keys/${id}?action=wrap`)).status).toBe(200);
    });
  });
});

describe('rotate', () => {
  test('is allowed once an hour, the first time at once, and adds a version', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create());
      expect((await act(kp, id, 'rotate')).status).toBe(204);
      expect(refusal(await act(kp, id, 'rotate'))).toEqual([409, 'KEY_ROTATION_NOT_PERMITTED']);
      emulator.clock.advance(3601_000);
      expect((await act(kp, id, 'rotate', {})).status).toBe(204);
      expect(refusal(await act(kp, id, 'rotate', { payload: 'YWJj' }))).toEqual([400, 'INVALID_QUERY_PARAM_ERR']);
      const versions = await kp('GET', `/keys/${id}/versions?limit=2&totalCount=true`);
      expect(versions.body).toMatchObject({ metadata: { collectionTotal: 2, totalCount: 3 } });
      const key = first(await kp('GET', `/keys/${id}`));
      expect(first(versions)).toEqual(at(key, 'keyVersion'));
      expect(at(key, 'lastRotateDate')).toBe(at(key, 'keyVersion', 'creationDate'));
    });
  });
});

describe('enable and disable', () => {
  test('suspend a key and bring it back, thirty seconds later at the earliest', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create());
      const invalid = [409, 'KEY_ACTION_INVALID_STATE_ERR'];
      expect(refusal(await act(kp, id, 'enable'))).toEqual(invalid);
      expect((await act(kp, id, 'disable', 'null')).status).toBe(204);
      expect(refusal(await act(kp, id, 'disable'))).toEqual(invalid);
      for (const action of ['wrap', 'unwrap', 'rewrap', 'rotate'])
        expect(refusal(await act(kp, id, action))).toEqual(invalid);
      expect(refusal(await kp('GET', `/keys/${id}/versions`))).toEqual(invalid);
      expect((await kp('GET', `/keys/${id}/versions?allKeyStates=true`)).status).toBe(200);
      expect(refusal(await act(kp, id, 'enable'))).toEqual([409, 'REQ_TOO_EARLY_ERR']);
      emulator.clock.advance(31_000);
      expect((await act(kp, id, 'enable')).status).toBe(204);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'state')).toBe(1);
      expect(emulator.events().map((event) => event.action)).toEqual([
        'kms.instance.create',
        'kms.secrets.create',
        'kms.secrets.disable',
        'kms.secrets.enable',
      ]);
    });
  });
});

describe('delete and restore', () => {
  test('destroy a key that stays readable and comes back the same within its thirty days', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const before = await create({ aliases: ['mine'] });
      const id = idOf(before);
      const wrapped = await act(kp, id, 'wrap', { plaintext: 'YWJj' });
      const gone = await kp('DELETE', `/keys/${id}`, { headers: { Prefer: 'return=representation' } });
      expect([gone.status, first(gone)]).toMatchObject([
        200,
        {
          id,
          state: 5,
          deleted: true,
          deletedBy: 'IBMid-3100000001',
          restoreAllowed: true,
          purgeAllowed: false,
          aliases: ['mine'],
        },
      ]);
      expect(emulator.events().at(-1)).toMatchObject({ action: 'kms.secrets.delete', severity: 'critical' });
      expect(refusal(await kp('DELETE', `/keys/${id}`))).toEqual([410, 'KEY_DELETED_ERR']);
      for (const action of ['wrap', 'rotate', 'disable', 'enable']) {
        expect(refusal(await act(kp, id, action))).toEqual([410, 'KEY_DELETED_ERR']);
      }
      expect(at(first(await kp('GET', '/keys/mine')), 'state')).toBe(5);
      expect(refusal(await kp('POST', `/keys/${id}/restore`))).toEqual([409, 'REQ_TOO_EARLY_ERR']);
      emulator.clock.advance(31_000);
      const back = await kp('POST', `/keys/${id}/restore`);
      expect([back.status, at(first(back), 'crn'), at(first(back), 'deletionDate')]).toEqual([
        201,
        at(first(before), 'crn'),
        undefined,
      ]);
      const unwrapped = await act(kp, id, 'unwrap', { ciphertext: text(wrapped.body, 'ciphertext') });
      expect(at(unwrapped.body, 'plaintext')).toBe('YWJj');
      expect(refusal(await kp('POST', `/keys/${id}/restore`))).toEqual([409, 'KEY_ACTION_INVALID_STATE_ERR']);

      expect((await kp('DELETE', `/keys/${id}`)).status).toBe(204);
      emulator.clock.advance(30 * 24 * 3600_000 + 5000);
      expect(first(await kp('GET', `/keys/${id}`))).toMatchObject({ restoreAllowed: false, purgeAllowed: true });
      expect(refusal(await kp('POST', `/keys/${id}/restore`))).toEqual([400, 'KEY_RESTORE_EXPIRED']);
    });
  });

  test('refuse to restore a key past its expiration', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create({ expirationDate: new Date(Date.now() + 3600_000).toISOString() }));
      await kp('DELETE', `/keys/${id}`);
      emulator.clock.advance(3605_000);
      expect(refusal(await kp('POST', `/keys/${id}/restore`))).toEqual([400, 'KEY_EXPIRED_ERR']);
    });
  });
});

describe('registrations', () => {
  test('of a deployment are listed, hold the key but by force, and stay on the destroyed key', async () => {
    await withVault(async ({ api, guid, kp, create, emulator }) => {
      const key = await create();
      const id = idOf(key);
      await authorize(api, { instance: guid });
      const deployment = await createInstance(api, { parameters: { disk_encryption_key_crn: at(first(key), 'crn') } });
      const crn = text(deployment.body, 'crn');
      const registered = await kp('GET', `/keys/${id}/registrations?totalCount=true`);
      expect(registered.body).toMatchObject({
        metadata: { collectionType: 'application/vnd.ibm.kms.registration+json', collectionTotal: 1, totalCount: 1 },
        resources: [{ keyId: id, keyName: 'root', preventKeyDeletion: false, keyVersion: { id } }],
      });
      const resourceCrn = text(first(registered), 'resourceCrn');
      const count = async (query: string): Promise<unknown> =>
        at((await kp('GET', `/keys/registrations?${query}`)).body, 'metadata', 'collectionTotal');
      const pattern = (text: string): string => `urlEncodedResourceCRNQuery=${encodeURIComponent(text)}`;
      const head = crn.split(':').slice(0, 8).join(':');
      expect(await count('')).toBe(1);
      expect(await count(pattern(resourceCrn))).toBe(1);
      expect(await count(pattern(encodeURIComponent(resourceCrn)))).toBe(1);
      expect(await count(pattern(`${head}:*:*`))).toBe(1);
      expect(await count(pattern(`${head.slice(0, -1)}x:*:*`))).toBe(0);
      expect(await count('preventKeyDeletion=true')).toBe(0);
      for (const wrong of ['a:b', 'crn:*:bluemix:public:x:y:z:g:*:*', `${head}:a*:x`]) {
        expect(refusal(await kp('GET', `/keys/registrations?${pattern(wrong)}`))).toEqual([
          400,
          'INVALID_QUERY_PARAM_ERR',
        ]);
      }
      expect(refusal(await kp('DELETE', `/keys/${id}`))).toEqual([409, 'PROTECTED_RESOURCE_ERR']);
      expect(refusal(await kp('DELETE', `/keys/${id}?force=yes`))).toEqual([400, 'INVALID_QUERY_PARAM_ERR']);
      expect((await kp('DELETE', `/keys/${id}?force=true`)).status).toBe(204);
      expect(first(await kp('GET', `/keys/${id}/registrations`))).toMatchObject({ resourceCrn });
      expect(emulator.events().map((event) => event.action)).toContain('kms.registrations.create');
    });
  });

  test('that prevent deletion hold the key even against force', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const made = await create();
      const id = idOf(made);
      const key = text(first(made), 'crn');
      const resource = 'crn:v1:bluemix:public:cloud-object-storage:global:a/0:1:bucket:b';
      emulator.services.register({ key, resource, preventKeyDeletion: true });
      expect(refusal(await kp('DELETE', `/keys/${id}?force=true`))).toEqual([409, 'PREV_KEY_DEL_ERR']);
      const listed = await kp('GET', '/keys/registrations?preventKeyDeletion=true');
      expect(first(listed)).toMatchObject({ keyId: id, preventKeyDeletion: true });
      emulator.services.preventDeletion({ key, resource, prevent: false });
      expect(refusal(await kp('DELETE', `/keys/${id}`))).toEqual([409, 'PROTECTED_RESOURCE_ERR']);
      expect((await kp('DELETE', `/keys/${id}?force=true`)).status).toBe(204);
    });
  });
});
