import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { at, authorize, createInstance, createVault, list, registrationsOf, scene, text } from '../helpers/platform.ts';
import { enveloped, idOf, refusal } from '../helpers/vault.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const harsh = { settings: { disposition: 'harsh' } } as const;

describe('a disposition', () => {
  test('is kind until told otherwise; harsh brings lags and rations, and what is said beside it wins', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const change = async (body: unknown) => await api('POST', '/_emulator/settings', { body });
      expect((await change({})).body).toMatchObject({
        disposition: 'kind',
        tagDenialMs: 0,
        controllerCallsPerMinute: 0,
      });
      const { body } = await change({ disposition: 'harsh', tagReadsPerMinute: 7 });
      expect(body).toMatchObject({
        tagDenialMs: 20_000,
        searchLagMs: 20_000,
        emptyingMs: 60_000,
        tagReadsPerMinute: 7,
      });
      expect((await change({ disposition: 'kind' })).body).toMatchObject({ tagDenialMs: 0, tagReadsPerMinute: 0 });
      expect((await change({ disposition: 'rude' })).status).toBe(400);
      expect((await change({ absentAliasCode: 4 })).status).toBe(400);
      emulator.reset();
      expect(emulator.settings.read().disposition).toBe('kind');
    });
  });
});

describe('where it is harsh', () => {
  test('the tags of a new instance are 403 for a while, and those of its create attached after that', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const crn = text((await createInstance(api, { tags: ['of:create'] })).body, 'crn');
      const read = () => api('GET', `/v3/tags?attached_to=${encodeURIComponent(crn)}`);
      const attach = (...crns: readonly string[]) =>
        api('POST', '/v3/tags/attach', {
          body: { resources: crns.map((one) => ({ resource_id: one })), tag_names: ['a'] },
        });
      expect([(await read()).status, (await attach(crn)).status]).toEqual([403, 403]);
      const known = text((await createInstance(api)).body, 'crn');
      expect(list((await attach(crn, known)).body, 'results').map((one) => at(one, 'is_error'))).toEqual([true, true]);
      emulator.clock.advance(20 * SECOND);
      expect((await attach(crn)).status).toBe(200);
      expect(list((await read()).body, 'items').map((one) => at(one, 'name'))).toEqual(['a', 'of:create']);
    }, harsh);
  });

  test('a caller reads tags so many times a minute, and then 429 says nothing of when again', async () => {
    await withEmulator(
      async ({ emulator, api }) => {
        const read = () => api('GET', '/v3/tags');
        expect([(await read()).status, (await read()).status]).toEqual([200, 200]);
        const refused = await read();
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
        emulator.clock.advance(60 * SECOND);
        expect((await read()).status).toBe(200);
      },
      { settings: { ...harsh.settings, tagReadsPerMinute: 2 } },
    );
  });

  test('Resource Controller answers one call too many of a method with X-RateLimit-Reset, and without Retry-After', async () => {
    await withEmulator(
      async ({ emulator, api }) => {
        const ask = () => api('GET', '/v2/resource_instances');
        const from = emulator.clock.now().getTime();
        expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
        const { status, headers } = await ask();
        expect([status, headers.get('retry-after'), headers.get('x-ratelimit-limit')]).toEqual([429, null, '2']);
        const reset = Number(headers.get('x-ratelimit-reset')) * 1000;
        expect(reset).toBeGreaterThanOrEqual(from + 60 * SECOND);
        expect((await createInstance(api)).status).toBe(202);
        emulator.clock.set(new Date(reset));
        expect((await ask()).status).toBe(200);
      },
      { settings: { ...harsh.settings, controllerCallsPerMinute: 2 } },
    );
  });

  test('a ring and an instance hold a key for a while after its deletion', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { guid } = await createVault(api);
      const headers = { 'Bluemix-Instance': guid };
      await api('POST', '/api/v2/key_rings/lake', { headers });
      const resource = { type: 'application/vnd.ibm.kms.key+json', name: 'root', extractable: false };
      const body = enveloped('key', resource);
      const key = idOf(await api('POST', '/api/v2/keys', { body, headers: { ...headers, 'x-kms-key-ring': 'lake' } }));
      expect((await api('DELETE', `/api/v2/keys/${key}`, { headers })).status).toBe(204);
      const deleteRing = () => api('DELETE', '/api/v2/key_rings/lake?force=true', { headers });
      const deleteInstance = () => api('DELETE', `/v2/resource_instances/${guid}`);
      expect(refusal(await deleteRing())).toEqual([409, 'KEY_RING_NOT_EMPTY_ERR']);
      expect((await deleteInstance()).status).toBe(422);
      emulator.clock.advance(60 * SECOND);
      expect([(await deleteRing()).status, (await deleteInstance()).status]).toEqual([204, 204]);
    }, harsh);
  });

  test('an alias that no key has is another 404 than an id that no key has', async () => {
    await withEmulator(async ({ api }) => {
      const { guid } = await createVault(api);
      const ask = (key: string) =>
        api('GET', `/api/v2/keys/${key}/metadata`, { headers: { 'Bluemix-Instance': guid } });
      expect(refusal(await ask('nobody'))).toEqual([404, 'KEY_ALIAS_NOT_FOUND_ERR']);
      expect(refusal(await ask('00000000-0000-4000-8000-000000000000'))).toEqual([404, 'KEY_NOT_FOUND_ERR']);
    }, harsh);
  });

  test('an update that asks for the parameters of the last request and nothing else is answered and dropped', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const guid = text((await createInstance(api, { parameters: { worker_count: '3', extra: true } })).body, 'guid');
      const patch = (body: unknown) => api('PATCH', `/v2/resource_instances/${guid}`, { body });
      const updates = () => emulator.events().filter(({ action }) => action.endsWith('.instance.update')).length;
      await api('GET', '/v2/resource_groups');
      expect((await patch({ parameters: { worker_count: '4' } })).status).toBe(202);
      await api('GET', '/v2/resource_groups');
      const repeated = await patch({ parameters: { worker_count: '4' } });
      expect([repeated.status, at(repeated.body, 'last_operation', 'type'), updates()]).toEqual([200, 'update', 1]);
      expect((await patch({ parameters: { worker_count: '4', extra: true } })).status).toBe(202);
      expect(updates()).toBe(2);
    }, harsh);
  });

  test('Event Streams prevents the deletion of its key until it is reclaimed', async () => {
    await withEmulator(
      async ({ emulator, api }) => {
        const { vault, key } = await scene(api);
        await authorize(api, { service: 'messagehub', instance: vault });
        const plan = {
          resource_plan_id: 'ibm.message.hub.enterprise.3nodes.2tb',
          parameters: { kms_key_crn: key.crn },
        };
        const guid = text((await createInstance(api, plan)).body, 'guid');
        const prevents = async () => at((await registrationsOf(api, vault, key.id))[0], 'preventKeyDeletion');
        const destroy = () =>
          api('DELETE', `/api/v2/keys/${key.id}?force=true`, { headers: { 'Bluemix-Instance': vault } });
        await api('DELETE', `/v2/resource_instances/${guid}`);
        expect([await prevents(), refusal(await destroy())]).toEqual([true, [409, 'PREV_KEY_DEL_ERR']]);
        emulator.clock.advance(3 * DAY + SECOND);
        expect([await prevents(), (await destroy()).status]).toEqual([false, 204]);
      },
      { settings: { ...harsh.settings, registrationLingerMs: 9 * DAY } },
    );
  });
});
