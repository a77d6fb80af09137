import { describe, expect, test } from '@jest/globals';
import type { Reader } from '../../src/cloud/reader.ts';
import { CloudRefused } from '../../src/model/errors.ts';
import { authorization, createVault, DV_PLAN, root, withEmulated } from './emulated.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('reads of a fresh account', () => {
  test('answer who logged in, its groups, services, plans and roles, and nothing else', async () => {
    await withEmulated(async ({ connection, emulator }) => {
      emulator.clock.advance(1000 * DAY);
      const reader = connection.reader();
      const { iamId, accountId } = await reader.login();
      expect(iamId).not.toBe('');
      expect(accountId).toBe('0123456789abcdef0123456789abcdef');
      expect((await reader.resourceGroups()).filter((group) => group.default)).toHaveLength(1);
      const service = await reader.catalogService('data-virtualization');
      expect(service).toMatchObject({ name: 'data-virtualization', kind: 'service' });
      const plans = await reader.catalogPlans(service?.id ?? '');
      expect(plans.map(({ name }) => name)).toContain(DV_PLAN);
      await expect(reader.catalogService('data-virt')).resolves.toBeUndefined();
      await expect(reader.catalogPlans('no-such-service')).resolves.toEqual([]);
      const roles = await reader.roles('kms', 'data-virtualization');
      expect(roles).toContainEqual({ display_name: 'Reader', crn: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' });
      await expect(reader.instancesOf(service?.id ?? '')).resolves.toEqual([]);
      await expect(reader.instance('11111111-2222-4333-8444-555555555555')).resolves.toBeUndefined();
      await expect(reader.authorization('11111111-2222-4333-8444-555555555555')).resolves.toBeUndefined();
      await expect(reader.reclamations()).resolves.toEqual([]);
      await expect(reader.authorizations()).resolves.toEqual([]);
      const unread = emulator.requests().filter(({ method }) => method !== 'GET');
      expect(unread.map(({ path }) => path)).toEqual(['/identity/token']);
      // now is IAM's time: the emulator's, not this machine's.
      expect(Math.abs(connection.now().getTime() - emulator.clock.now().getTime())).toBeLessThan(HOUR);
    });
  });
});

describe('Key Protect', () => {
  test('keys are made with ring and alias, moved, aliased, set to rotate, and read back', async () => {
    await withEmulated(async ({ cloud }) => {
      const vault = await createVault(cloud);
      expect(vault).toMatchObject({ name: 'vault', state: 'active' });
      await cloud.createRing(vault.crn, 'lakehouse');
      await cloud.createRing(vault.crn, 'archive');
      expect((await cloud.keyRings(vault.crn)).map(({ id }) => id).sort()).toEqual(['archive', 'default', 'lakehouse']);

      const made = await cloud.createKey(vault.crn, root('dv-root', 'keystead_s_dv-root'), 'lakehouse');
      expect(made).toMatchObject({
        name: 'dv-root',
        state: 1,
        extractable: false,
        crn: `${vault.crn.slice(0, -1)}key:${made.id}`,
      });
      await expect(cloud.key(vault.crn, 'keystead_s_dv-root')).resolves.toMatchObject({
        id: made.id,
        keyRingID: 'lakehouse',
      });
      await expect(cloud.key(vault.crn, 'keystead_s_other')).resolves.toBeUndefined();

      await cloud.moveKey(vault.crn, made.id, { from: 'lakehouse', to: 'archive' });
      await cloud.addAlias(vault.crn, made.id, 'extra');
      await cloud.removeAlias(vault.crn, made.id, 'extra');
      await cloud.removeAlias(vault.crn, made.id, 'extra');
      await cloud.addAlias(vault.crn, made.id, 'kept');
      await expect(cloud.rotationPolicy(vault.crn, made.id)).resolves.toBeUndefined();
      await cloud.setRotationPolicy(vault.crn, made.id, { enabled: true, interval_month: 3 });
      await expect(cloud.rotationPolicy(vault.crn, made.id)).resolves.toEqual({ enabled: true, interval_month: 3 });

      const [listed, ...others] = await cloud.keys(vault.crn);
      expect(others).toEqual([]);
      expect(listed).toMatchObject({ id: made.id, keyRingID: 'archive' });
      expect([...(listed?.aliases ?? [])].sort()).toEqual(['kept', 'keystead_s_dv-root']);
    });
  });

  test('a standard key comes without its material', async () => {
    await withEmulated(async ({ cloud }) => {
      const vault = await createVault(cloud);
      const made = await cloud.createKey(vault.crn, { name: 'app', extractable: true, aliases: [] }, undefined);
      for (const shown of [made, await cloud.key(vault.crn, made.id), ...(await cloud.keys(vault.crn))]) {
        expect(shown).toMatchObject({ id: made.id, extractable: true });
        expect(shown).not.toHaveProperty('payload');
      }
    });
  });

  test('a second key of one alias, and an alias of another key, are refused by name', async () => {
    await withEmulated(async ({ cloud }) => {
      const vault = await createVault(cloud);
      await cloud.createKey(vault.crn, root('one', 'mark'), undefined);
      const twin = cloud.createKey(vault.crn, root('two', 'mark'), undefined);
      await expect(twin).rejects.toMatchObject({ facts: { status: 409, apiCode: 'KEY_ALIAS_NOT_UNIQUE_ERR' } });
      await expect(twin).rejects.toThrow(CloudRefused);
      const other = await cloud.createKey(vault.crn, root('three', 'third'), undefined);
      await expect(cloud.addAlias(vault.crn, other.id, 'mark')).rejects.toThrow('KEY_ALIAS_NOT_UNIQUE_ERR');
      expect((await cloud.keys(vault.crn)).map(({ name }) => name).sort()).toEqual(['one', 'three']);
    });
  });
});

