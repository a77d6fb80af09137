import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, authorize, encrypted, registrationsOf, scene, text } from '../helpers/platform.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** An encrypted deployment, and hands on its key. */
interface Stage {
  readonly api: Api;
  readonly emulator: Emulator;
  readonly vault: string;
  readonly keyId: string;
  readonly keyCrn: string;
  readonly policy: string;
  /** The deployment's path. */
  readonly path: string;
  /** A call on the key, given what follows its id. */
  key(method: string, rest?: string): ReturnType<Api>;
  /** The lock of the deployment; null while its data can be read. */
  lock(): unknown;
}

async function withDeployment(work: (stage: Stage) => Promise<void>): Promise<void> {
  await withEmulator(async ({ api, emulator }) => {
    const { vault, key } = await scene(api);
    const policy = await authorize(api, { instance: vault });
    const resource = text((await encrypted(api, key.crn)).body, 'crn');
    const path = `/v2/resource_instances/${encodeURIComponent(resource)}`;
    await api('GET', path);
    await work({
      api,
      emulator,
      vault,
      keyId: key.id,
      keyCrn: key.crn,
      policy,
      path,
      key: (method, rest = '') =>
        api(method, `/api/v2/keys/${key.id}${rest}`, { headers: { 'Bluemix-Instance': vault } }),
      lock: () => emulator.services.list().find((use) => use.resource === resource)?.locked,
    });
  });
}

const actions = (emulator: Emulator): readonly string[] => emulator.events().map((event) => event.action);

/** The version that the deployment's registration names. */
async function registeredVersion({ api, vault, keyId }: Stage): Promise<unknown> {
  return at(await registrationsOf(api, vault, keyId), 0, 'keyVersion', 'id');
}

