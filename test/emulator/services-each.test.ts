import { describe, expect, test } from '@jest/globals';
import { typeOfPlan } from '../../src/emulator/apis/databases/types.ts';
import type { Service } from '../../src/emulator/core/account/catalog.ts';
import { services } from '../../src/emulator/services/table.ts';
import type { Emulator } from '../../src/emulator/start.ts';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, authorize, createInstance, list, readerRole, registrationsOf, scene, text } from '../helpers/platform.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const delegator = 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator';

/** One use of a key by one instance of a service. */
interface Use {
  /** A call on the key, given what follows its id; expects 2xx, and waits until the service has noticed. */
  key(method: string, rest?: string): Promise<void>;
  locked(): unknown;
  registrations(): Promise<readonly unknown[]>;
}

async function useOf(api: Api, emulator: Emulator, vault: string, key: string, resource: string): Promise<Use> {
  return {
    key: async (method, rest = '') => {
      const answer = await api(method, `/api/v2/keys/${key}${rest}`, { headers: { 'Bluemix-Instance': vault } });
      expect([method, rest, Math.floor(answer.status / 100)]).toEqual([method, rest, 2]);
      emulator.clock.advance(minute);
      // Timers run before the next request.
      await api('GET', '/v2/resource_groups');
    },
    locked: () => emulator.services.list().find((use) => use.resource === resource)?.locked ?? null,
    registrations: async () => await registrationsOf(api, vault, key),
  };
}

/** Rotates, disables and enables, destroys and restores the key. */
async function liveThrough({ key, locked, registrations }: Use, isFinal: boolean): Promise<void> {
  const version = async (): Promise<unknown> => at(await registrations(), 0, 'keyVersion', 'id');
  const count = (await registrations()).length;
  const before = await version();
  await key('POST', '/actions/rotate');
  expect(await version()).not.toBe(before);
  await key('POST', '/actions/disable');
  expect(locked()).toMatchObject({ because: 'disabled' });
  await key('POST', '/actions/enable');
  expect(locked()).toBeNull();
  await key('DELETE', '?force=true');
  expect(locked()).toMatchObject({ because: 'destroyed' });
  await key('POST', '/restore');
  if (isFinal) expect(locked()).toMatchObject({ because: 'destroyed' });
  else expect(locked()).toBeNull();
  expect(await registrations()).toHaveLength(count);
}

const withKeys = services.filter(({ keyParameters }) => keyParameters.length > 0);

describe('a deployment of', () => {
  const rows = withKeys.flatMap((service) =>
    service.keyParameters.map(({ name }) => [service.name, name, service] as const),
  );

  test.each(rows)(
    '%s lives through all that happens to its key, and gives it back (%s)',
    async (name, parameter, service) => {
      await withEmulator(async ({ api, emulator }) => {
        emulator.settings.change({ serviceReactionMs: minute / 2, registrationLingerMs: 9 * day });
        const { vault, key } = await scene(api);
        await authorize(api, { service: name, instance: vault, roles: [readerRole, delegator] });
        const made = await createInstance(api, {
          resource_plan_id: planFor(service, parameter),
          parameters: { [parameter]: key.crn },
        });
        expect(made).toMatchObject({ status: 202, body: { state: 'provisioning' } });
        const crn = text(made.body, 'crn');
        const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
        emulator.clock.advance(day);
        expect((await api('GET', path)).body).toMatchObject({ state: 'active' });
        const use = await useOf(api, emulator, vault, key.id, crn);
        const count = parameter.startsWith('backup')
          ? 1
          : (typeOfPlan(planFor(service, parameter))?.members.least ?? 1);
        const registrations = await use.registrations();
        expect(registrations).toHaveLength(count);
        expect(registrations.filter((one) => !text(one, 'resourceCrn').startsWith(crn))).toEqual([]);
        expect(registrations.filter((one) => at(one, 'preventKeyDeletion') !== false)).toEqual([]);
        await liveThrough(use, service.destructionIsFinal === true);

        await api('DELETE', path);
        emulator.clock.advance(minute);
        const [reclamation] = list((await api('GET', '/v1/reclamations')).body, 'resources');
        const kept = Date.parse(text(reclamation, 'target_time')) - Date.parse(text(reclamation, 'created_at'));
        expect(kept / day).toBeCloseTo(service.reclamationMs / day, 3);
        emulator.clock.advance(service.reclamationMs - 2 * minute);
        expect((await api('GET', path)).body).toMatchObject({ state: 'pending_reclamation' });
        emulator.clock.advance(3 * minute);
        expect((await api('GET', path)).body).toMatchObject({ state: 'removed' });
        expect(await use.registrations()).toHaveLength(count);
        emulator.clock.advance(9 * day);
        expect(await use.registrations()).toEqual([]);
      });
    },
  );
});

