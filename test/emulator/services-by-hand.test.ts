import { describe, expect, test } from '@jest/globals';
import { openApiOf, withEmulator } from '../helpers/emulator.ts';
import {
  account,
  at,
  authorize,
  createInstance,
  createKey,
  encrypted,
  list,
  registrationsOf,
  scene,
  text,
} from '../helpers/platform.ts';

const day = 24 * 3600_000;
const bucket = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account}:11111111-1111-4111-8111-111111111111:bucket:b`;
const volume = `crn:v1:bluemix:public:is:us-south-1:a/${account}::volume:r006-1`;

describe('what services know', () => {
  test('is listed for every deployment: key, registration, lock, and when it unregisters', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ registrationLingerMs: 9 * day });
      const { vault, key } = await scene(api);
      const policy = await authorize(api, { instance: vault });
      const resource = text((await encrypted(api, key.crn)).body, 'crn');
      const plain = text((await createInstance(api, { name: 'plain' })).body, 'crn');
      const used = { service: 'data-virtualization', resource, key: key.crn, registered: true, byHand: false };
      expect(emulator.services.list()).toMatchObject([
        { ...used, preventKeyDeletion: false, locked: null, unregistersAt: null, authorized: true },
        { service: 'data-virtualization', resource: plain, key: null, registered: false },
      ]);
      emulator.clock.set(new Date('2030-01-01T00:00:00Z'));
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(resource)}`);
      await api('DELETE', `/v2/policies/${policy}`);
      const { body } = await openApiOf(emulator.url)('GET', '/_emulator/services');
      expect(list(body, 'services')).toEqual(emulator.services.list());
      expect(at(body, 'services', 0)).toMatchObject({ ...used, authorized: false });
      expect(text(body, 'services', 0, 'unregistersAt')).toMatch(/^2030-01-10T/);
      emulator.settings.change({ registrationLingerMs: 0 });
      expect(emulator.services.list()[0]?.unregistersAt).toMatch(/^2030-01-04T/);
      await authorize(api, { instance: vault });
      emulator.clock.advance(9 * day);
      expect(emulator.services.list()).toMatchObject([{ resource: plain }]);
    });
  });
});

describe('a service played by hand', () => {
  test('registers without a token or an authorization, holds the key, and unregisters', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const open = openApiOf(emulator.url);
      const { vault, key } = await scene(api);
      const use = { key: key.crn, resource: volume };
      const made = await open('POST', '/_emulator/services/register', { body: { ...use, service: 'is' } });
      expect(made).toMatchObject({ status: 200, body: { services: [{ ...use, service: 'is', byHand: true }] } });
      expect(await registrationsOf(api, vault, key.id)).toMatchObject([
        { resourceCrn: volume, preventKeyDeletion: false, description: 'is resource' },
      ]);
      const remove = (force = ''): ReturnType<typeof api> =>
        api('DELETE', `/api/v2/keys/${key.id}${force}`, { headers: { 'Bluemix-Instance': vault } });
      expect((await remove()).status).toBe(409);
      await open('POST', '/_emulator/services/prevent-deletion', { body: { ...use, prevent: true } });
      expect(at((await remove('?force=true')).body, 'resources', 0, 'reasons', 0, 'code')).toBe('PREV_KEY_DEL_ERR');
      const gone = await open('POST', '/_emulator/services/unregister', { body: use });
      expect(gone).toMatchObject({ status: 200, body: { services: [] } });
      expect((await remove()).status).toBe(204);
    });
  });

  test('is locked and freed with its key like a deployment', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      const headers = { 'Bluemix-Instance': vault };
      emulator.services.register({ key: key.crn, resource: bucket });
      await api('DELETE', `/api/v2/keys/${key.id}?force=true`, { headers });
      expect(emulator.services.list()).toMatchObject([
        { service: 'cloud-object-storage', locked: { because: 'destroyed' } },
      ]);
      emulator.clock.advance(31_000);
      await api('POST', `/api/v2/keys/${key.id}/restore`, { headers });
      expect(emulator.services.list()).toMatchObject([{ locked: null, registered: true }]);
      emulator.services.unregister({ key: key.crn, resource: bucket });
      expect(emulator.services.list()).toEqual([]);
    });
  });

  test('can take a deployment out of the registrations while it goes on using its key', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const resource = text((await encrypted(api, key.crn)).body, 'crn');
      emulator.services.preventDeletion({ key: key.crn, resource, prevent: true });
      expect(emulator.services.list()).toMatchObject([{ preventKeyDeletion: true, byHand: false }]);
      emulator.services.unregister({ key: key.crn, resource });
      expect(await registrationsOf(api, vault, key.id)).toEqual([]);
      expect(emulator.services.list()).toMatchObject([{ resource, key: key.crn, registered: false }]);
    });
  });

  test('is refused in one sentence what Key Protect would refuse, and nothing changes', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const open = openApiOf(emulator.url);
      const { vault, key } = await scene(api);
      const standard = await createKey(api, vault, { extractable: true });
      const disabled = await createKey(api, vault);
      await api('POST', `/api/v2/keys/${disabled.id}/actions/disable`, { headers: { 'Bluemix-Instance': vault } });
      const cases: readonly (readonly [string, unknown, string])[] = [
        ['register', undefined, 'send "key": string'],
        ['register', { key: key.crn }, '"resource" must be a string'],
        ['register', { key: key.crn, resource: bucket, preventKeyDeletion: 'yes' }, 'must be a boolean'],
        ['register', { key: key.crn, resource: bucket, force: true }, 'no member "force"'],
        ['register', { key: key.id, resource: bucket }, 'There is no key'],
        ['register', { key: key.crn, resource: 'bucket' }, 'not a CRN of ten segments'],
        ['register', { key: standard.crn, resource: bucket }, 'KEY_ROOT_REQ_REG_ERR'],
        ['register', { key: disabled.crn, resource: bucket }, 'KEY_INVALID_STATE_ERR'],
        ['unregister', { key: key.crn, resource: bucket }, 'is not registered'],
        ['prevent-deletion', { key: key.crn, resource: bucket, prevent: true }, 'is not registered'],
      ];
      for (const [action, body, words] of cases) {
        const refused = await open('POST', `/_emulator/services/${action}`, { body });
        expect([refused.status, text(refused.body, 'errors', 0, 'message')]).toEqual([
          400,
          expect.stringContaining(words),
        ]);
      }
      expect((await open('POST', '/_emulator/services/break', { body: {} })).status).toBe(501);
      expect(() => emulator.services.register({ key: 'none', resource: bucket })).toThrow('There is no key none.');
      expect(emulator.services.list()).toEqual([]);
    });
  });
});
