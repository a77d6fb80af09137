import { describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../src/emulator/core/faults.ts';
import { consoleOf } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { bearers } from '../helpers/marks.ts';
import { normal } from '../helpers/normal.ts';
import { writesOf } from '../helpers/request-log.ts';

/** The main job under new map keys, each of which says what it was called before. */
const renamed = lakehouse
  .replace('  vault: {}', '  safe: { formerly: [vault] }')
  .replaceAll('instance: vault', 'instance: safe')
  .replace('target: vault', 'target: safe')
  .replace('  dv-root:\n', '  root:\n    formerly: [dv-root]\n')
  .replace('key: dv-root', 'key: root')
  .replace('  dv-reads-vault:\n', '  reader:\n    formerly: [dv-reads-vault]\n')
  .replace('  lakehouse:\n    service', '  house:\n    formerly: [lakehouse]\n    service');

const moved = lakehouse.replace('stack: prod', 'stack: live\nformerStack: prod');

const withoutFormer = (manifest: string): string =>
  manifest.replaceAll(/^ +formerly: .*\n|^formerStack: .*\n/gm, '').replaceAll(/\{ formerly: \[[a-z-]+\] \}/g, '{}');

const lines = async (keystead: Keystead) =>
  (await keystead.plan()).plan.changes.map(({ address, verb, because, status }) =>
    [address, verb, because, status.is === 'blocked' ? status.code : status.is].join(' '),
  );

const ids = ({ emulator }: Keystead) => bearers(emulator).map(({ id }) => id);
const marks = ({ emulator }: Keystead) =>
  bearers(emulator)
    .flatMap((bearer) => bearer.marks)
    .sort();

async function lived(keystead: Keystead): Promise<void> {
  await keystead.write(lakehouse);
  await keystead.apply();
}

describe('a resource under a new map key', () => {
  test('keeps its object: only marks change, whatever it is', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      const before = ids(keystead);
      await keystead.write(renamed);
      expectGolden('renames/marks', normal(await keystead.planText()));
      const sent = keystead.emulator.requests().length;
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(Array(4).fill('adopt done'));
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toEqual(['prod/house', 'prod/reader', 'prod/root', 'prod/safe']);
      const writes = writesOf(keystead.emulator.requests().slice(sent));
      expect(writes.map((line) => line.replaceAll(/[0-9a-f-]{36}/g, '…')).sort()).toEqual([
        'DELETE /api/v2/keys/…/aliases/keystead_prod_dv-root',
        'POST /api/v2/keys/…/aliases/keystead_prod_root',
        'POST /v3/tags/attach?tag_type=user',
        'POST /v3/tags/attach?tag_type=user',
        'POST /v3/tags/detach?tag_type=user',
        'POST /v3/tags/detach?tag_type=user',
        'PUT /v2/policies/…',
      ]);
    });
  });

  test('has nothing left to do afterwards, whether `formerly` stays or goes, and no orphan', async () => {
    await withKeystead(
      async (keystead) => {
        await lived(keystead);
        await keystead.write(renamed);
        expect((await keystead.plan()).plan.orphans).toEqual([]);
        await keystead.apply();
        const { plan } = await keystead.plan();
        expect([plan.changes, plan.orphans]).toEqual([[], []]);
        await keystead.write(withoutFormer(renamed));
        // At once: the index of the search still has the old tags.
        const { plan: bare } = await keystead.plan();
        expect([bare.changes, bare.orphans]).toEqual([[], []]);
      },
      { settings: { searchLagMs: 60_000 } },
    );
  });

  test('shows what differs as a second change', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      await keystead.write(
        renamed.replace('worker_count: "3"', 'worker_count: "5"').replace('[Reader]', '[Reader, Writer]'),
      );
      expect(await lines(keystead)).toEqual([
        'key-protect-instance.safe adopt former-mark ready',
        'key.root adopt former-mark ready',
        'authorization.reader adopt former-mark ready',
        'authorization.reader update differs ready',
        'deployment.house adopt former-mark ready',
        'deployment.house update differs ready',
      ]);
      const before = ids(keystead);
      await keystead.apply();
      expect(await lines(keystead)).toEqual([]);
      expect(ids(keystead)).toEqual(before);
    });
  });

  test('renames an instance in place when it is given the new name as well, and never a key', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      const before = ids(keystead);
      const named = renamed
        .replace('formerly: [lakehouse]', 'formerly: [lakehouse]\n    name: house')
        .replace('formerly: [vault]', 'formerly: [vault], name: safe');
      const root = (name: string) => named.replace('formerly: [dv-root]', `formerly: [dv-root]\n    name: ${name}`);
      await keystead.write(root('root'));
      expectGolden('renames/in-place', normal(await keystead.planText()));
      // The remedy: the live value goes back into the manifest.
      await keystead.write(root('dv-root'));
      await keystead.apply();
      expect(await lines(keystead)).toEqual([]);
      expect(ids(keystead)).toEqual(before);
      const names = bearers(keystead.emulator).map(({ name }) => name);
      expect(names.sort()).toEqual(['dv-root', 'house', 'policy', 'safe']);
    });
  });

  test('is made where nothing bears a former mark: a manifest with `formerly` in a new account', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(renamed);
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(Array(5).fill('create done'));
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test('is found by its mark alone, though nobody gave the search time to learn it', async () => {
    await withKeystead(
      async (keystead) => {
        const named = lakehouse.replace('  lakehouse:\n    service', '  lakehouse:\n    name: old\n    service');
        await keystead.write(named);
        await keystead.apply();
        await keystead.write(renamed.replace('formerly: [lakehouse]', 'formerly: [lakehouse]\n    name: new'));
        expect(await lines(keystead)).toContain('deployment.house adopt former-mark ready');
        await keystead.apply();
        expect(await lines(keystead)).toEqual([]);
      },
      { settings: { searchLagMs: 60_000 } },
    );
  });

  test('that was destroyed under its former name comes back as itself', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      const before = ids(keystead);
      await consoleOf(keystead.emulator, keystead.api).destroyKey('dv-root');
      keystead.emulator.clock.advance(60_000);
      await keystead.write(renamed);
      expect(await lines(keystead)).toContain('key.root restore destroyed DESTROYED');
      const allow = ['restore:key.root'];
      expectGolden('renames/restored', normal(await keystead.planText({ allow })));
      const { outcomes } = await keystead.apply({ allow });
      expect(outcomes.filter(({ address }) => address === 'key.root')).toMatchObject([
        { verb: 'restore', is: 'done' },
        { verb: 'adopt', is: 'done' },
      ]);
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toContain('prod/root');
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test('that is in reclamation under its former name comes back as itself', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      const before = ids(keystead);
      const lake = bearers(keystead.emulator).find(({ name }) => name === 'lakehouse')?.id ?? '';
      await keystead.api('DELETE', `/v2/resource_instances/${encodeURIComponent(lake)}`);
      await keystead.write(renamed);
      const allow = ['restore:deployment.house'];
      const { outcomes } = await keystead.apply({ allow });
      expect(outcomes.filter(({ address }) => address === 'deployment.house')).toMatchObject([
        { verb: 'restore', is: 'done' },
        { verb: 'adopt', is: 'done' },
      ]);
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toContain('prod/house');
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test('ends by its tombstone, also before its mark was changed', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      await keystead.write(renamed.replace('formerly: [lakehouse]', 'formerly: [lakehouse]\n    state: absent'));
      expect(await lines(keystead)).toContain('deployment.house delete declared-absent ready');
      await keystead.write(
        lakehouse.replace(
          '  lakehouse:\n    service',
          '  house:\n    formerly: [lakehouse]\n    state: forgotten\n    service',
        ),
      );
      await keystead.apply();
      expect(marks(keystead)).toEqual(['prod/dv-reads-vault', 'prod/dv-root', 'prod/vault']);
    });
  });
});

