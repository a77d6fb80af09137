import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { explain, kinds } from '../../src/pipeline.ts';
import { driftOf, isDrift, renderDrift } from '../../src/report/drift.ts';
import { renderExplanation } from '../../src/report/explain.ts';
import { consoleOf } from '../helpers/console.ts';
import { keyRow, oneKey, run, stateOf } from '../helpers/key-life.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { at } from '../helpers/platform.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What drift and explain say of a key, beside what differs. */
async function said(keystead: Keystead, address = 'key.root') {
  const { plan } = await keystead.plan();
  const text = renderDrift(plan, { color: false });
  const { wanted } = await keystead.validate();
  if (wanted === undefined) throw new Error('the manifest is invalid');
  const { reader, now } = keystead.connection();
  const page = await explain(wanted, { kinds, reader: reader(), endpoints: 'emulator', now, consents: [] }, address);
  for (const { text: posture } of plan.posture) expect(page.posture).toContain(posture);
  const explained = renderExplanation(page, { color: false });
  expect(explained.includes('To be looked at')).toBe(plan.posture.length > 0);
  return { posture: plan.posture.map((one) => one.text), text, drift: isDrift(driftOf(plan)), page: explained };
}

describe('the rotation posture of a key', () => {
  test('tells a rotation that is overdue, and is no drift', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(keystead, oneKey(''));
      expect(await said(keystead)).toMatchObject({ posture: [], drift: false });
      // A policy that is set late finds its first rotation overdue.
      keystead.emulator.clock.advance(40 * DAY_MS);
      await run(keystead, oneKey('rotation: { intervalMonths: 1 }'));
      const { posture, text, drift } = await said(keystead);
      expect(posture).toEqual([
        expect.stringMatching(/^its rotation is overdue since 2026-12-31T12:00.*never rotated; `rotatedSince` rotates/),
      ]);
      expect(drift).toBe(false);
      expect(text).toContain('To be looked at, no drift');
    });
  });

  test('tells an expiration within thirty days', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(keystead, oneKey('expires: 2027-03-01T00:00:00Z'));
      expect((await said(keystead)).posture).toEqual([]);
      keystead.emulator.clock.set(new Date('2027-02-10T00:00:00Z'));
      const { posture, drift } = await said(keystead);
      expect(posture).toEqual([expect.stringContaining('it expires on 2027-03-01T00:00:00Z')]);
      expect(drift).toBe(false);
    });
  });

  test('tells a disabled key and who is cut off by it, disabled on purpose or not', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await consoleOf(keystead.emulator, keystead.api).disableKey('dv-root');
      const outside = await said(keystead, 'key.dv-root');
      expect(outside.posture).toEqual([expect.stringContaining('it is disabled, and "lakehouse" cannot read')]);
      expect(outside.drift).toBe(true);

      await keystead.write(lakehouse.replace('    rotation:', '    enabled: false\n    rotation:'));
      const purpose = await said(keystead, 'key.dv-root');
      expect(purpose.posture).toEqual(outside.posture);
      expect(purpose.drift).toBe(false);
    });
  });
});

describe('what is explained of a key', () => {
  const IMPORT = 'material: { env: ROOT_KEY }';
  const pageOf = async (keystead: Keystead): Promise<string> => (await said(keystead)).page;

  test('says whose material it is and when it was rotated, not what is wanted of that', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      keystead.secrets['ROOT_KEY'] = randomBytes(32).toString('base64');
      await run(keystead, oneKey(IMPORT));
      expect(await pageOf(keystead)).toMatch(/its material was imported\n {2}never rotated\n/);
      keystead.emulator.clock.set(new Date('2026-12-02T12:00:00Z'));
      await run(keystead, oneKey(`${IMPORT}, rotatedSince: 2026-12-02T00:00:00Z`));
      const page = await pageOf(keystead);
      expect(page).toContain('last rotated: 2026-12-02T12:00:');
      expect(page).not.toContain('rotatedSince');
    });
  });

  test('says that a deletion takes two identities', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey('dualAuthDelete: true'));
      expect(await pageOf(keystead)).toContain('delete, deferred: until a second identity deletes it');
    });
  });
});

describe('the tombstone of a destroyed key', () => {
  test('says until when it can be restored, and what erases it, which then works', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(keystead, oneKey(''));
      await run(keystead, oneKey('state: absent'));
      expect(await keystead.planText()).toMatch(
        /key\.root is done: .* \(it can be restored until 2026-12-31T12:00:..Z; `--allow purge:key\.root` erases it for good\)/,
      );
      keystead.emulator.clock.advance(5 * HOUR_MS);
      expect(await run(keystead, oneKey('state: absent'), ['purge:key.root'])).toMatchObject({ exit: 0 });
      expect(await keystead.planText()).toContain('key.root is done: its block can be removed\n');
    });
  });
});

describe('a key ring', () => {
  const ringed = (key: string, ring: string): string =>
    oneKey(`ring: old${key}`, `keyRings:\n  old: { instance: vault${ring} }\n`);

  test('goes when no live key is left in it; where the destroyed ones move is said', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, ringed('', ''));
      await run(keystead, ringed(', state: absent', ''));
      expect([stateOf(keystead), at(keyRow(keystead), 'keyRingId')]).toEqual([5, 'old']);
      const gone = ringed(', state: absent', ', state: absent');
      await keystead.write(gone);
      const [change] = (await keystead.plan()).plan.changes;
      expect(change).toMatchObject({ address: 'key-ring.old', verb: 'delete', status: { is: 'ready' } });
      expect(change?.remarks).toEqual([
        expect.stringMatching(/^its destroyed keys move to the ring `default`: "root" \(crn:.*\)$/),
      ]);
      expect((await run(keystead, gone)).exit).toBe(0);
      expect(at(keyRow(keystead), 'keyRingId')).toBe('default');
    });
  });

  test('goes after the keys in it, also where their tombstones do not name it', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, ringed('', ''));
      const gone = oneKey('state: absent', 'keyRings:\n  old: { instance: vault, state: absent }\n');
      const changes = ['key.root delete ready', 'key-ring.old delete ready'];
      expect(await run(keystead, gone)).toEqual({ exit: 0, changes });
    });
  });

  test('waits for a key in it whose deletion takes a second identity', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, ringed(', dualAuthDelete: true', ''));
      const gone = oneKey('state: absent', 'keyRings:\n  old: { instance: vault, state: absent }\n');
      const changes = ['key.root update ready', 'key.root delete approval', 'key-ring.old delete done'];
      expect(await run(keystead, gone)).toEqual({ exit: 6, changes });
    });
  });

  test('stays while a live key is in it', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, ringed('', ''));
      const manifest = oneKey('', 'keyRings:\n  old: { instance: vault, state: absent }\n');
      expect(await run(keystead, manifest)).toEqual({ exit: 5, changes: ['key-ring.old delete NOT_EMPTY'] });
      expect(at(keyRow(keystead), 'keyRingId')).toBe('old');
    });
  });
});
