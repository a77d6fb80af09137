import { describe, expect, test } from '@jest/globals';
import { exitOfApply } from '../../src/cli/exit.ts';
import { expectGolden as golden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { authorizeNeighbor } from '../helpers/platform.ts';

const DAY_MS = 86_400_000;
const NEVER = new AbortController().signal;

/** The cloud's own windows: three days of reclamation, nine of lingering registrations. */
const windows = { settings: { registrationLingerMs: 9 * DAY_MS } };

/** The main manifest with everything but its vault declared absent. */
const tombstones = lakehouse
  .replace('lakehouse: { instance: vault }', 'lakehouse: { instance: vault, state: absent }')
  .replace('    instance: vault\n    ring', '    state: absent\n    instance: vault\n    ring')
  .replace('    source: data', '    state: absent\n    source: data')
  .replace('    service: data', '    state: absent\n    service: data');

async function run(keystead: Keystead, allow: readonly string[] = []): Promise<{ exit: number; text: string }> {
  const text = normal(await keystead.planText({ allow }));
  return { exit: exitOfApply(await keystead.apply({ allow }), NEVER), text };
}

type Tables = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** What is live, in words. */
function world({ emulator }: Keystead) {
  const state = emulator.state() as unknown as Tables;
  const rows = (table: string) => Object.values(state[table] ?? {});
  return {
    keys: rows('key-protect/keys').map((key) => key['state']),
    deployment: rows('resource-controller/instances').find(({ name }) => name === 'lakehouse')?.['state'],
    policies: rows('policy/policies').filter((policy) => policy['state'] === 'active').length,
    registrations: rows('key-protect/registrations').length,
  };
}

describe('deletion that waits', () => {
  test('is done over four runs, each with its date', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await keystead.write(lakehouse);
      await keystead.apply();
      expect(world(keystead)).toEqual({ keys: [1], deployment: 'active', policies: 1, registrations: 1 });

      await keystead.write(tombstones);
      const first = await run(keystead);
      golden('journey-1-deleted', first.text);
      expect(first.exit).toBe(6);
      expect(world(keystead)).toEqual({ keys: [1], deployment: 'pending_reclamation', policies: 1, registrations: 1 });

      keystead.emulator.clock.advance(4 * DAY_MS);
      const second = await run(keystead);
      golden('journey-2-lingering', second.text);
      expect(second.exit).toBe(6);
      expect(world(keystead)).toEqual({ keys: [1], deployment: 'removed', policies: 1, registrations: 1 });

      keystead.emulator.clock.advance(5 * DAY_MS + 60_000);
      const third = await run(keystead);
      golden('journey-3-free', third.text);
      expect(third.exit).toBe(0);
      expect(world(keystead)).toEqual({ keys: [5], deployment: 'removed', policies: 0, registrations: 0 });

      const fourth = await run(keystead);
      golden('journey-4-done', fourth.text);
      expect(fourth.exit).toBe(0);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    }, windows);
  });

  test('whose authorization was removed behind its back is blocked, and pasting the remedy frees it', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const policies = await keystead.api('GET', '/v2/policies?account_id=0123456789abcdef0123456789abcdef');
      const { id } = (policies.body as { policies: readonly { id: string }[] }).policies[0] ?? { id: '' };
      expect((await keystead.api('DELETE', `/v2/policies/${id}`)).status).toBe(204);
      await keystead.write(tombstones);
      // No authorization is listed, so nobody can tell whom the key serves.
      expect((await run(keystead)).exit).toBe(5);
      keystead.emulator.clock.advance(13 * DAY_MS);

      const stuck = await keystead.plan();
      const key = stuck.plan.changes.find(({ address }) => address === 'key.dv-root');
      if (key?.status.is !== 'blocked') throw new Error('the key is not blocked');
      expect(key.status.code).toBe('STUCK_REGISTRATION');
      expect((await run(keystead)).exit).toBe(5);
      expect(world(keystead)).toMatchObject({ keys: [1], registrations: 1 });

      // As it is pasted: from the text, moved to the left.
      const pasted = /^( *)(authorizations:\n(?:\1 .*\n)+)/m.exec(await keystead.planText());
      const remedy = pasted?.[2]?.replaceAll(`\n${pasted[1]}`, '\n') ?? '';
      await keystead.write(tombstones.replace(/^authorizations:\n(?: .*\n)*/m, remedy));
      await keystead.apply();
      keystead.emulator.clock.advance(DAY_MS);
      expect((await run(keystead)).exit).toBe(0);
      expect(world(keystead)).toMatchObject({ keys: [5], registrations: 0 });
    }, windows);
  });
});

