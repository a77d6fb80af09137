import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PlatformAccess } from '../../src/emulator/core/account/identities.ts';
import { keystead, type Ran } from '../helpers/cli.ts';
import { liveWorld } from '../helpers/console.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';

type Roles = 'Reader' | 'Writer' | 'Manager' | 'KeyPurge';

/** The least that a command needs, as the README's table has it. */
interface Login {
  readonly keyProtect: readonly Roles[];
  readonly platform: readonly PlatformAccess[];
}

const reading: Login = { keyProtect: ['Reader'], platform: [{ roles: ['Viewer'] }] };
const making: Login = {
  keyProtect: ['Writer'],
  platform: [
    { service: 'kms', roles: ['Administrator'] },
    { service: 'data-virtualization', roles: ['Editor'] },
    { service: 'resource-controller', roles: ['Viewer'] },
  ],
};
const managing: Login = { ...making, keyProtect: ['Manager'] };

interface Stage {
  /** Runs the command as somebody who may do just that. */
  as(login: Login, ...args: readonly string[]): Promise<Ran>;
  /** The same as whoever may do everything. */
  run(...args: readonly string[]): Promise<Ran>;
  edit(change: (manifest: string) => string): Promise<void>;
  keyState(): number | undefined;
}

async function withLakehouse(work: (stage: Stage) => Promise<void>): Promise<void> {
  const manifest = await readFile('examples/01-data-virtualization/keystead.yaml', 'utf8');
  await withEmulator(async ({ emulator }) => {
    await withFolder({ 'k.yaml': manifest }, async (cwd) => {
      const { environment } = emulator;
      await work({
        as(login, ...args) {
          const { keyProtect, platform } = login;
          const access = [{ roles: keyProtect }];
          emulator.identities.add({ name: 'robot', apiKey: 'robot-key', access, platform });
          return keystead(args, { cwd, env: { ...environment, IBMCLOUD_API_KEY: 'robot-key' } });
        },
        run: (...args) => keystead(args, { cwd, env: environment }),
        edit: async (change) => writeFile(join(cwd, 'k.yaml'), change(await readFile(join(cwd, 'k.yaml'), 'utf8'))),
        keyState: () => liveWorld(emulator).keys[0]?.state,
      });
    });
  });
}

const withoutRotation = (manifest: string) => manifest.replace('    rotation: { intervalMonths: 3 }\n', '');
const withoutKey = (manifest: string) => manifest.replace('  dv-root:\n', '  dv-root:\n    state: absent\n');

const apply = ['apply', '--auto-approve', '--wait', '0s'] as const;

describe('the least roles that the README names', () => {
  test('are enough to read: plan, drift, explain, get, export', async () => {
    await withLakehouse(async ({ as, run }) => {
      expect((await as(reading, 'plan', '--detailed-exitcode')).code).toBe(2);
      expect((await run('apply', '--auto-approve')).code).toBe(0);
      for (const args of [
        ['plan', '--detailed-exitcode'],
        ['drift'],
        ['explain', 'key.dv-root'],
        ['get', 'key.dv-root', '--field', 'crn'],
        ['export', '--all'],
      ]) {
        const { code, stderr } = await as(reading, ...args);
        expect([args, code, stderr]).toEqual([args, 0, expect.not.stringContaining('error')]);
      }
    });
  });

  test('are enough to make everything; a rotation policy needs Manager', async () => {
    await withLakehouse(async ({ as }) => {
      const refused = await as(making, ...apply);
      expect(refused.code).toBe(1);
      expect(refused.stdout).toContain('the service role Manager on the Key Protect instance');
    });
    await withLakehouse(async ({ as, edit, keyState }) => {
      await edit(withoutRotation);
      expect((await as(making, 'apply', '--auto-approve')).code).toBe(0);
      expect(keyState()).toBe(1);
      expect((await as(making, 'plan', '--detailed-exitcode')).code).toBe(0);
    });
  });

  test('are enough to set other marks: a stack that got another name', async () => {
    await withLakehouse(async ({ as, run, edit }) => {
      expect((await run('apply', '--auto-approve')).code).toBe(0);
      await edit((manifest) =>
        manifest.replace('stack: lakehouse-prod', 'stack: lakehouse\nformerStack: lakehouse-prod'),
      );
      const { code, stdout } = await as(making, ...apply);
      expect([code, stdout]).toEqual([0, expect.stringContaining('4 marked')]);
      expect((await as(reading, 'plan', '--detailed-exitcode')).code).toBe(0);
    });
  });

  test('are not enough for more: a reader makes nothing, a writer deletes no key, and the message says what is missing', async () => {
    await withLakehouse(async ({ as }) => {
      const none = await as(reading, ...apply);
      expect([none.code, none.stdout]).toEqual([
        1,
        expect.stringContaining('the platform role Editor or Administrator'),
      ]);
    });
    await withLakehouse(async ({ as, run, edit, keyState }) => {
      await edit((manifest) => manifest.slice(0, manifest.indexOf('authorizations:')));
      await run('apply', '--auto-approve');
      await edit(withoutKey);
      const destroy = [...apply, '--allow', 'delete:key.dv-root'];
      const writer = await as(making, ...destroy);
      expect([writer.code, writer.stdout]).toEqual([1, expect.stringContaining('the service role Manager')]);
      expect(keyState()).toBe(1);
      expect((await as(managing, ...destroy)).code).toBe(0);
      expect(keyState()).toBe(5);
    });
  });
});
