import { describe, expect, test } from '@jest/globals';
import { CloudRefused } from '../../src/model/errors.ts';
import { keyRow, oneKey, run, stateOf } from '../helpers/key-life.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { at, text } from '../helpers/platform.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type State = 'active' | 'suspended' | 'deactivated' | 'destroyed';
const EXPIRES = '2027-01-01T00:00:00Z';
const NUMBERS: Readonly<Record<State, number>> = { active: 1, suspended: 2, deactivated: 3, destroyed: 5 };

/** Brings a new key into a state, by manifests where a manifest can. */
async function into(state: State, keystead: Keystead): Promise<string> {
  keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
  const fields = state === 'deactivated' ? `expires: ${EXPIRES}` : '';
  await run(keystead, oneKey(fields));
  if (state === 'suspended') await run(keystead, oneKey('enabled: false'));
  if (state === 'deactivated') keystead.emulator.clock.set(new Date('2027-01-01T02:00:00Z'));
  if (state === 'destroyed') await run(keystead, oneKey('state: absent'));
  // Also past what a rotation is asked since, however long the making took.
  keystead.emulator.clock.advance(181 * SECOND_MS);
  expect(stateOf(keystead)).toBe(NUMBERS[state]);
  return fields === '' ? '' : `${fields}, `;
}

const SINCE = 'rotatedSince: 2026-12-01T12:02:00Z';

describe('every transition of a key', () => {
  test.each<[State, string, readonly string[], readonly string[], number, number]>([
    // from, what is declared, consents, what the plan says, exit, state afterwards
    ['active', 'enabled: true', [], [], 0, 1],
    ['active', 'enabled: false', [], ['disable ready'], 0, 2],
    ['active', SINCE, [], ['rotate ready'], 0, 1],
    ['active', `enabled: false, ${SINCE}`, [], ['rotate ready', 'disable ready'], 0, 2],
    ['active', 'state: absent', [], ['delete ready'], 0, 5],
    ['active', 'state: absent', ['purge:key.root'], ['delete ready'], 0, 5],
    ['active', 'whenDeleted: restore', [], [], 0, 1],
    ['suspended', 'enabled: true', [], ['enable ready'], 0, 1],
    ['suspended', 'enabled: false', [], [], 0, 2],
    ['suspended', '', [], [], 0, 2],
    ['suspended', SINCE, [], ['rotate KEY_STATE'], 5, 2],
    ['suspended', `enabled: true, ${SINCE}`, [], ['enable ready', 'rotate ready'], 0, 1],
    ['suspended', 'state: absent', [], ['delete ready'], 0, 5],
    ['deactivated', '', [], [], 0, 3],
    ['deactivated', 'enabled: true', [], ['enable KEY_EXPIRED'], 5, 3],
    ['deactivated', 'enabled: false', [], ['disable KEY_EXPIRED'], 5, 3],
    ['deactivated', SINCE, [], ['rotate ready'], 0, 3],
    ['deactivated', 'state: absent', [], ['delete ready'], 0, 5],
    ['destroyed', '', [], ['restore DESTROYED'], 5, 5],
    ['destroyed', 'enabled: true', [], ['restore DESTROYED'], 5, 5],
    ['destroyed', SINCE, [], ['restore DESTROYED'], 5, 5],
    ['destroyed', 'whenDeleted: restore', [], ['restore ready'], 0, 1],
    ['destroyed', '', ['restore:key.root'], ['restore ready'], 0, 1],
    ['destroyed', 'state: absent', [], [], 0, 5],
    ['destroyed', 'state: absent', ['purge:key.root'], ['purge time'], 6, 5],
  ])('%s, declared { %s } %j: %j', async (from, declared, allow, says, exit, state) => {
    await withKeystead(async (keystead) => {
      const fields = await into(from, keystead);
      const ended = await run(keystead, oneKey(`${fields}${declared}`.replace(/, $/, '')), allow);
      expect(ended).toEqual({ exit, changes: says.map((said) => `key.root ${said}`) });
      expect(stateOf(keystead)).toBe(state);
      const isSettled = exit === 0;
      if (isSettled) expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('a destroyed key is purged four hours after its deletion, by consent alone, and then it is nowhere', async () => {
    await withKeystead(async (keystead) => {
      await into('destroyed', keystead);
      keystead.emulator.clock.advance(4 * HOUR_MS);
      expect(await run(keystead, oneKey('state: absent'))).toEqual({ exit: 0, changes: [] });
      const { plan } = await keystead.plan({ allow: ['purge:key.root'] });
      expect(plan.changes).toMatchObject([{ verb: 'purge', irreversible: true, status: { is: 'ready' } }]);
      expect((await run(keystead, oneKey('state: absent'), ['purge:key.root'])).exit).toBe(0);
      expect(keyRow(keystead)).toBeUndefined();
      expect((await keystead.plan({ allow: ['purge:key.root'] })).plan.changes).toEqual([]);
    });
  });

  test('a key that is past restoring can be purged and cannot come back', async () => {
    await withKeystead(async (keystead) => {
      await into('destroyed', keystead);
      keystead.emulator.clock.advance(31 * DAY_MS);
      const back = await run(keystead, oneKey('whenDeleted: restore'));
      expect(back).toEqual({ exit: 5, changes: ['key.root create DATA_GONE'] });
      expect((await run(keystead, oneKey('state: absent'), ['purge:key.root'])).exit).toBe(0);
      expect(keyRow(keystead)).toBeUndefined();
    });
  });

  test('an expired key that was destroyed cannot be restored, which the plan says', async () => {
    await withKeystead(async (keystead) => {
      const fields = await into('deactivated', keystead);
      await run(keystead, oneKey(`${fields}state: absent`));
      keystead.emulator.clock.advance(HOUR_MS);
      const back = await run(keystead, oneKey(`${fields}whenDeleted: restore`));
      expect(back).toEqual({ exit: 5, changes: ['key.root create DATA_GONE'] });
    });
  });
});

describe('a clock of Key Protect', () => {
  test('thirty seconds before a disabled key is enabled: the run waits them out', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey(''));
      await run(keystead, oneKey('enabled: false'));
      const { exit, changes } = await run(keystead, oneKey('enabled: true'));
      expect([exit, changes]).toEqual([0, ['key.root enable time']]);
      expect(stateOf(keystead)).toBe(1);
    });
  });

  test('one hour between rotations: deferred, not failed, and done afterwards', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(keystead, oneKey(''));
      keystead.emulator.clock.set(new Date('2026-12-01T12:10:00Z'));
      await run(keystead, oneKey('rotatedSince: 2026-12-01T12:05:00Z'));
      keystead.emulator.clock.set(new Date('2026-12-01T12:30:00Z'));
      const again = oneKey('rotatedSince: 2026-12-01T12:25:00Z');
      expect(await run(keystead, again)).toEqual({ exit: 6, changes: ['key.root rotate time'] });
      const { plan } = await keystead.plan();
      expect(plan.changes[0]?.status).toEqual({
        is: 'deferred',
        until: [{ when: 'time', from: '2026-12-01T13:10:01.000Z' }],
      });
      keystead.emulator.clock.set(new Date('2026-12-01T13:11:00Z'));
      expect(await run(keystead, again)).toEqual({ exit: 0, changes: ['key.root rotate ready'] });
      expect(at(keyRow(keystead), 'versions', 2)).toBeDefined();
    });
  });

  test('a date in the future rotates nothing until it has come', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      const manifest = oneKey('rotatedSince: 2026-12-03T00:00:00Z');
      await run(keystead, manifest);
      expect(await run(keystead, manifest)).toEqual({ exit: 6, changes: ['key.root rotate time'] });
      expect(at(keyRow(keystead), 'versions', 1)).toBeUndefined();
    });
  });
});

