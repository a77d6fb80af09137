import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { keyRow, oneKey, run, stateOf } from '../helpers/key-life.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { at, list } from '../helpers/platform.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Aliases of a key but the mark. */
function aliasesOf(keystead: Keystead, name = 'root'): readonly unknown[] {
  return list(keyRow(keystead, name), 'aliases').filter((alias) => !String(alias).startsWith('keystead_'));
}

describe('what is fixed at creation is blocked, with what can be done instead', () => {
  test.each([
    ['the type', 'type: standard'],
    ['the description', 'description: Another one'],
    ['the expiration', 'expires: 2040-01-01T00:00:00Z'],
    ['the material of a generated key', 'material: { env: ROOT_KEY }'],
  ])('%s', async (_what, declared) => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey('description: The first one, expires: 2035-01-01T00:00:00Z'));
      expect(await run(keystead, oneKey(declared))).toEqual({ exit: 5, changes: ['key.root update CANNOT_CHANGE'] });
      const [change] = (await keystead.plan()).plan.changes;
      if (change?.status.is !== 'blocked') throw new Error('it is not blocked');
      expect(change.status.message).toContain('Put the live value back into the manifest, or declare a new name');
      expect(at(keyRow(keystead), 'description')).toBe('The first one');
    });
  });

  test('a rotation policy of an imported key, also where its material is not declared', async () => {
    await withKeystead(async (keystead) => {
      keystead.secrets['ROOT_KEY'] = randomBytes(32).toString('base64');
      await run(keystead, oneKey('material: { env: ROOT_KEY }'));
      const rotating = oneKey('rotation: { intervalMonths: 3 }');
      expect(await run(keystead, rotating)).toEqual({ exit: 5, changes: ['key.root update CANNOT_CHANGE'] });
    });
  });

  test('a key whose expiration has passed is not made', async () => {
    await withKeystead(async (keystead) => {
      const { exit, changes } = await run(keystead, oneKey('expires: 2020-01-01T00:00:00Z'));
      expect([exit, changes[1]]).toEqual([5, 'key.root create KEY_EXPIRED']);
      expect(keyRow(keystead)).toBeUndefined();
    });
  });
});