/** The last plan that takes the parameter. */
function planFor({ keyParameters, keyPlans }: Service, parameter: string): string {
  return (keyParameters.find(({ name }) => name === parameter)?.plans ?? keyPlans).at(-1) ?? '';
}

test('Cloud Databases register each volume: two of a Redis, three of an Elasticsearch, one more with every member', async () => {
  await withEmulator(async ({ api, emulator }) => {
    const { vault, key } = await scene(api);
    const service = 'databases-for-redis';
    await authorize(api, { service, instance: vault });
    await authorize(api, { service: 'databases-for-elasticsearch', instance: vault });
    const make = async (plan: string) =>
      text(
        (await createInstance(api, { resource_plan_id: plan, parameters: { disk_encryption_key_crn: key.crn } })).body,
        'crn',
      );
    const [redis, search] = [await make(`${service}-standard`), await make('databases-for-elasticsearch-enterprise')];
    const registered = async () =>
      (await registrationsOf(api, vault, key.id)).map((one) => text(one, 'resourceCrn')).sort();
    const volumesOf = async (crn: string) => (await registered()).filter((one) => one.startsWith(crn));
    const before = await volumesOf(redis);
    expect(before.map((one) => one.slice(redis.length))).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/^\/agentid=pvc-[0-9a-f]{8}-[0-9a-f-]{27}$/)),
    );
    expect(await volumesOf(search)).toHaveLength(3);
    const group = { members: { allocation_count: 4 } };
    const path = `/v5/ibm/deployments/${encodeURIComponent(search)}/groups/member`;
    expect((await api('PATCH', path, { body: { group } })).status).toBe(202);
    expect(await volumesOf(search)).toHaveLength(4);
    expect(await volumesOf(redis)).toEqual(before);
    emulator.services.unregister({ key: key.crn, resource: redis });
    expect(await volumesOf(redis)).toEqual([]);
  });
});

describe('an instance of Object Storage', () => {
  test('is active at once and kept for seven days; a bucket of it, played by hand, lives through all that happens to its key', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ serviceReactionMs: minute / 2 });
      const { vault, key } = await scene(api);
      const plan = { resource_plan_id: '744bfc56-d12c-4866-88d5-dac9139e0e5d', target: 'global' };
      const made = await createInstance(api, plan);
      expect(made).toMatchObject({ status: 201, body: { state: 'active' } });
      const bucket = `${text(made.body, 'crn').slice(0, -2)}:bucket:lake`;
      emulator.services.register({ key: key.crn, resource: bucket });
      const use = await useOf(api, emulator, vault, key.id, bucket);
      await liveThrough(use, false);
      emulator.services.unregister({ key: key.crn, resource: bucket });
      expect(await use.registrations()).toEqual([]);
      const path = `/v2/resource_instances/${text(made.body, 'guid')}`;
      await api('DELETE', path);
      emulator.clock.advance(7 * day - minute);
      expect((await api('GET', path)).body).toMatchObject({ state: 'pending_reclamation' });
      emulator.clock.advance(2 * minute);
      expect((await api('GET', path)).body).toMatchObject({ state: 'removed' });
    });
  });
});
