import { describe, expect, test } from '@jest/globals';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { account, at, authorize, createInstance, list, readerRole, scene, text } from '../helpers/platform.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const delegator = 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator';
const service = 'databases-for-postgresql';

/** The authorizations of Object Storage, of which the tests make none themselves. */
async function delegated(api: Api): Promise<readonly unknown[]> {
  const { body } = await api('GET', `/v2/policies?account_id=${account}&type=authorization`);
  return list(body, 'policies').filter(
    (policy) => at(policy, 'subject', 'attributes', 0, 'value') === 'cloud-object-storage',
  );
}

async function database(api: Api, name: string, key: string): Promise<string> {
  const plan = { resource_plan_id: `${service}-standard`, parameters: { backup_encryption_key_crn: key } };
  const made = await createInstance(api, { name, ...plan });
  expect(made.status).toBe(202);
  return text(made.body, 'crn');
}

async function remove(api: Api, crn: string): Promise<void> {
  expect((await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`)).status).toBe(204);
}

describe('a deployment with a backup key', () => {
  test('lets Object Storage read that key by a policy of its own, which names it as the creator', async () => {
    await withEmulator(async ({ api }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { service, instance: vault, roles: [readerRole, delegator] });
      const crn = await database(api, 'orders', key.crn);
      const [policy, another] = await delegated(api);
      expect(another).toBeUndefined();
      expect(policy).toMatchObject({
        created_by_id: `crn-${crn}`,
        control: { grant: { roles: [{ role_id: readerRole }] } },
      });
      expect(list(policy, 'resource', 'attributes').map((attribute) => at(attribute, 'value'))).toEqual([
        'kms',
        account,
        vault,
        'key',
        key.id,
      ]);
    });
  });

  test('writes it again within a minute, as long as it may delegate, and when it may again', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      const rights = { service, instance: vault, roles: [readerRole, delegator] };
      const own = await authorize(api, rights);
      await database(api, 'orders', key.crn);
      const takeAway = async (): Promise<void> => {
        const [policy] = await delegated(api);
        expect((await api('DELETE', `/v2/policies/${text(policy, 'id')}`)).status).toBe(204);
        expect(await delegated(api)).toEqual([]);
        emulator.clock.advance(minute);
      };
      await takeAway();
      expect(await delegated(api)).toHaveLength(1);
      const isAuthorized = () => emulator.services.list().map(({ authorized }) => authorized);
      expect(isAuthorized()).toEqual([true]);
      await api('DELETE', `/v2/policies/${own}`);
      // To read the key is not all that it needs: without the delegation its backups are lost one day.
      const reading = await authorize(api, { ...rights, roles: [readerRole] });
      expect(isAuthorized()).toEqual([false]);
      await api('DELETE', `/v2/policies/${reading}`);
      expect(await delegated(api)).toHaveLength(1);
      await takeAway();
      expect(await delegated(api)).toEqual([]);
      await authorize(api, rights);
      expect(await delegated(api)).toHaveLength(1);
    });
  });

  test('shares it with others on the key; when its writer is removed, one of them writes it', async () => {
    await withEmulator(async ({ api, emulator }) => {
      const { vault, key } = await scene(api);
      await authorize(api, { service, instance: vault, roles: [readerRole, delegator] });
      const first = await database(api, 'orders', key.crn);
      const second = await database(api, 'stock', key.crn);
      emulator.clock.advance(minute);
      expect(await delegated(api)).toMatchObject([{ created_by_id: `crn-${first}` }]);
      await remove(api, first);
      emulator.clock.advance(2 * day);
      expect(await delegated(api)).toMatchObject([{ created_by_id: `crn-${first}` }]);
      emulator.clock.advance(day + 2 * minute);
      expect(await delegated(api)).toMatchObject([{ created_by_id: `crn-${second}` }]);
      await remove(api, second);
      emulator.clock.advance(4 * day);
      expect(await delegated(api)).toEqual([]);
    });
  });
});