describe('what a create sets', () => {
  test('a description, an expiration, dual authorization and suspension, in one run', async () => {
    await withKeystead(async (keystead) => {
      const declared = 'description: Root of it, expires: 2035-01-01T00:00:00Z, dualAuthDelete: true, enabled: false';
      expect((await run(keystead, oneKey(declared))).exit).toBe(0);
      expect(keyRow(keystead)).toMatchObject({
        description: 'Root of it',
        expirationDate: '2035-01-01T00:00:00Z',
        dualAuthDelete: { value: { enabled: true } },
        state: 2,
      });
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });
});

describe('a rotation policy', () => {
  test('is changed, paused with its interval kept, and resumed', async () => {
    await withKeystead(async (keystead) => {
      const policy = () => at(keyRow(keystead), 'rotation', 'value');
      await run(keystead, oneKey('rotation: { intervalMonths: 3 }'));
      await run(keystead, oneKey('rotation: { intervalMonths: 6 }'));
      expect(policy()).toEqual({ enabled: true, interval_month: 6 });
      await run(keystead, oneKey('rotation: { enabled: false }'));
      expect(policy()).toEqual({ enabled: false, interval_month: 6 });
      expect((await keystead.plan()).plan.changes).toEqual([]);
      await run(keystead, oneKey('rotation: { intervalMonths: 6 }'));
      expect(policy()).toEqual({ enabled: true, interval_month: 6 });
    });
  });
});

describe('an alias that was removed a moment ago', () => {
  const settings = { settings: { aliasReuseMs: 5 * MINUTE_MS } };

  test('is waited for until it is free, and the user is told', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey('aliases: [one, two]'));
      await run(keystead, oneKey('aliases: [one]'));
      expect(aliasesOf(keystead)).toEqual(['one']);
      const back = oneKey('aliases: [one, two]');
      expect(await run(keystead, back)).toEqual({ exit: 0, changes: ['key.root update ready'] });
      expect(aliasesOf(keystead)).toEqual(['one', 'two']);
      expect(keystead.events).toContainEqual({
        type: 'waiting',
        address: 'key.root',
        verb: 'update',
        reason: 'the alias "two" to be free again',
      });
    }, settings);
  });

  test('goes to another key, made in the same moment', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey('aliases: [shared]'));
      await run(keystead, oneKey('aliases: []'));
      const both = `${oneKey('')}  second: { instance: vault, aliases: [shared] }\n`;
      expect((await run(keystead, both)).exit).toBe(0);
      expect(aliasesOf(keystead, 'second')).toEqual(['shared']);
    }, settings);
  });

  test('moves from one key to another in one run', async () => {
    await withKeystead(async (keystead) => {
      const two = (root: string, other: string): string =>
        `${oneKey(`aliases: [${root}]`)}  second: { instance: vault, aliases: [${other}] }\n`;
      await run(keystead, two('dv', 'lake'));
      // Each of them waits for the other to let go first.
      expect((await run(keystead, two('lake', 'dv'))).exit).toBe(0);
      expect([aliasesOf(keystead), aliasesOf(keystead, 'second')]).toEqual([['lake'], ['dv']]);
    }, settings);
  });

  test('and is refused for longer than that is told, and nothing else happens', async () => {
    await withKeystead(
      async (keystead) => {
        await run(keystead, oneKey('aliases: [shared]'));
        await run(keystead, oneKey('aliases: []'));
        await keystead.write(oneKey('aliases: [shared]'));
        const [outcome] = (await keystead.apply()).outcomes;
        expect(outcome).toMatchObject({ is: 'failed', error: { code: 'STILL_REFUSED' } });
      },
      { settings: { aliasReuseMs: HOUR_MS } },
    );
  });
});

describe('an answer that is lost', () => {
  const since = 'rotatedSince: 2026-12-01T12:30:00Z';
  test.each<[string, string, string, string, number, number]>([
    ['a rotation', '', since, 'rotate', 1, 2],
    ['disabling', '', 'enabled: false', 'disable', 2, 1],
    ['enabling', 'enabled: false', 'enabled: true', 'enable', 1, 1],
  ])('to %s is judged by looking: it happened once', async (_what, before, declared, action, state, versions) => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(keystead, oneKey(before));
      keystead.emulator.clock.advance(HOUR_MS);
      keystead.emulator.faults.add({ match: { method: 'POST', path: `/actions/${action}$` }, drop: 'after' });
      expect((await run(keystead, oneKey(declared))).exit).toBe(0);
      expect([stateOf(keystead), list(keyRow(keystead), 'versions').length]).toEqual([state, versions]);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('to the first authorization of a deletion, too', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey('dualAuthDelete: true'));
      keystead.emulator.faults.add({ match: { method: 'POST', path: 'setKeyForDeletion$' }, drop: 'after' });
      expect((await run(keystead, oneKey('dualAuthDelete: true, state: absent'))).exit).toBe(6);
      const asked = keystead.emulator.requests().filter(({ path }) => path.endsWith('setKeyForDeletion'));
      expect(asked).toHaveLength(1);
    });
  });
});

test('a login without the role KeyPurge is told that Manager does not imply it', async () => {
  await withKeystead(async (keystead) => {
    keystead.emulator.identities.add({ name: 'manager', apiKey: 'a-manager', access: [{ roles: ['Manager'] }] });
    await run(keystead, oneKey(''));
    await run(keystead, oneKey('state: absent'));
    keystead.emulator.clock.advance(5 * HOUR_MS);
    const [outcome] = (await keystead.apply({ allow: ['purge:key.root'], apiKey: 'a-manager' })).outcomes;
    if (outcome?.is !== 'failed') throw new Error('it was not refused');
    expect(outcome.error.message).toContain('KeyPurge');
    expect(stateOf(keystead)).toBe(5);
  });
});
