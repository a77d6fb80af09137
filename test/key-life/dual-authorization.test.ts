import { describe, expect, test } from '@jest/globals';
import { expectGolden } from '../helpers/golden.ts';
import { keyRow, oneKey, run, stateOf } from '../helpers/key-life.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { at } from '../helpers/platform.ts';

const DAY_MS = 86_400_000;
const KEPT = oneKey('dualAuthDelete: true');
const GONE = oneKey('dualAuthDelete: true, state: absent');

/** A dual authorization key, and a second identity that may manage it. */
async function withDualKey(test: (keystead: Keystead) => Promise<void>, kept = KEPT): Promise<void> {
  await withKeystead(async (keystead) => {
    keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
    keystead.emulator.identities.add({
      name: 'second',
      apiKey: 'the-second-identity',
      access: [{ roles: ['Manager'] }],
    });
    await run(keystead, kept);
    await test(keystead);
  });
}

/** Seven days after the first word. */
const EIGHTH: unknown = expect.stringMatching(/^2026-12-08T12:00:\d\dZ$/);
const second = { apiKey: 'the-second-identity' };

/** Deletions of the key that were tried. */
function tries({ emulator }: Keystead): number {
  return emulator.requests().filter(({ method, path }) => method === 'DELETE' && path.startsWith('/api/v2/keys/'))
    .length;
}

const wordOf = (keystead: Keystead): unknown => at(keyRow(keystead), 'setForDeletion', 'until');

