import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/emulator.ts';
import { at, text } from '../helpers/platform.ts';
import { enveloped, first, idOf, refusal, type Vault, withVault } from '../helpers/vault.ts';

const hour = 3600_000;
const day = 24 * hour;
const invalid = '409 KEY_ACTION_INVALID_STATE_ERR';
const deleted = '410 KEY_DELETED_ERR';

type StateName = 'active' | 'suspended' | 'deactivated' | 'destroyed';

/** A key in that state, and a ciphertext of it; an hour has passed since, so that no clock is in the way. */
async function keyIn(state: StateName, { emulator, kp, create }: Vault): Promise<{ id: string; ciphertext: string }> {
  const expirationDate = new Date(emulator.clock.now().getTime() + hour / 2).toISOString();
  const id = idOf(await create(state === 'deactivated' ? { expirationDate } : {}));
  const ciphertext = text((await kp('POST', `/keys/${id}/actions/wrap`, { body: {} })).body, 'ciphertext');
  if (state === 'suspended') await kp('POST', `/keys/${id}/actions/disable`);
  if (state === 'destroyed') await kp('DELETE', `/keys/${id}`);
  emulator.clock.advance(hour);
  return { id, ciphertext };
}

/** Status, and the code of a refusal. */
const outcome = (answer: Answer): string => refusal(answer).join(' ').trim();

describe('what a key allows', () => {
  // Source: Key Protect reference, "States": the rows in its order, by state 1, 2, 3 and 5.
  test.each<readonly [string, string, string, string, string]>([
    ['GET ', '200', '200', '200', '200'],
    ['GET /metadata', '200', '200', '200', '200'],
    ['GET /policies', '200', '200', '200', '200'],
    ['GET /registrations', '200', '200', '200', '200'],
    ['POST /actions/wrap', '200', invalid, invalid, deleted],
    ['POST /actions/unwrap', '200', invalid, '200', deleted],
    ['POST /actions/rewrap', '200', invalid, '200', deleted],
    ['POST /actions/rotate', '204', invalid, '204', deleted],
    ['POST /actions/disable', '204', invalid, invalid, deleted],
    ['POST /actions/enable', invalid, '204', invalid, deleted],
    ['POST /actions/setKeyForDeletion', '409 NOT_DUAL_AUTH_ERR', invalid, invalid, deleted],
    ['POST /actions/unsetKeyForDeletion', '409 NOT_DUAL_AUTH_ERR', invalid, invalid, deleted],
    ['DELETE ', '204', '204', '204', deleted],
    ['POST /restore', invalid, invalid, invalid, '201'],
    ['DELETE /purge', invalid, invalid, invalid, '409 REQ_TOO_EARLY_ERR'],
    ['GET /versions', '200', invalid, invalid, invalid],
    ['GET /versions?allKeyStates=true', '200', '200', '200', '200'],
  ])('%s: %s when active, %s suspended, %s deactivated, %s destroyed', async (operation, ...expected) => {
    await withVault(async (vault) => {
      const [method = '', path = ''] = operation.split(' ');
      const states: readonly StateName[] = ['active', 'suspended', 'deactivated', 'destroyed'];
      const outcomes: string[] = [];
      for (const state of states) {
        const { id, ciphertext } = await keyIn(state, vault);
        const body = /wrap$/.test(path) && !path.endsWith('/wrap') ? { ciphertext } : undefined;
        outcomes.push(outcome(await vault.kp(method, `/keys/${id}${path}`, { body })));
      }
      expect(outcomes).toEqual(expected);
    });
  });
});

describe('a key that expired', () => {
  test('stays active until the job has run, which takes expirationLagMs', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      emulator.settings.change({ expirationLagMs: hour });
      const id = idOf(await create({ expirationDate: new Date(Date.now() + hour).toISOString() }));
      const state = async (): Promise<unknown> => at(first(await kp('GET', `/keys/${id}`)), 'state');
      emulator.clock.advance(hour + 60_000);
      expect(await state()).toBe(1);
      emulator.clock.advance(hour);
      expect(await state()).toBe(3);
    });
  });
});

describe('the name of a removed alias', () => {
  test('is free again after aliasReuseMs only', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      emulator.settings.change({ aliasReuseMs: 5 * 60_000 });
      const id = idOf(await create({ aliases: ['mine'] }));
      const other = idOf(await create());
      await kp('DELETE', `/keys/${id}/aliases/mine`);
      const taken = [409, 'KEY_ALIAS_NOT_UNIQUE_ERR'];
      expect(refusal(await kp('POST', `/keys/${other}/aliases/mine`))).toEqual(taken);
      expect(refusal(await create({ aliases: ['mine'] }))).toEqual(taken);
      expect(refusal(await kp('GET', '/keys/mine'))).toEqual([404, 'KEY_NOT_FOUND_ERR']);
      emulator.clock.advance(5 * 60_000);
      expect((await kp('POST', `/keys/${other}/aliases/mine`)).status).toBe(201);
    });
  });
});

describe('a rotation policy', () => {
  const policy = (rotation: object): unknown =>
    enveloped('policy', { type: 'application/vnd.ibm.kms.policy+json', rotation });

  const versions = async ({ kp }: Vault, id: string): Promise<unknown> =>
    at((await kp('GET', `/keys/${id}/versions?allKeyStates=true`)).body, 'metadata', 'collectionTotal');

  test('rotates every so many months of thirty days, counted from the last rotation', async () => {
    await withVault(async (vault) => {
      const { emulator, kp, create } = vault;
      const id = idOf(await create());
      await kp('PUT', `/keys/${id}/policies`, { body: policy({ interval_month: 1 }) });
      emulator.clock.advance(20 * day);
      await kp('POST', `/keys/${id}/actions/rotate`);
      emulator.clock.advance(20 * day);
      expect(await versions(vault, id)).toBe(2);
      emulator.clock.advance(10 * day);
      expect(await versions(vault, id)).toBe(3);
      emulator.clock.advance(60 * day);
      expect(await versions(vault, id)).toBe(5);
      expect(emulator.events().at(-1)).toMatchObject({ action: 'kms.secrets.rotate', initiator: 'kms' });
      await kp('PUT', `/keys/${id}/policies`, { body: policy({ enabled: false }) });
      emulator.clock.advance(90 * day);
      expect(await versions(vault, id)).toBe(5);
    });
  });

  test('leaves a suspended key alone, and is made up for within a day of its return', async () => {
    await withVault(async (vault) => {
      const { emulator, kp, create } = vault;
      const id = idOf(await create());
      await kp('PUT', `/keys/${id}/policies`, { body: policy({ interval_month: 1 }) });
      await kp('POST', `/keys/${id}/actions/disable`);
      emulator.clock.advance(40 * day);
      await kp('POST', `/keys/${id}/actions/enable`);
      expect(await versions(vault, id)).toBe(1);
      emulator.clock.advance(day);
      expect(await versions(vault, id)).toBe(2);
    });
  });

  test('comes alone where the query names one', async () => {
    await withVault(async ({ kp, create }) => {
      const id = idOf(await create());
      const type = 'application/vnd.ibm.kms.policy+json';
      const twice = enveloped('policy', { type, rotation: { interval_month: 1 } }, { type, rotation: {} });
      expect(refusal(await kp('PUT', `/keys/${id}/policies?policy=rotation`, { body: twice }))).toEqual([
        400,
        'NUM_COLLECTION_RESOURCE_ERR',
      ]);
    });
  });
});
