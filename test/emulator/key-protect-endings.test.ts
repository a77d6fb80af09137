import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { at, createKey, createVault, list, text } from '../helpers/platform.ts';
import { enveloped, first, idOf, refusal, type Vault, withVault } from '../helpers/vault.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;
const bucket = 'crn:v1:bluemix:public:cloud-object-storage:global:a/0:1:bucket:b';
const unknown = [404, 'KEY_NOT_FOUND_ERR'];

const act = (kp: Vault['kp'], id: string, action: string): ReturnType<Vault['kp']> =>
  kp('POST', `/keys/${id}/actions/${action}`);

/** Everything that is left of a key, as far as tables know it by its id. */
function tracesOf(emulator: Emulator, id: string): readonly string[] {
  const state = Object(emulator.state());
  return ['key-protect/keys', 'key-protect/aliases', 'key-protect/registrations'].filter((name) =>
    JSON.stringify(at(state, name) ?? {}).includes(id),
  );
}

describe('a destroyed key', () => {
  test('says who destroyed it, until when it can be restored, and when it is purged', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create());
      const now = new Date('2030-01-01T12:00:00.250Z');
      emulator.clock.set(now);
      await kp('DELETE', `/keys/${id}`);
      const shown = first(await kp('GET', `/keys/${id}`));
      const deleted = Date.parse(text(shown, 'deletionDate'));
      const later = (ms: number): string => `${new Date(deleted + ms).toISOString().slice(0, 19)}Z`;
      expect(shown).toMatchObject({
        state: 5,
        deletedBy: 'IBMid-3100000001',
        restoreAllowed: true,
        restoreExpirationDate: later(30 * day),
        purgeAllowed: false,
        purgeAllowedFrom: later(4 * hour),
        purgeScheduledOn: later(90 * day),
      });
      const expiring = idOf(await create({ expirationDate: later(10 * day) }));
      await kp('DELETE', `/keys/${expiring}`);
      expect(at(first(await kp('GET', `/keys/${expiring}`)), 'restoreExpirationDate')).toBe(later(10 * day));
    });
  });

  test('is purged by hand after four hours at the earliest, and nothing of it is left', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const made = await create({ aliases: ['mine'] });
      const id = idOf(made);
      emulator.services.register({ key: text(first(made), 'crn'), resource: bucket });
      expect(refusal(await kp('DELETE', `/keys/${id}/purge`))).toEqual([409, 'KEY_ACTION_INVALID_STATE_ERR']);
      await kp('DELETE', `/keys/${id}?force=true`);
      const early = await kp('DELETE', `/keys/${id}/purge`);
      expect(refusal(early)).toEqual([409, 'REQ_TOO_EARLY_ERR']);
      expect(text(first(early), 'reasons', 0, 'message')).toMatch(/is allowed 4h0m0s after key is deleted$/);
      emulator.clock.advance(4 * hour);
      const gone = await kp('DELETE', '/keys/mine/purge', { headers: { Prefer: 'return=representation' } });
      expect([gone.status, first(gone)]).toMatchObject([200, { id, state: 5 }]);
      for (const path of ['', '/metadata', '/registrations', '/policies', '/versions']) {
        expect(refusal(await kp('GET', `/keys/${id}${path}`))).toEqual(unknown);
      }
      expect(refusal(await kp('GET', '/keys/mine'))).toEqual(unknown);
      expect(refusal(await kp('POST', `/keys/${id}/restore`))).toEqual(unknown);
      expect(refusal(await kp('DELETE', `/keys/${id}/purge`))).toEqual(unknown);
      expect(tracesOf(emulator, id)).toEqual([]);
      expect((await create({ aliases: ['mine'] })).status).toBe(201);
    });
  });

  test('is purged by itself ninety days after its last deletion, and its alias is free then', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create({ aliases: ['mine'] }));
      await kp('DELETE', `/keys/${id}`);
      emulator.clock.advance(10 * day);
      await kp('POST', `/keys/${id}/restore`);
      await kp('DELETE', `/keys/${id}`);
      emulator.clock.advance(90 * day - 60 * second);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'state')).toBe(5);
      expect(refusal(await create({ aliases: ['mine'] }))).toEqual([409, 'KEY_ALIAS_NOT_UNIQUE_ERR']);
      emulator.clock.advance(60 * second);
      expect(refusal(await kp('GET', `/keys/${id}`))).toEqual(unknown);
      expect((await create({ aliases: ['mine'] })).status).toBe(201);
      expect(emulator.events().find((event) => event.action === 'kms.secrets.purge')).toMatchObject({
        initiator: 'kms',
        data: { keyId: id },
      });
    });
  });
});