describe('authorizations', () => {
  test('are made and replaced with their ETag; a stale one changes nothing, a twin is shown with its winner', async () => {
    await withEmulated(async ({ cloud, connection }) => {
      const vault = await createVault(cloud);
      const body = await authorization(cloud, vault);
      const made = await cloud.createAuthorization(body);
      expect(made.etag).toBeTruthy();
      await expect(cloud.createAuthorization(body)).rejects.toMatchObject({
        facts: { status: 409, apiCode: 'policy_conflict_error' },
        details: { errors: [{ details: { conflicts_with: { policy: { id: made.id } } } }] },
      });
      const described = { ...body, description: 'changed' };
      const replaced = await cloud.replaceAuthorization(made.id, made.etag ?? '', described);
      expect(replaced).toMatchObject({ id: made.id, description: 'changed' });
      expect(replaced.etag).not.toBe(made.etag);
      await expect(cloud.replaceAuthorization(made.id, made.etag ?? '', body)).rejects.toThrow(CloudRefused);
      await expect(cloud.authorization(made.id)).resolves.toEqual(replaced);
      const listed = await connection.reader().authorizations();
      expect(listed.map(({ id, description }) => ({ id, description }))).toEqual([
        { id: made.id, description: 'changed' },
      ]);
    });
  });
});

describe('instances', () => {
  test('a deployment goes from provisioning through active to reclamation, and a second delete succeeds', async () => {
    await withEmulated(async ({ emulator, connection, cloud }) => {
      const vault = await createVault(cloud);
      const key = await cloud.createKey(vault.crn, root('dv-root', 'mark'), undefined);
      const [group] = await cloud.resourceGroups();
      const wanted = {
        name: 'lakehouse',
        target: 'us-south',
        resource_group: group?.id ?? '',
        resource_plan_id: DV_PLAN,
        parameters: { disk_encryption_key_crn: key.crn },
        tags: ['keystead:s.lakehouse'],
      };
      // Nothing authorizes the service yet: said at once, and nothing is made.
      await expect(cloud.createInstance(wanted)).rejects.toMatchObject({ facts: { status: 400 } });
      await expect(cloud.instancesNamed('lakehouse')).resolves.toEqual([]);
      await cloud.createAuthorization(await authorization(cloud, vault));
      const made = await cloud.createInstance(wanted);
      expect(made.state).toBe('provisioning');
      const provisioning = async () =>
        (await cloud.instancesInState(made.resource_id, 'provisioning')).map(({ crn }) => crn);
      await expect(provisioning()).resolves.toEqual([made.crn]);
      await expect(cloud.instancesInState(vault.resource_id, 'provisioning')).resolves.toEqual([]);
      emulator.clock.advance(HOUR / 2);
      await expect(provisioning()).resolves.toEqual([]);
      await expect(cloud.instance(made.guid)).resolves.toMatchObject({
        crn: made.crn,
        state: 'active',
        parameters: wanted.parameters,
      });
      await expect(cloud.registrations(vault.crn)).resolves.toEqual([
        expect.objectContaining({ keyId: key.id, resourceCrn: made.crn }),
      ]);

      await cloud.updateInstance(made.crn, { name: 'renamed' });
      // It is being updated, so it cannot go yet; that is no deletion that happened.
      await expect(cloud.deleteInstance(made.crn)).rejects.toMatchObject({ facts: { status: 422 } });
      emulator.clock.advance(HOUR / 2);
      await expect(cloud.instancesNamed('renamed')).resolves.toEqual([expect.objectContaining({ crn: made.crn })]);
      await cloud.attachTags(made.crn, ['keystead:s.lakehouse', 'team:data']);
      await cloud.attachTags(made.crn, ['team:data']);
      expect([...(await cloud.tagsOf(made.crn))].sort()).toEqual(['keystead:s.lakehouse', 'team:data']);
      const tagged = (await connection.reader().taggedInstances()).find(({ crn }) => crn === made.crn);
      expect([...(tagged?.tags ?? [])].sort()).toEqual(['keystead:s.lakehouse', 'team:data']);

      await cloud.deleteInstance(made.crn);
      emulator.clock.advance(60_000);
      await cloud.deleteInstance(made.crn);
      const later = connection.reader();
      await expect(later.instance(made.guid)).resolves.toMatchObject({ state: 'pending_reclamation' });
      await expect(later.instancesOf(made.resource_id)).resolves.toEqual([
        expect.objectContaining({ state: 'pending_reclamation' }),
      ]);
      await expect(later.reclamations()).resolves.toEqual([
        expect.objectContaining({ resource_instance_id: made.guid }),
      ]);
      await expect(later.reclamationOf(made.guid)).resolves.toMatchObject({ resource_instance_id: made.guid });
      await expect(later.reclamationOf(vault.guid)).resolves.toBeUndefined();
      expect((await later.taggedInstances()).map(({ crn }) => crn)).toContain(made.crn);
      emulator.clock.advance(30 * DAY);
      await expect(later.instance(made.guid)).resolves.toMatchObject({ state: 'removed' });
      await cloud.deleteInstance(made.crn);
      await expect(connection.reader().instancesNamed('renamed')).resolves.toEqual([]);
    });
  });

  test('of every state are found, and a refusal to delete is no success', async () => {
    await withEmulated(async ({ emulator, connection, cloud }) => {
      const vault = await createVault(cloud);
      await cloud.createKey(vault.crn, root('dv-root', 'mark'), undefined);
      // Key Protect keeps an instance that holds a live key.
      await expect(cloud.deleteInstance(vault.crn)).rejects.toThrow(CloudRefused);
      emulator.settings.change({ failProvisioning: ['data-virtualization'] });
      const [group] = await cloud.resourceGroups();
      const made = await cloud.createInstance({
        name: 'dv',
        target: 'us-south',
        resource_group: group?.id ?? '',
        resource_plan_id: DV_PLAN,
      });
      emulator.clock.advance(HOUR / 2);
      await expect(connection.reader().instancesOf(made.resource_id)).resolves.toEqual([
        expect.objectContaining({ crn: made.crn, state: 'failed' }),
      ]);
      await expect(cloud.attachTags(`${made.crn.slice(0, -1)}`, ['a'])).rejects.toThrow(CloudRefused);
    });
  });
});