describe('dual authorization', () => {
  test('takes two runs by two identities; the first one again defers, and does not retry', async () => {
    await withDualKey(async (keystead) => {
      await keystead.write(GONE);
      expectGolden('dual-authorization-1-first', normal(await keystead.planText()));
      expect(await run(keystead, GONE)).toEqual({
        exit: 6,
        changes: ['key.root update ready', 'key.root delete approval'],
      });
      expect([stateOf(keystead), wordOf(keystead), tries(keystead)]).toEqual([1, EIGHTH, 0]);

      expectGolden('dual-authorization-2-again', normal(await keystead.planText()));
      expect(await run(keystead, GONE)).toEqual({ exit: 6, changes: ['key.root delete ready'] });
      expect([stateOf(keystead), tries(keystead)]).toEqual([1, 1]);
      const { outcomes } = await keystead.apply();
      expect(outcomes).toMatchObject([
        { verb: 'delete', is: 'waiting', until: [{ when: 'approval', expires: EIGHTH }] },
      ]);

      expect((await run(keystead, GONE, [], second)).exit).toBe(0);
      expect(stateOf(keystead)).toBe(5);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('that has expired is renewed by consent alone', async () => {
    await withDualKey(async (keystead) => {
      await run(keystead, GONE);
      keystead.emulator.clock.advance(8 * DAY_MS);
      const changes = ['key.root update CONSENT_NEEDED', 'key.root delete approval'];
      for (const identity of [{}, second]) {
        expect(await run(keystead, GONE, [], identity)).toEqual({ exit: 5, changes });
        expect([stateOf(keystead), wordOf(keystead), tries(keystead)]).toEqual([1, EIGHTH, 0]);
      }
      expectGolden('dual-authorization-3-expired', normal(await keystead.planText()));
      const renewed = await run(keystead, GONE, ['renew-deletion:key.root'], second);
      expect(renewed.exit).toBe(6);
      expect(wordOf(keystead)).toMatch(/^2026-12-16T12:00/);
      expect((await run(keystead, GONE)).exit).toBe(0);
      expect(stateOf(keystead)).toBe(5);
    });
  });

  test('is cancelled where the key is declared present', async () => {
    await withDualKey(async (keystead) => {
      await run(keystead, GONE);
      await keystead.write(KEPT);
      expectGolden('dual-authorization-4-cancel', normal(await keystead.planText()));
      expect(await run(keystead, KEPT)).toEqual({ exit: 0, changes: ['key.root update ready'] });
      expect(wordOf(keystead)).toBeUndefined();
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('of a disabled key cannot begin, and the plan says how it can', async () => {
    await withDualKey(async (keystead) => {
      await run(keystead, oneKey('dualAuthDelete: true, enabled: false'));
      expect(await run(keystead, GONE)).toEqual({ exit: 5, changes: ['key.root delete KEY_STATE'] });
      expect(wordOf(keystead)).toBeUndefined();
    });
  });

  test('set outside, by whomever, is enough for this run', async () => {
    await withDualKey(async (keystead) => {
      const [vault = '', , id = ''] = String(at(keyRow(keystead), 'crn'))
        .split(':')
        .slice(7);
      const path = `/api/v2/keys/${id}/actions/setKeyForDeletion`;
      await keystead.api('POST', path, { headers: { 'Bluemix-Instance': vault } });
      expect(await run(keystead, GONE, [], second)).toEqual({ exit: 0, changes: ['key.root delete ready'] });
      expect(stateOf(keystead)).toBe(5);
    });
  });

  test('is set on a key that exists, said to be for good, and refused to be turned off', async () => {
    await withDualKey(async (keystead) => {
      await keystead.write(KEPT);
      const { plan } = await keystead.plan();
      expect(plan.changes).toMatchObject([{ verb: 'update', irreversible: true }]);
      expectGolden('dual-authorization-5-turned-on', normal(await keystead.planText()));
      expect((await run(keystead, KEPT)).exit).toBe(0);
      expect(at(keyRow(keystead), 'dualAuthDelete', 'value', 'enabled')).toBe(true);
      const off = await run(keystead, oneKey('dualAuthDelete: false'));
      expect(off).toEqual({ exit: 5, changes: ['key.root update CANNOT_CHANGE'] });
    }, oneKey(''));
  });

  test('of a key in use begins when its uses are gone, and not before', async () => {
    const dual = lakehouse.replace('    rotation:', '    dualAuthDelete: true\n    rotation:');
    const absent = dual
      .replace('    dualAuthDelete', '    state: absent\n    dualAuthDelete')
      .replace('    service: data', '    state: absent\n    service: data');
    await withKeystead(
      async (keystead) => {
        keystead.emulator.identities.add({ name: 'second', apiKey: second.apiKey, access: [{ roles: ['Manager'] }] });
        await run(keystead, dual);
        const word = () => at(keyRow(keystead, 'dv-root'), 'setForDeletion');
        const early = await run(keystead, absent);
        expect(early).toEqual({ exit: 6, changes: ['deployment.lakehouse delete ready', 'key.dv-root delete unused'] });
        expect(word()).toBeUndefined();
        keystead.emulator.clock.advance(10 * DAY_MS);
        const free = await run(keystead, absent);
        expect(free).toEqual({ exit: 6, changes: ['key.dv-root update ready', 'key.dv-root delete approval'] });
        expect(word()).toBeDefined();
        expect((await run(keystead, absent, [], second)).exit).toBe(0);
        expect(at(keyRow(keystead, 'dv-root'), 'state')).toBe(5);
      },
      { settings: { registrationLingerMs: 9 * DAY_MS } },
    );
  });

  test('holds for cryptoshredding too: consents, and two identities', async () => {
    const dual = lakehouse.replace('    rotation:', '    dualAuthDelete: true\n    rotation:');
    const shred = dual.replace('    dualAuthDelete', '    state: absent\n    cryptoshred: true\n    dualAuthDelete');
    const allow = ['cryptoshred:key.dv-root'];
    await withKeystead(async (keystead) => {
      keystead.emulator.identities.add({ name: 'second', apiKey: second.apiKey, access: [{ roles: ['Manager'] }] });
      await run(keystead, dual);
      const refused = await run(keystead, shred);
      expect(refused).toEqual({ exit: 5, changes: ['key.dv-root cryptoshred CONSENT_NEEDED'] });
      const first = await run(keystead, shred, allow);
      expect(first).toEqual({ exit: 6, changes: ['key.dv-root update ready', 'key.dv-root cryptoshred approval'] });
      expect(await run(keystead, shred, allow)).toEqual({ exit: 6, changes: ['key.dv-root cryptoshred ready'] });
      expect(at(keyRow(keystead, 'dv-root'), 'state')).toBe(1);
      expect((await run(keystead, shred, allow, second)).exit).toBe(0);
      expect(at(keyRow(keystead, 'dv-root'), 'state')).toBe(5);
    });
  });
});