describe('a stack under a new name', () => {
  test('keeps every object, and then `formerStack` may stay or go', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      const before = ids(keystead);
      await keystead.write(moved);
      expect(await lines(keystead)).toEqual([
        'key-protect-instance.vault adopt former-mark ready',
        'key.dv-root adopt former-mark ready',
        'authorization.dv-reads-vault adopt former-mark ready',
        'deployment.lakehouse adopt former-mark ready',
      ]);
      await keystead.apply();
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toEqual(['live/dv-reads-vault', 'live/dv-root', 'live/lakehouse', 'live/vault']);
      for (const manifest of [moved, withoutFormer(moved)]) {
        await keystead.write(manifest);
        expect(await lines(keystead)).toEqual([]);
      }
    });
  });

  test('made absent before it was applied says of each that it bears a mark of the former name alone', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      await keystead.write(`${moved}state: absent\n`);
      const text = await keystead.planText();
      expect(text.match(/bears a mark of its former name alone: "prod\//g)).toHaveLength(4);
    });
  });

  test('shows what its former name has marked and nothing declares, and refuses an empty set', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      // The search alone tells of services that nothing declares any more, and it is late.
      keystead.emulator.clock.advance(60_000);
      await keystead.write(moved.replace(/deployments:[\s\S]*/, ''));
      expect((await keystead.plan()).plan.orphans).toMatchObject([{ address: 'deployment.lakehouse', stack: 'prod' }]);
      await keystead.write(moved.replace(/keys:[\s\S]*/, ''));
      expect((await keystead.plan()).plan.orphans).toMatchObject([
        { address: 'authorization.dv-reads-vault', stack: 'prod' },
        { address: 'deployment.lakehouse', stack: 'prod' },
        { address: 'key.dv-root', stack: 'prod' },
      ]);
      expect(await keystead.planText()).toContain(
        'authorization.dv-reads-vault carries the mark of its former name prod and is not declared',
      );
      // `--prune` ends nothing of it, and nobody is told so: only a tombstone does.
      expect(await keystead.planText()).not.toContain('--prune');
      expect((await keystead.plan({ prune: true })).plan.changes.filter(({ verb }) => verb !== 'adopt')).toEqual([]);
      await keystead.write(moved.replace(/keyProtectInstances:[\s\S]*/, ''));
      await expect(keystead.plan()).rejects.toMatchObject({ code: 'EMPTY_SET' });
    });
  });
});