const INSTANCES = '/v2/resource_instances';

test('every list is complete, however small its pages are', async () => {
  await withEmulated(async ({ cloud, inPagesOf }) => {
    const vaults = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) vaults.push(await createVault(cloud, name));
    const [vault] = vaults;
    if (vault === undefined) throw new Error('no vault');
    for (const name of ['k1', 'k2', 'k3', 'k4', 'k5']) await cloud.createKey(vault.crn, root(name, name), undefined);
    for (const ring of ['r1', 'r2', 'r3']) await cloud.createRing(vault.crn, ring);
    for (const target of vaults) await cloud.createAuthorization(await authorization(cloud, target));
    await cloud.attachTags(vault.crn, ['t1', 't2', 't3', 't4', 't5']);
    const reader = inPagesOf(2);
    expect((await reader.keys(vault.crn)).map(({ name }) => name).sort()).toEqual(['k1', 'k2', 'k3', 'k4', 'k5']);
    expect((await reader.keyRings(vault.crn)).map(({ id }) => id).sort()).toEqual(['default', 'r1', 'r2', 'r3']);
    const instances = await reader.instancesOf(vault.resource_id);
    expect(instances.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    await expect(reader.authorizations()).resolves.toHaveLength(5);
    await expect(reader.taggedInstances()).resolves.toHaveLength(5);
    await expect(reader.tagsOf(vault.crn)).resolves.toHaveLength(5);
    const plans = await cloud.catalogPlans('data-virtualization');
    await expect(inPagesOf(1).catalogPlans('data-virtualization')).resolves.toEqual(plans);
    await expect(inPagesOf(1).catalogService('kms')).resolves.toMatchObject({ name: 'kms' });
  });
});

test('names asked for together are one list, or one list a name, whichever is fewer requests', async () => {
  await withEmulated(async ({ emulator, cloud, inPagesOf }) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await createVault(cloud, name);
    const lists = () =>
      emulator.requests().filter(({ method, path }) => `${method} ${path}` === `GET ${INSTANCES}`).length;
    const asking = async (reader: Reader, ...names: readonly string[]) => {
      const before = lists();
      const found = await Promise.all(names.map((name) => reader.standingNamed(name)));
      return [found.map((some) => some.map(({ name }) => name).join()), lists() - before];
    };
    const reader = inPagesOf(2);
    await expect(asking(reader, 'a')).resolves.toEqual([['a'], 1]);
    // Three pages.
    await expect(asking(reader, 'a', 'b', 'c', 'x')).resolves.toEqual([['a', 'b', 'c', ''], 3]);
    await expect(asking(reader, 'a', 'b', 'x')).resolves.toEqual([['a', 'b', ''], 3]);
    // How many they are is not known yet: one page too many is read, and each name asked for.
    await expect(asking(inPagesOf(1), 'a', 'b', 'x')).resolves.toEqual([['a', 'b', ''], 4 + 3]);
  });
});
