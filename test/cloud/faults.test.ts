import { describe, expect, test } from '@jest/globals';
import { CloudUnavailable, LostAnswer } from '../../src/model/errors.ts';
import { createVault, misbehave, root, withEmulated } from './emulated.ts';

const HOUR = 3_600_000;

describe('faults', () => {
  test('a create that was dropped before or after it was done is a lost answer, and one object at most', async () => {
    await withEmulated(async ({ emulator, cloud, connection }) => {
      const vault = await createVault(cloud);
      for (const [drop, alias, found] of [
        ['before', 'first', 0],
        ['after', 'second', 1],
      ] as const) {
        misbehave(emulator, { method: 'POST', path: '/keys$' }, { drop });
        await expect(cloud.createKey(vault.crn, root('dv-root', alias), undefined)).rejects.toThrow(LostAnswer);
        emulator.faults.clear();
        const keys = await connection.reader().keys(vault.crn);
        expect(keys.filter(({ aliases }) => aliases?.includes(alias))).toHaveLength(found);
      }
      misbehave(emulator, { method: 'POST', path: '/resource_instances$' }, { drop: 'after' });
      await expect(createVault(cloud, 'second')).rejects.toThrow(LostAnswer);
      await expect(cloud.instancesNamed('second')).resolves.toHaveLength(1);
    });
  });

  test('what may be repeated is repeated: reads, tags, aliases, rotation, deletes', async () => {
    await withEmulated(async ({ emulator, cloud, waits }) => {
      const vault = await createVault(cloud);
      const key = await cloud.createKey(vault.crn, root('dv-root', 'mark'), undefined);
      const lost = (method: string, path: string) => misbehave(emulator, { method, path }, { drop: 'after' });
      lost('GET', '/metadata$');
      await expect(cloud.key(vault.crn, key.id)).resolves.toMatchObject({ id: key.id });
      lost('POST', '/aliases/');
      await cloud.addAlias(vault.crn, key.id, 'extra');
      lost('DELETE', '/aliases/');
      await cloud.removeAlias(vault.crn, key.id, 'extra');
      lost('PUT', '/policies$');
      await cloud.setRotationPolicy(vault.crn, key.id, { enabled: true, interval_month: 2 });
      lost('POST', '/v3/tags/attach');
      await cloud.attachTags(vault.crn, ['keystead:s.vault']);
      lost('POST', '/v3/resources/search');
      expect((await cloud.taggedInstances()).map(({ crn }) => crn)).toEqual([vault.crn]);
      const spare = await createVault(cloud, 'spare');
      lost('DELETE', '/resource_instances/');
      await cloud.deleteInstance(spare.crn);
      expect(waits).toEqual(Array(7).fill(500));
      await expect(cloud.key(vault.crn, key.id)).resolves.toMatchObject({ aliases: ['mark'] });
      await expect(cloud.tagsOf(vault.crn)).resolves.toEqual(['keystead:s.vault']);
      await expect(cloud.instance(spare.guid)).resolves.toMatchObject({ state: 'pending_reclamation' });
    });
  });

  test('half an answer is as good as none', async () => {
    await withEmulated(async ({ emulator, cloud }) => {
      const vault = await createVault(cloud);
      misbehave(emulator, { method: 'GET', path: '/key_rings' }, { truncate: true });
      await expect(cloud.keyRings(vault.crn)).resolves.toHaveLength(1);
      misbehave(emulator, { method: 'POST', path: '/keys$' }, { truncate: true });
      await expect(cloud.createKey(vault.crn, root('dv-root', 'mark'), undefined)).rejects.toThrow(LostAnswer);
      await expect(cloud.key(vault.crn, 'mark')).resolves.toMatchObject({ name: 'dv-root' });
    });
  });

  test('429 with Retry-After is waited for, by a login too; without an end it is unavailable', async () => {
    await withEmulated(async ({ emulator, cloud, waits }) => {
      const busy = { status: 429, retryAfterSeconds: 11 };
      misbehave(emulator, { path: '/identity/token' }, busy);
      misbehave(emulator, { method: 'POST', path: '/resource_instances$' }, busy);
      await expect(createVault(cloud)).resolves.toMatchObject({ state: 'active' });
      expect(waits).toEqual([11_000, 11_000]);
      await expect(cloud.instancesNamed('vault')).resolves.toHaveLength(1);
      misbehave(emulator, { path: '/v1/reclamations', times: 99 }, { status: 503 });
      await expect(cloud.reclamations()).rejects.toThrow(CloudUnavailable);
    });
  });

  test('a token that ends in the middle of a run is renewed', async () => {
    await withEmulated(async ({ emulator, cloud, connection }) => {
      const vault = await createVault(cloud);
      emulator.clock.advance(2 * HOUR);
      await expect(cloud.createKey(vault.crn, root('dv-root', 'mark'), undefined)).resolves.toMatchObject({ state: 1 });
      await Promise.all([cloud.keys(vault.crn), cloud.keyRings(vault.crn), cloud.authorizations()]);
      expect(emulator.requests().filter(({ path }) => path === '/identity/token')).toHaveLength(2);
      expect(Math.abs(connection.now().getTime() - emulator.clock.now().getTime())).toBeLessThan(HOUR);
    });
  });
});