describe('a rename that is cut short', () => {
  const at = (method: string, path: string, drop: 'before' | 'after'): FaultRule => ({ match: { method, path }, drop });
  test.each<[string, FaultRule]>([
    ['the new alias dropped before it was set', at('POST', '/aliases/', 'before')],
    ['the new alias set, its answer dropped', at('POST', '/aliases/', 'after')],
    ['the old alias dropped before it was removed', at('DELETE', '/aliases/', 'before')],
    ['the old alias removed, its answer dropped', at('DELETE', '/aliases/', 'after')],
    ['the description written, its answer dropped', at('PUT', '/v2/policies/', 'after')],
    ['the new tag attached, its answer dropped', at('POST', '/v3/tags/attach', 'after')],
    ['the old tag dropped before it was detached', at('POST', '/v3/tags/detach', 'before')],
  ])('%s: ends the same way', async (_title, rule) => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      const before = ids(keystead);
      await keystead.write(renamed);
      keystead.emulator.faults.add(rule);
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ is }) => is)).toEqual(Array(4).fill('done'));
      expect(keystead.emulator.requests().some(({ fault }) => fault !== undefined)).toBe(true);
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toEqual(['prod/house', 'prod/reader', 'prod/root', 'prod/safe']);
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test('after the new mark was set: the next run takes the old one away', async () => {
    await withKeystead(async (keystead) => {
      await lived(keystead);
      await keystead.write(renamed);
      const { snapshot } = await keystead.plan();
      const key = [...snapshot.live.all()].find(({ kind }) => kind === 'key');
      const [instance = '', , id] = key?.id.split(':').slice(7) ?? [];
      const headers = { 'Bluemix-Instance': instance };
      await keystead.api('POST', `/api/v2/keys/${id}/aliases/keystead_prod_root`, { headers });
      expect(await lines(keystead)).toContain('key.root adopt former-mark ready');
      await keystead.apply();
      expect(marks(keystead)).toEqual(['prod/house', 'prod/reader', 'prod/root', 'prod/safe']);
    });
  });
});

describe('a key that is full of aliases', () => {
  const full = (manifest: string): string =>
    manifest.replace('ring: lakehouse', 'ring: lakehouse\n    aliases: [a1, a2, a3, a4]');

  test('is blocked, and the pin that the plan prints lets its mark change', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(full(lakehouse));
      await keystead.apply();
      const before = ids(keystead);
      await keystead.write(full(renamed));
      expectGolden('renames/full-of-aliases', normal(await keystead.planText()));
      const [pin] = /crn: "crn:\S+"(?=`)/.exec((await keystead.planText()).replaceAll(/\n\s+/g, ' ')) ?? [];
      await keystead.write(full(renamed).replace('formerly: [dv-root]', `formerly: [dv-root]\n    ${pin}`));
      await keystead.apply();
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toContain('prod/root');
      await keystead.write(full(renamed));
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test.each<[string, FaultRule]>([
    ['the old alias removed, its answer dropped', { match: { method: 'DELETE', path: '/aliases/' }, drop: 'after' }],
    ['the new alias dropped before it was set', { match: { method: 'POST', path: '/aliases/' }, drop: 'before' }],
    ['the new alias refused', { match: { method: 'POST', path: '/aliases/', times: 20 }, status: 400 }],
  ])('is never taken for missing: %s', async (_title, rule) => {
    await withKeystead(async (keystead) => {
      const named = (manifest: string) =>
        full(manifest).replace('ring: lakehouse', 'name: dv-root\n    ring: lakehouse');
      await keystead.write(named(lakehouse));
      await keystead.apply();
      const before = ids(keystead);
      await keystead.write(named(renamed));
      keystead.emulator.faults.add(rule);
      await keystead.apply();
      keystead.emulator.faults.clear();
      await keystead.apply({ allow: ['adopt'] });
      expect(ids(keystead)).toEqual(before);
      expect(marks(keystead)).toContain('prod/root');
      expect(await lines(keystead)).toEqual([]);
    });
  });
});