describe('rotation', () => {
  test('leaves what was encrypted before readable', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(keystead, oneKey(''));
      const crn = text(keyRow(keystead), 'crn').split(':');
      const path = `/api/v2/keys/${crn[9]}/actions`;
      const headers = { 'Bluemix-Instance': crn[7] ?? '' };
      const plaintext = Buffer.from('a data encryption key').toString('base64');
      const wrapped = await keystead.api('POST', `${path}/wrap`, { headers, body: { plaintext } });
      keystead.emulator.clock.advance(HOUR_MS);
      await run(keystead, oneKey('rotatedSince: 2026-12-01T12:30:00Z'));
      expect(at(keyRow(keystead), 'versions', 1)).toBeDefined();
      const unwrapped = await keystead.api('POST', `${path}/unwrap`, {
        headers,
        body: { ciphertext: text(wrapped.body, 'ciphertext') },
      });
      expect(at(unwrapped.body, 'plaintext')).toBe(plaintext);
    });
  });
});

describe('a transition that Key Protect itself refuses', () => {
  type Cloud = ReturnType<ReturnType<Keystead['connection']>['cloud']>;
  test.each<[State, string, string, (cloud: Cloud, vault: string, id: string) => Promise<unknown>, string]>([
    [
      'active',
      'enable',
      'KEY_ACTION_INVALID_STATE_ERR',
      (cloud, vault, id) => cloud.enableKey(vault, id),
      'plan again',
    ],
    ['suspended', 'disable', 'KEY_ACTION_INVALID_STATE_ERR', (cloud, vault, id) => cloud.disableKey(vault, id), 'plan'],
    ['suspended', 'rotate', 'KEY_ACTION_INVALID_STATE_ERR', (cloud, vault, id) => cloud.rotateKey(vault, id), 'plan'],
    ['deactivated', 'enable', 'KEY_ACTION_INVALID_STATE_ERR', (cloud, vault, id) => cloud.enableKey(vault, id), 'plan'],
    ['destroyed', 'enable', 'KEY_DELETED_ERR', (cloud, vault, id) => cloud.enableKey(vault, id), 'restore it'],
    ['destroyed', 'rotate', 'KEY_DELETED_ERR', (cloud, vault, id) => cloud.rotateKey(vault, id), 'restore it'],
    ['active', 'restore', 'KEY_ACTION_INVALID_STATE_ERR', (cloud, vault, id) => cloud.restoreKey(vault, id), 'plan'],
    ['active', 'purge', 'KEY_ACTION_INVALID_STATE_ERR', (cloud, vault, id) => cloud.purgeKey(vault, id), 'plan'],
    ['destroyed', 'purge', 'REQ_TOO_EARLY_ERR', (cloud, vault, id) => cloud.purgeKey(vault, id), '4 hours'],
    [
      'active',
      'set for deletion',
      'NOT_DUAL_AUTH_ERR',
      (cloud, vault, id) => cloud.setKeyForDeletion(vault, id),
      'dual',
    ],
  ])('%s: %s is told with %s and a remedy', async (from, _what, code, act, remedy) => {
    await withKeystead(async (keystead) => {
      await into(from, keystead);
      const crn = text(keyRow(keystead), 'crn');
      const refused: unknown = await act(keystead.connection().cloud(), crn, crn.split(':')[9] ?? '').catch(
        (error: unknown) => error,
      );
      if (!(refused instanceof CloudRefused)) throw new Error('it was not refused');
      expect(refused.facts.apiCode).toBe(code);
      expect(refused.message).toContain(code);
      expect(refused.remedy).toContain(remedy);
    });
  });
});