describe('consent', () => {
  const shred = tombstones
    .replace('    state: absent\n    service: data', '    service: data')
    .replace('    state: absent\n    source: data', '    source: data')
    .replace('lakehouse: { instance: vault, state: absent }', 'lakehouse: { instance: vault }')
    .replace(
      '    state: absent\n    instance: vault\n    ring',
      '    state: absent\n    cryptoshred: true\n    instance: vault\n    ring',
    );

  test('to cryptoshredding: without it nothing changes; with it the key goes, and a restore brings all of it back', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const { snapshot } = await keystead.plan();
      const keyId =
        [...snapshot.live.all()]
          .find(({ kind }) => kind === 'key')
          ?.id.split(':')
          .at(-1) ?? '';
      const vault =
        [...snapshot.live.all()].find(({ kind }) => kind === 'key-protect-instance')?.id.split(':')[7] ?? '';
      const headers = { 'Bluemix-Instance': vault };
      const wrapped = await keystead.api('POST', `/api/v2/keys/${keyId}/actions/wrap`, { headers, body: {} });
      const { ciphertext, plaintext } = wrapped.body as { ciphertext: string; plaintext: string };

      await keystead.write(shred);
      const refused = await run(keystead);
      golden('cryptoshred-refused', refused.text);
      expect(refused.exit).toBe(5);
      expect(world(keystead)).toMatchObject({ keys: [1] });

      const allowed = await run(keystead, ['cryptoshred:key.dv-root']);
      golden('cryptoshred-allowed', allowed.text);
      expect(allowed.exit).toBe(0);
      expect(world(keystead)).toMatchObject({ keys: [5], deployment: 'active', registrations: 1 });
      expect(
        (await keystead.api('POST', `/api/v2/keys/${keyId}/actions/unwrap`, { headers, body: { ciphertext } })).status,
      ).toBe(410);

      await keystead.write(lakehouse);
      expect((await run(keystead)).exit).toBe(5);
      expect(world(keystead)).toMatchObject({ keys: [5] });
      keystead.emulator.clock.advance(60_000);
      expect((await run(keystead, ['restore:key.dv-root'])).exit).toBe(0);
      expect(world(keystead)).toMatchObject({ keys: [1], deployment: 'active' });
      const unwrapped = await keystead.api('POST', `/api/v2/keys/${keyId}/actions/unwrap`, {
        headers,
        body: { ciphertext },
      });
      expect(unwrapped.body).toMatchObject({ plaintext });
      expect((await keystead.plan()).plan.changes).toEqual([]);
    }, windows);
  });

  test('to the restore and to the reclaim of a deployment in reclamation', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const gone = lakehouse.replace('    service: data', '    state: absent\n    service: data');
      await keystead.write(gone);
      expect((await run(keystead)).exit).toBe(0);
      expect(world(keystead).deployment).toBe('pending_reclamation');

      await keystead.write(lakehouse);
      expect((await run(keystead)).exit).toBe(5);
      expect(world(keystead).deployment).toBe('pending_reclamation');
      expect((await run(keystead, ['restore:deployment.lakehouse'])).exit).toBe(0);
      expect(world(keystead).deployment).toBe('active');

      await keystead.write(gone.replace('    service: data', '    skipReclamation: true\n    service: data'));
      // The first of two steps is done; the second says what it needs before and after.
      for (const first of [true, false]) {
        const refused = await run(keystead);
        expect(refused.exit).toBe(5);
        expect(refused.text).toContain('--allow reclaim:deployment.lakehouse');
        expect(refused.text.includes('1 to delete, 1 blocked.')).toBe(first);
        expect(world(keystead).deployment).toBe('pending_reclamation');
      }
      expect((await run(keystead, ['reclaim:deployment.lakehouse'])).exit).toBe(0);
      expect(world(keystead).deployment).toBe('removed');
    }, windows);
  });

  test('to the reclaim carries out deletion and reclaim in one run', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(
        lakehouse.replace('    service: data', '    state: absent\n    skipReclamation: true\n    service: data'),
      );
      const { exit, text } = await run(keystead, ['reclaim:deployment.lakehouse']);
      expect(text).toContain(
        '! deployment.lakehouse  (declared-absent)  deferred: until deployment.lakehouse has settled',
      );
      expect(exit).toBe(0);
      expect(world(keystead).deployment).toBe('removed');
      expect((await keystead.plan()).plan.changes).toEqual([]);
    }, windows);
  });

  test('to the deletion of an instance with keys that could still be restored', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      const small = lakehouse
        .replace(/^keyRings:\n(?: .*\n)*/m, '')
        .replace('    ring: lakehouse\n', '')
        .replace(/^authorizations:[\s\S]*/m, '');
      await authorizeNeighbor(keystead.api);
      await keystead.write(small);
      await keystead.apply();
      const going = small.replace('stack: prod', 'stack: prod\nstate: absent');
      await keystead.write(going);
      const first = await run(keystead);
      expect(first.exit).toBe(5);
      const text = normal(await keystead.planText());
      golden('instance-with-restorable-keys', text);
      expect((await run(keystead)).exit).toBe(5);
      expect((await run(keystead, ['delete:key-protect-instance.vault'])).exit).toBe(0);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    }, windows);
  });
});

describe('guards', () => {
  test('an empty set is refused while something is owned', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write('apiVersion: keystead/v1\nstack: prod\n');
      await expect(keystead.plan()).rejects.toMatchObject({ code: 'EMPTY_SET' });
    });
  });

  test('taking blocks away deletes nothing: what is marked is listed as an orphan', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(lakehouse.replace(/^deployments:[\s\S]*/m, ''));
      const { plan } = await keystead.plan();
      expect(plan.changes).toEqual([]);
    });
  });

  test('more deletions than safety allows are refused before the first', async () => {
    await withKeystead(async (keystead) => {
      const keys = Array.from({ length: 7 }, (_, index) => `  k${index}: { instance: vault }`).join('\n');
      const many = `apiVersion: keystead/v1\nstack: prod\ndefaults: { region: us-south }\nkeyProtectInstances: { vault: {} }\nkeys:\n${keys}\n`;
      await authorizeNeighbor(keystead.api);
      await keystead.write(many);
      await keystead.apply();
      await keystead.write(many.replaceAll('instance: vault }', 'instance: vault, state: absent }'));
      await expect(keystead.apply()).rejects.toMatchObject({ code: 'TOO_MANY_DELETES' });
      expect(world(keystead).keys).toEqual(Array(7).fill(1));
      expect((await run(keystead, ['deletes:7'])).exit).toBe(0);
      expect(world(keystead).keys).toEqual(Array(7).fill(5));
    });
  });
});