describe('dual authorization', () => {
  test('sets a key for deletion for seven days, and another identity than the one that set it must delete', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create({ extractable: true }));
      expect(refusal(await act(kp, id, 'setKeyForDeletion'))).toEqual([409, 'NOT_DUAL_AUTH_ERR']);
      const policy = { type: 'application/vnd.ibm.kms.policy+json', dualAuthDelete: { enabled: true } };
      await kp('PUT', `/keys/${id}/policies`, { body: enveloped('policy', policy) });
      const shown = async (): Promise<unknown> => at(first(await kp('GET', `/keys/${id}`)), 'dualAuthDelete');
      expect(await shown()).toEqual({ enabled: true, keySetForDeletion: false });
      expect(refusal(await kp('DELETE', `/keys/${id}?force=true`))).toEqual([409, 'AUTHORIZATIONS_NOT_MET']);

      emulator.clock.set(new Date('2030-01-01T12:00:00.250Z'));
      expect((await act(kp, id, 'setKeyForDeletion')).status).toBe(204);
      const set = await shown();
      expect(set).toEqual({ enabled: true, keySetForDeletion: true, authExpiration: expect.any(String) });
      expect(text(set, 'authExpiration')).toMatch(/^2030-01-08T12:00:\d\dZ$/);
      expect(refusal(await kp('DELETE', `/keys/${id}`))).toEqual([409, 'AUTHORIZATIONS_NOT_MET']);
      expect(at(first(await kp('GET', `/keys/${id}`)), 'state')).toBe(1);
      emulator.clock.advance(7 * day);
      const over = { enabled: true, keySetForDeletion: false, authExpiration: text(set, 'authExpiration') };
      expect(await shown()).toEqual(over);

      await act(kp, id, 'setKeyForDeletion');
      expect((await act(kp, id, 'unsetKeyForDeletion')).status).toBe(204);
      expect(await shown()).toEqual({ enabled: true, keySetForDeletion: false });
      expect(emulator.events().slice(-2)).toMatchObject([
        { action: 'kms.secrets.setkeyfordeletion', severity: 'warning' },
        { action: 'kms.secrets.unsetkeyfordeletion', severity: 'warning' },
      ]);
    });
  });
});

describe('a Key Protect instance', () => {
  test('that is deleted can be restored with its restorable keys for seven days, then they are gone for good', async () => {
    await withVault(async ({ api, emulator, guid, crn, kp, create }) => {
      const id = idOf(await create({ aliases: ['mine'] }));
      await kp('POST', '/key_rings/lake');
      await kp('DELETE', `/keys/${id}`);
      const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
      const reclamation = async (): Promise<string> =>
        text((await api('GET', `/v1/reclamations?resource_instance_id=${guid}`)).body, 'resources', 0, 'id');
      expect((await api('DELETE', path)).status).toBe(204);
      expect(refusal(await kp('GET', `/keys/${id}`))).toEqual([404, 'INSTANCE_NOT_FOUND_ERR']);
      emulator.clock.advance(6 * day);
      await api('POST', `/v1/reclamations/${await reclamation()}/actions/restore`);
      expect((await kp('POST', `/keys/${id}/restore`)).status).toBe(201);
      expect((await api('DELETE', path)).status).toBe(422);

      await kp('DELETE', `/keys/${id}`);
      expect((await api('DELETE', path)).status).toBe(204);
      expect(tracesOf(emulator, id)).toEqual(['key-protect/keys', 'key-protect/aliases']);
      emulator.clock.advance(7 * day);
      expect(at((await api('GET', path)).body, 'state')).toBe('removed');
      expect(tracesOf(emulator, id)).toEqual([]);
      expect(at(emulator.state(), 'key-protect/rings')).toBeUndefined();
    });
  });

  test('loses its own keys only', async () => {
    await withVault(async ({ api, crn }) => {
      const other = await createVault(api, 'other');
      const { id } = await createKey(api, other.guid);
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      const rows = (await api('GET', '/v1/reclamations')).body;
      await api('POST', `/v1/reclamations/${text(rows, 'resources', 0, 'id')}/actions/reclaim`);
      const keys = await api('GET', '/api/v2/keys', { headers: { 'Bluemix-Instance': other.guid } });
      expect(list(keys.body, 'resources').map((key) => at(key, 'id'))).toEqual([id]);
    });
  });
});
