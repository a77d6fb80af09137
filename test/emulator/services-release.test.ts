import { describe, expect, test } from '@jest/globals';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, authorize, encrypted, registrationsOf, scene, text } from '../helpers/platform.ts';

const day = 24 * 60 * 60 * 1000;

/** Deletes a deployment and ends its reclamation. */
async function removeNow(api: Api, crn: string): Promise<void> {
  await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`);
  expect((await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`)).status).toBe(204);
  const id = text((await api('GET', '/v1/reclamations')).body, 'resources', 0, 'id');
  await api('POST', `/v1/reclamations/${id}/actions/reclaim`);
}

describe('a deleted deployment', () => {
  test('stays registered through reclamation and until its window is over, then unregisters', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ registrationLingerMs: 9 * day });
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const crn = text((await encrypted(api, key.crn)).body, 'crn');
      await removeNow(api, crn);
      expect(await registrationsOf(api, vault, key.id)).toHaveLength(1);
      emulator.clock.advance(9 * day - 60_000);
      expect(await registrationsOf(api, vault, key.id)).toHaveLength(1);
      emulator.clock.advance(60_000);
      expect(await registrationsOf(api, vault, key.id)).toEqual([]);
    });
  });

  test('stays registered while no authorization stands, and unregisters when one appears again', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ registrationLingerMs: 9 * day });
      const { vault, key } = await scene(api);
      const id = await authorize(api, { instance: vault });
      await removeNow(api, text((await encrypted(api, key.crn)).body, 'crn'));
      await api('DELETE', `/v2/policies/${id}`);
      emulator.clock.advance(30 * day);
      expect(await registrationsOf(api, vault, key.id)).toHaveLength(1);
      await authorize(api, { instance: vault });
      expect(await registrationsOf(api, vault, key.id)).toEqual([]);
    });
  });

  test('whose window is over before its reclamation unregisters when it is removed', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ registrationLingerMs: 1.5 * day });
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const crn = text((await encrypted(api, key.crn)).body, 'crn');
      await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      emulator.clock.advance(2 * day);
      expect(await registrationsOf(api, vault, key.id)).toHaveLength(1);
      emulator.clock.advance(day);
      expect(await registrationsOf(api, vault, key.id)).toEqual([]);
    });
  });

  test('that is restored keeps its registration, whatever was due', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ registrationLingerMs: 9 * day });
      const { vault, key } = await scene(api);
      await authorize(api, { instance: vault });
      const crn = text((await encrypted(api, key.crn)).body, 'crn');
      await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      const id = text((await api('GET', '/v1/reclamations')).body, 'resources', 0, 'id');
      await api('POST', `/v1/reclamations/${id}/actions/restore`);
      emulator.clock.advance(20 * day);
      expect(at((await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`)).body, 'state')).toBe('active');
      expect(await registrationsOf(api, vault, key.id)).toHaveLength(1);
    });
  });
});