describe('a deployment', () => {
  test('is locked when its service has noticed that the key was destroyed, and freed after it was restored', async () => {
    await withDeployment(async ({ api, emulator, keyCrn, keyId, path, vault, key, lock }) => {
      emulator.settings.change({ serviceReactionMs: hour });
      expect((await key('DELETE', '?force=true')).status).toBe(204);
      emulator.clock.advance(hour - 60 * second);
      expect(lock()).toBeNull();
      emulator.clock.advance(60 * second);
      expect(lock()).toEqual({ since: expect.any(String), because: 'destroyed' });
      expect((await api('GET', path)).body).toMatchObject({ state: 'active', locked: false });
      expect(emulator.events().at(-1)).toMatchObject({
        action: 'kms.secrets.ack-delete',
        outcome: 'success',
        target: keyCrn,
        initiator: expect.stringContaining(':data-virtualization:'),
      });
      expect((await key('POST', '/restore')).status).toBe(201);
      expect(lock()).not.toBeNull();
      emulator.clock.advance(hour);
      expect(lock()).toBeNull();
      expect(await registrationsOf(api, vault, keyId)).toHaveLength(1);
      expect(actions(emulator).at(-1)).toBe('kms.secrets.ack-restore');
    });
  });

  test('is locked while its key is disabled, and freed when it is enabled', async () => {
    await withDeployment(async ({ emulator, key, lock }) => {
      await key('POST', '/actions/disable');
      expect(lock()).toMatchObject({ because: 'disabled' });
      emulator.clock.advance(31 * second);
      await key('POST', '/actions/enable');
      expect(lock()).toBeNull();
      expect(actions(emulator)).toEqual(expect.arrayContaining(['kms.secrets.ack-disable', 'kms.secrets.ack-enable']));
    });
  });

  test('that is locked refuses new parameters, takes a name, and can be deleted', async () => {
    await withDeployment(async ({ api, keyCrn, path, key }) => {
      await key('DELETE', '?force=true');
      const refused = await api('PATCH', path, { body: { parameters: { worker_count: '4' } } });
      expect(refused).toMatchObject({
        status: 409,
        body: {
          error_code: 'RC-ServiceBrokerErrorResponse',
          message: expect.stringContaining(`${keyCrn} is destroyed`),
        },
      });
      expect((await api('PATCH', path, { body: { name: 'renamed' } })).status).toBe(202);
      await api('GET', path);
      expect((await api('DELETE', path)).status).toBe(204);
    });
  });

  test('in reclamation whose key goes can be restored by the call, and stays locked until the key is back', async () => {
    await withDeployment(async ({ api, emulator, path, key, lock }) => {
      emulator.settings.change({ registrationLingerMs: 9 * day });
      await api('DELETE', path);
      await key('DELETE', '?force=true');
      const row = text((await api('GET', '/v1/reclamations')).body, 'resources', 0, 'id');
      expect((await api('POST', `/v1/reclamations/${row}/actions/restore`)).status).toBe(200);
      expect(at((await api('GET', path)).body, 'state')).toBe('active');
      expect(lock()).toMatchObject({ because: 'destroyed' });
      emulator.clock.advance(31 * second);
      await key('POST', '/restore');
      expect(lock()).toBeNull();
    });
  });

  test('moves its registration to the new version when its service has noticed a rotation', async () => {
    await withDeployment(async (stage) => {
      const { emulator, keyId, key } = stage;
      emulator.settings.change({ serviceReactionMs: hour });
      await key('POST', '/actions/rotate');
      const version = text((await key('GET')).body, 'resources', 0, 'keyVersion', 'id');
      expect(await registeredVersion(stage)).toBe(keyId);
      emulator.clock.advance(hour);
      expect(await registeredVersion(stage)).toBe(version);
      expect(actions(emulator).slice(-2)).toEqual(['kms.registrations.merge', 'kms.secrets.ack-rotate']);
    });
  });

  test('is neither freed nor rewrapped without an authorization, and is when one comes back', async () => {
    await withDeployment(async (stage) => {
      const { api, emulator, policy, vault, keyId, key, lock } = stage;
      await key('DELETE', '?force=true');
      expect(lock()).not.toBeNull();
      await api('DELETE', `/v2/policies/${policy}`);
      emulator.clock.advance(31 * second);
      await key('POST', '/restore');
      await key('POST', '/actions/rotate');
      expect(lock()).not.toBeNull();
      expect(await registeredVersion(stage)).toBe(keyId);
      expect(actions(emulator)).not.toContain('kms.secrets.ack-restore');
      await authorize(api, { instance: vault });
      expect(lock()).toBeNull();
      expect(await registeredVersion(stage)).not.toBe(keyId);
    });
  });

  test('acknowledges with reason 409 what is no longer so when its service gets to it', async () => {
    await withDeployment(async ({ emulator, key, lock }) => {
      emulator.settings.change({ serviceReactionMs: hour });
      await key('DELETE', '?force=true');
      emulator.clock.advance(60 * second);
      await key('POST', '/restore');
      emulator.clock.advance(hour - 60 * second);
      expect(lock()).toBeNull();
      expect(emulator.events().at(-1)).toMatchObject({
        action: 'kms.secrets.ack-delete',
        outcome: 'failure',
        data: { reasonCode: 409 },
      });
    });
  });

  test('of a purged key stays locked, without a registration', async () => {
    await withDeployment(async ({ emulator, keyCrn, key, lock }) => {
      await key('DELETE', '?force=true');
      emulator.clock.advance(4 * hour);
      expect((await key('DELETE', '/purge')).status).toBe(204);
      expect(lock()).toMatchObject({ because: 'destroyed' });
      expect(emulator.services.list()).toMatchObject([{ key: keyCrn, registered: false }]);
    });
  });

  test('is told again by sync, an hour after it was told last, also of a destroyed key', async () => {
    await withDeployment(async ({ emulator, key }) => {
      expect((await key('POST', '/actions/sync')).status).toBe(204);
      await key('DELETE', '?force=true');
      const early = await key('POST', '/actions/sync');
      expect(early.status).toBe(409);
      expect(at(early.body, 'resources', 0, 'reasons', 0)).toMatchObject({
        code: 'REQ_TOO_EARLY_ERR',
        message: expect.stringMatching(/cannot be performed until at least \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
      emulator.clock.advance(hour);
      expect((await key('POST', '/actions/sync')).status).toBe(204);
      expect(actions(emulator).filter((action) => action === 'kms.secrets.ack-delete')).toHaveLength(2);
      expect((await key('POST', '/actions/sync')).status).toBe(409);
    });
  });
});
