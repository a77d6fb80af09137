import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../src/model/change.ts';
import { keystead } from '../helpers/cli.ts';
import { liveWorld } from '../helpers/console.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { expectGolden } from '../helpers/golden.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';

const DAY_MS = 86_400_000;

const inWords = ({ address, verb, status }: Change): string =>
  `${verb} ${address} ${status.is === 'blocked' ? status.code : status.is}`;

describe('--target', () => {
  test('makes the target and what it depends on, and the next run makes the rest', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      const { outcomes, outside } = await keystead.apply({ target: ['key.dv-root'] });
      expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual([
        'key-protect-instance.vault done',
        'key-ring.lakehouse done',
        'key.dv-root done',
      ]);
      expect(outside.map(({ address }) => address)).toEqual(['authorization.dv-reads-vault', 'deployment.lakehouse']);
      expect(liveWorld(keystead.emulator)).toMatchObject({ keys: { length: 1 }, policies: [] });
      expectGolden('target-nothing-left', normal(await keystead.planText({ target: ['key.dv-root'] })));
      expect((await keystead.apply()).outcomes.map(({ address }) => address)).toEqual([
        'authorization.dv-reads-vault',
        'deployment.lakehouse',
      ]);
    });
  });

  test('of a deployment takes the authorization along that nobody wrote down', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      expect((await keystead.plan({ target: ['deployment.lakehouse'] })).plan.changes).toHaveLength(5);
    });
  });

  test('never weakens a hold: who uses a key is outside, and holds its deletion all the same', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        await keystead.apply();
        await keystead.write(
          lakehouse
            .replace('    service: data-virt', '    state: absent\n    service: data-virt')
            .replace('    instance: vault\n    ring', '    state: absent\n    instance: vault\n    ring'),
        );
        const { plan } = await keystead.plan({ target: ['key.dv-root'] });
        expect(plan.changes.map(inWords)).toEqual(['delete key.dv-root deferred']);
        // Nobody deletes its user in this run, so there is no date to expect.
        expect(plan.changes[0]?.status).toMatchObject({ until: [{ when: 'unused' }] });
        expectGolden('target-held', normal(await keystead.planText({ target: ['key.dv-root'] })));
        expect((await keystead.apply({ target: ['key.dv-root'] })).outcomes).toEqual([]);
        expect(liveWorld(keystead.emulator).keys).toMatchObject([{ state: 1 }]);
      },
      { settings: { registrationLingerMs: 9 * DAY_MS } },
    );
  });

  test.each([
    ['key-protect-instance.vault', 'delete key-protect-instance.vault NOT_EMPTY'],
    ['key-ring.lakehouse', 'delete key-ring.lakehouse NOT_EMPTY'],
    ['authorization.dv-reads-vault', 'delete authorization.dv-reads-vault deferred'],
  ])('%s is not ended before what is left out and needs it', async (target, expected) => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const before = liveWorld(keystead.emulator);
      await keystead.write(lakehouse.replace('stack: prod', 'stack: prod\nstate: absent'));
      expect((await keystead.plan({ target: [target] })).plan.changes.map(inWords)).toEqual([expected]);
      await keystead.apply({ target: [target] });
      expect(liveWorld(keystead.emulator)).toEqual(before);
    });
  });

  test('is in the plan file, and what is left out is none of its fingerprint', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      const { plan } = await keystead.plan({ target: ['key-ring.lakehouse', 'key-ring.lakehouse'] });
      expect([plan.targets, plan.changes.length, plan.outside.length]).toEqual([['key-ring.lakehouse'], 2, 3]);
      const before = plan.fingerprint;
      await keystead.write(lakehouse.replace('worker_count: "3"', 'worker_count: "4"'));
      expect((await keystead.plan({ target: ['key-ring.lakehouse'] })).plan.fingerprint).toBe(before);
      expect((await keystead.plan()).plan.fingerprint).not.toBe(before);
    });
  });

  test('on the command line: plan, apply of a saved plan, drift, and a mistyped address', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const run = (...args: readonly string[]) => keystead(args, { cwd, env: emulator.environment });
        const typo = await run('plan', '--target', 'key.dv-rot');
        expect([typo.code, typo.stdout]).toEqual([1, '']);
        expect(typo.stderr).toContain('error[UNKNOWN_ADDRESS]: nothing is declared as key.dv-rot');
        expect(typo.stderr).toContain('did you mean key.dv-root?');

        const planned = await run('plan', '--out', 'p', '--target', 'key.dv-root');
        expect(planned.stdout).toContain(
          '2 changes are outside --target: authorization.dv-reads-vault, deployment.lakehouse',
        );
        expect((await run('show', 'p')).stdout).toBe(planned.stdout);
        expect((await run('apply', 'p', '--target', 'key.dv-root')).stderr).toContain('error[PLAN_FILE]');
        const applied = await run('apply', '--auto-approve', 'p');
        expect(applied.code).toBe(0);
        expect(applied.stdout).toContain('2 changes are outside --target');
        expect(liveWorld(emulator)).toMatchObject({ keys: { length: 1 }, policies: [], instances: { length: 1 } });

        const quiet = await run('drift', '--target', 'key.dv-root');
        expect(quiet.code).toBe(0);
        expect(quiet.stdout).toContain('2 changes are outside --target');
        expect((await run('drift')).code).toBe(2);
      });
    });
  });
});

describe('--allow of what is neither declared nor owned', () => {
  test('is a warning with what was most likely meant, by plan and by apply, and changes nothing', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const run = (...args: readonly string[]) => keystead(args, { cwd, env: emulator.environment });
        const warning =
          'warning[UNKNOWN_ADDRESS]: nothing is declared as key.dv-rot, so `--allow adopt:key.dv-rot` does nothing\n' +
          'help: did you mean key.dv-root?\n';
        const said = ['--allow', 'adopt:key.dv-rot', '--allow', 'adopt:key.dv-root', '--allow', 'deletes:9'];
        const planned = await run('plan', ...said);
        expect([planned.code, planned.stderr]).toEqual([0, warning]);
        const applied = await run('apply', '--auto-approve', ...said);
        expect([applied.code, applied.stderr]).toEqual([0, expect.stringContaining(warning)]);
        expect((await run('plan', ...said, '--detailed-exitcode')).code).toBe(0);
        // What nothing declares any more is known all the same: it is an orphan.
        await writeFile(join(cwd, 'k.yaml'), lakehouse.slice(0, lakehouse.indexOf('authorizations:')));
        expect((await run('plan', '--allow', 'adopt:authorization.dv-reads-vault')).stderr).toBe('');
      });
    });
  });
});
