import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keystead, type Ran } from '../helpers/cli.ts';
import { type Api, later, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { expectGolden } from '../helpers/golden.ts';
import { normal } from '../helpers/normal.ts';
import { authorize, createInstance, createKey, createVault, encrypted, equals, text } from '../helpers/platform.ts';
import { writesOf } from '../helpers/request-log.ts';
import { enveloped } from '../helpers/vault.ts';

interface Console {
  readonly api: Api;
  /** Runs the built command, and holds that it wrote nothing. */
  read(...args: readonly string[]): Promise<Ran>;
  run(...args: readonly string[]): Promise<Ran>;
  readonly cwd: string;
}

async function withConsole(work: (console: Console) => Promise<void>): Promise<void> {
  await withEmulator(async ({ emulator, api }) => {
    emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
    await withFolder({}, async (cwd) => {
      const run = (...args: readonly string[]) => keystead(args, { cwd, env: emulator.environment });
      await work({
        api,
        cwd,
        run,
        async read(...args) {
          later(emulator);
          const before = emulator.requests().length;
          const ran = await run(...args);
          expect(writesOf(emulator.requests().slice(before))).toEqual([]);
          return ran;
        },
      });
    });
  });
}

/** An account that people have clicked together: one of everything that is not straightforward. */
async function clutter(api: Api): Promise<{ readonly vault: string; readonly key: string }> {
  const vault = await createVault(api);
  const headers = { 'Bluemix-Instance': vault.guid };
  const root = await createKey(api, vault.guid, { name: 'Root Key' });
  const standard = await createKey(api, vault.guid, { name: 'a secret', extractable: true });
  const gone = await createKey(api, vault.guid, { name: 'gone' });
  const theirs = await createKey(api, vault.guid, { name: 'theirs' });
  const off = await createKey(api, vault.guid, { name: 'off' });
  await api('POST', '/api/v2/key_rings/Lake', { headers });
  await api('PATCH', `/api/v2/keys/${standard.id}`, {
    headers: { ...headers, 'X-Kms-Key-Ring': 'default' },
    body: { keyRingID: 'Lake' },
  });
  const rotation = { type: 'application/vnd.ibm.kms.policy+json', rotation: { enabled: false, interval_month: 6 } };
  await api('PUT', `/api/v2/keys/${root.id}/policies?policy=rotation`, {
    headers,
    body: enveloped('policy', rotation),
  });
  await api('DELETE', `/api/v2/keys/${gone.id}`, { headers });
  await api('POST', `/api/v2/keys/${theirs.id}/aliases/keystead_other_theirs`, { headers });
  await api('POST', `/api/v2/keys/${off.id}/actions/disable`, { headers });
  await createVault(api, 'twin');
  await createVault(api, 'twin');
  await authorize(api, { instance: vault.guid, description: 'asked for by the lake team' });
  await authorize(api, {
    service: 'cloud-object-storage',
    target: [{ key: 'serviceInstance', operator: 'stringMatch', value: 'a*' }],
  });
  await authorize(api, { service: 'messagehub', instance: vault.guid, target: [equals('keyRing', 'default')] });
  const parameters = { disk_encryption_key_crn: root.crn, worker_count: 3, admin_password: 'hunter2-canary' };
  await createInstance(api, { name: 'Lake House: prod', parameters, tags: ['team:lake'] });
  const { body } = await encrypted(api, root.crn, { name: 'old' });
  await api('DELETE', `/v2/resource_instances/${encodeURIComponent(text(body, 'crn'))}`);
  return { vault: vault.crn, key: root.crn };
}

describe('export', () => {
  test('shows an account as one manifest, which is adopted, and then there is nothing to do', async () => {
    await withConsole(async ({ api, cwd, read, run }) => {
      await clutter(api);
      const ran = await read('export', '--all');
      expect(ran.code).toBe(0);
      expectGolden('export-all', `${normal(ran.stdout)}---\n${ran.stderr}`);
      expect(ran.stdout).not.toContain('hunter2-canary');
      expect((await read('export', '--all')).stdout).toBe(ran.stdout);
      const manifest = ran.stdout.replace(/^stack: imported .*$/m, 'stack: lake');
      await writeFile(join(cwd, 'k.yaml'), manifest);
      const validated = await read('validate');
      expect([validated.code, validated.stdout]).toEqual([0, 'Valid: 11 resources in stack lake.\n']);
      const applied = await run('apply', '--auto-approve', '--allow', 'adopt');
      expect([applied.code, applied.stderr]).toEqual([0, expect.not.stringContaining('error')]);
      expect((await read('plan', '--detailed-exitcode')).code).toBe(0);
      // From then on the marks say whose it is, and what it is called.
      const again = await read('export', '--all', '--stack', 'lake');
      expect(again.stdout).toBe(manifest);
    });
  });

  test('looks up what lies outside of what was asked for', async () => {
    await withConsole(async ({ api, read }) => {
      await clutter(api);
      const ran = await read('export', '--instance', 'Lake House: prod', '--stack', 'lake');
      expectGolden('export-instance', `${normal(ran.stdout)}---\n${ran.stderr}`);
      const service = await read('export', '--service', 'data-virtualization', '--stack', 'lake');
      expectGolden('export-service', `${normal(service.stdout)}---\n${service.stderr}`);
    });
  });

  test('says what its login may not read, and goes on with the rest', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const vault = await createVault(api);
      const other = await createVault(api, 'other');
      for (const { guid } of [vault, other]) await createKey(api, guid, { name: 'root' });
      await authorize(api, { instance: other.guid });
      await authorize(api, { service: 'messagehub', instance: vault.guid });
      const access = [{ instance: 'vault', roles: ['Reader'] }];
      emulator.identities.add({ name: 'reader', apiKey: 'reader', access });
      later(emulator);
      await withFolder({}, async (cwd) => {
        const env = { ...emulator.environment, IBMCLOUD_API_KEY: 'reader' };
        const ran = await keystead(['export', '--all', '--stack', 'lake'], { cwd, env });
        expect(ran.code).toBe(0);
        expectGolden('export-unread', `${normal(ran.stdout)}---\n${ran.stderr}`);
        await writeFile(join(cwd, 'k.yaml'), ran.stdout);
        const planned = await keystead(['plan', '--allow', 'adopt'], { cwd, env });
        expect(planned.stderr).toBe('');
        expect(planned.stdout.trim().split('\n').at(-1)).toBe(
          'Plan: 0 to create, 0 to change, 0 to delete, 3 to mark.',
        );
      });
    });
  });

  test('writes a file once', async () => {
    await withConsole(async ({ api, cwd, read }) => {
      await createVault(api);
      const first = await read('export', '--instance', 'vault', '--stack', 'lake', '--out', 'lake.yaml');
      expect([first.code, first.stdout, first.stderr]).toEqual([
        0,
        '',
        '1 exported. Next: keystead plan --allow adopt lake.yaml\n',
      ]);
      const file = join(cwd, 'lake.yaml');
      expect(await readFile(file, 'utf8')).toContain('  vault: {}\n');
      await writeFile(file, 'edited');
      const second = await read('export', '--all', '--out', 'lake.yaml');
      expect([second.code, second.stdout]).toEqual([1, '']);
      expect(second.stderr).toContain('error[FILE_EXISTS]');
      expect(await readFile(file, 'utf8')).toBe('edited');
      expect((await read('export', '--all', '--out', 'nowhere/lake.yaml')).stderr).toContain('error[UNWRITABLE]');
    });
  });

  test('takes the stack whose marks everything bears, and asks for one otherwise', async () => {
    await withConsole(async ({ api, read }) => {
      await createInstance(api, {
        name: 'Vault',
        resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
        tags: ['keystead:lake.safe'],
      });
      const ours = await read('export', '--all');
      expect(ours.stdout).toContain('\nstack: lake\n');
      // Its map key is the one that its mark says.
      expect(ours.stdout).toContain('\n  safe:\n    name: Vault\n');
      await createVault(api);
      const mixed = await read('export', '--all');
      expect(mixed.stdout).toContain('\nstack: imported # a placeholder');
      expect(mixed.stdout).toContain('#   key-protect-instance "Vault": it carries the mark of stack lake (safe)\n');
      expect(mixed.stderr).toContain('Set `stack` in it');
    });
  });

  test.each<[string, readonly string[], string]>([
    ['nothing to export', [], 'error[NOTHING_CHOSEN]'],
    ['an unknown instance', ['--instance', 'vualt'], 'did you mean "vault"?'],
    ['a name of two instances', ['--instance', 'twin'], 'help: say which one: --instance crn:v1:'],
    ['an unknown service', ['--service', 'data-virtualisation'], 'error[UNKNOWN_SERVICE]'],
    ['a stack that is none', ['--all', '--stack', 'My Stack'], 'lower-case letters'],
  ])('%s is one clear error', async (_title, args, message) => {
    await withConsole(async ({ api, read }) => {
      await createVault(api);
      await createVault(api, 'twin');
      await createVault(api, 'twin');
      const ran = await read('export', ...args);
      expect([ran.code, ran.stdout]).toEqual([1, '']);
      expect(ran.stderr).toContain(message);
    });
  });
});
