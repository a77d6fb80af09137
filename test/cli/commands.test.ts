import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keystead, keysteadProcess } from '../helpers/cli.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { writesOf } from '../helpers/request-log.ts';

const STACK_TRACE = /^\s+at .+:\d+:\d+\)?$/m;

describe('bad manifests end with 3, one clear message and its place', () => {
  const edit = (from: string | RegExp, to: string) => ({ 'k.yaml': lakehouse.replace(from, to) });
  const aliases = 'abcdefghi'.split('').map((name, index, all) => {
    const items = index === 0 ? '1' : `*${all[index - 1]}`;
    return `      ${name}: &${name} [${Array(9).fill(items).join(', ')}]`;
  });
  const bomb = edit('parameters: { worker_count: "3" }', `parameters:\n${aliases.join('\n')}`);

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['an unknown field', edit('ring: lakehouse', 'rang: lakehouse'), 'UNKNOWN_FIELD', 'k.yaml:12:5'],
    ['a wrong type', edit('intervalMonths: 3', 'intervalMonths: soon'), 'WRONG_TYPE', 'k.yaml:13:33'],
    [
      'a duplicate name in two files',
      { 'a.yaml': lakehouse, 'b.yaml': 'apiVersion: keystead/v1\nkeys:\n  dv-root: { instance: vault }\n' },
      'DUPLICATE_NAME',
      'b.yaml:3:3',
    ],
    ['an unknown reference', edit('{ key: dv-root }', '{ key: root }'), 'UNKNOWN_REFERENCE', 'k.yaml:23:24'],
    [
      'a bare key id',
      edit('{ key: dv-root }', '{ key: 0b5f1c1e-8a3a-4f0e-9c1d-2f6a7b8c9d0e }'),
      'BARE_ID',
      'k.yaml:23:24',
    ],
    ['a missing authorization', edit(/^authorizations:\n(?: .*\n)*/m, ''), 'NOT_AUTHORIZED', 'k.yaml:18:24'],
    ['a Lite plan', edit('enterprise', 'lite'), 'PLAN_TAKES_NO_KEY', 'k.yaml:22:11'],
    ['a standard key', edit('rotation: { intervalMonths: 3 }', 'type: standard'), 'NOT_A_ROOT_KEY', 'k.yaml:23:24'],
    ['a YAML syntax error', edit('roles: [Reader]', 'roles: [Reader'), 'YAML_SYNTAX', 'k.yaml:'],
    ['an alias bomb', bomb, 'ALIAS_EXPANSION', 'k.yaml:'],
    ['a depth bomb', { 'k.yaml': `x: ${'['.repeat(100_000)}` }, 'NESTING_TOO_DEEP', 'k.yaml:1:'],
    ['__proto__', edit('ring: lakehouse', '__proto__: { polluted: true }'), 'FORBIDDEN_KEY', 'k.yaml:12:5'],
    ['a file too large', { 'k.yaml': `${lakehouse}#${'x'.repeat(8 * 1024 * 1024)}` }, 'FILE_TOO_LARGE', 'k.yaml'],
    ['a directory without manifests', { 'README.md': '' }, 'NO_MANIFESTS', ''],
  ])('%s', async (_title, files, code, place) => {
    await withFolder(files, async (cwd) => {
      const ran = await keystead(['validate'], { cwd });
      expect(ran.code).toBe(3);
      expect(ran.stdout).toContain(`error[${code}]`);
      expect(ran.stdout).toContain(place);
      expect(ran.stdout.match(/^error\[/gm)).toHaveLength(1);
      expect(ran.stdout + ran.stderr).not.toMatch(STACK_TRACE);
      // The other commands refuse the same before they look for credentials.
      const planned = await keystead(['plan'], { cwd });
      expect([planned.code, planned.stdout]).toEqual([3, '']);
      expect(planned.stderr).toContain(`error[${code}]`);
    });
  });

  test('a dangling link', async () => {
    await withFolder({}, async (cwd) => {
      await symlink(join(cwd, 'nowhere'), join(cwd, 'k.yaml'));
      const ran = await keystead(['validate'], { cwd });
      expect([ran.code, ran.stderr]).toEqual([3, '']);
      expect(ran.stdout).toContain('error[UNREADABLE_FILE]');
      expect(ran.stdout).toContain('k.yaml');
    });
  });

  test('as JSON they are data', async () => {
    await withFolder(edit('ring: lakehouse', 'rang: lakehouse'), async (cwd) => {
      const ran = await keystead(['validate', '--json'], { cwd });
      expect(ran.code).toBe(3);
      expect(JSON.parse(ran.stdout)).toMatchObject({
        formatVersion: 1,
        problems: [{ code: 'UNKNOWN_FIELD', at: { file: 'k.yaml', line: 12, column: 5 } }],
      });
    });
  });
});

describe('what the cloud refuses', () => {
  test('without an API key the variable is named', async () => {
    await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
      const ran = await keystead(['plan'], { cwd });
      expect([ran.code, ran.stdout]).toEqual([1, '']);
      expect(ran.stderr).toContain('IBMCLOUD_API_KEY');
      expect(ran.stderr).not.toMatch(STACK_TRACE);
    });
  });

  test.each<[string, number, Readonly<Record<string, string>>, (text: string) => string, string]>([
    ['a wrong API key', 1, { IBMCLOUD_API_KEY: 'wrong-key-canary' }, (text) => text, 'BXNIM0415E'],
    [
      'an emulator that is down',
      1,
      { IBMCLOUD_IAM_API_ENDPOINT: 'http://127.0.0.1:1' },
      (text) => text,
      'http://127.0.0.1:1',
    ],
    [
      'an unknown group',
      1,
      {},
      (text) => text.replace('vault: {}', 'vault: { resourceGroup: Defualt }'),
      'did you mean "Default"?',
    ],
    ['an unknown plan', 1, {}, (text) => text.replace('vault: {}', 'vault: { plan: platinum }'), 'tiered-pricing'],
    [
      'another account',
      5,
      {},
      (text) => text.replace(/^account: .*$/m, 'account: ffffffffffffffffffffffffffffffff'),
      'ffffffffffffffffffffffffffffffff',
    ],
  ])('%s ends with %i and one clear message', async (_title, code, env, change, message) => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': change(lakehouse) }, async (cwd) => {
        const ran = await keystead(['plan'], { cwd, env: { ...emulator.environment, ...env } });
        expect([ran.code, ran.stdout]).toEqual([code, '']);
        expect(ran.stderr).toContain(message);
        expect(ran.stderr.match(/^error\[/gm)).toHaveLength(1);
        expect(ran.stderr).not.toMatch(STACK_TRACE);
        expect(ran.stderr).not.toContain('wrong-key-canary');
      });
    });
  });

  test('another account is refused before any request but the login', async () => {
    await withEmulator(async ({ emulator }) => {
      const text = lakehouse.replace(/^account: .*$/m, 'account: ffffffffffffffffffffffffffffffff');
      await withFolder({ 'k.yaml': text }, async (cwd) => {
        expect((await keystead(['apply', '--auto-approve'], { cwd, env: emulator.environment })).code).toBe(5);
        expect(emulator.requests().map(({ path }) => path)).toEqual(['/identity/token']);
      });
    });
  });
});

test('plan --emulator gives the same bytes each time, whatever port the emulator has', async () => {
  await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
    const once = await keystead(['plan', '--json', '--emulator'], { cwd });
    const again = await keystead(['plan', '--json', '--emulator'], { cwd });
    expect(JSON.parse(once.stdout)).toMatchObject({ endpoints: 'emulator' });
    expect(again.stdout).toBe(once.stdout);
  });
});

describe('apply', () => {
  test('asks nobody where nobody is: it names the flag and changes nothing', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const ran = await keystead(['apply'], { cwd, env: emulator.environment });
        expect(ran.code).toBe(5);
        expect(ran.stderr).toContain('--auto-approve');
        expect(writesOf(emulator.requests())).toEqual([]);
      });
    });
  });

  test.each([
    ['inside this process', keystead],
    ['by the built command', keysteadProcess],
  ])('makes what is declared, and a second one only reads: %s', async (_how, run) => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const env = emulator.environment;
        expect((await run(['plan', '--detailed-exitcode'], { cwd, env })).code).toBe(2);
        const first = await run(['apply', '--auto-approve'], { cwd, env });
        expect(first.stdout).toContain('Apply complete: 5 created, 0 changed, 0 deleted.');
        expect(first.code).toBe(0);
        const before = emulator.requests().length;
        const second = await run(['apply', '--auto-approve'], { cwd, env });
        expect([second.code, second.stdout.trim().split('\n').at(-1)]).toEqual([
          0,
          'No changes. Live state matches the manifests.',
        ]);
        expect(writesOf(emulator.requests().slice(before))).toEqual([]);
        const planned = await run(['plan', '--detailed-exitcode'], { cwd, env });
        expect(planned.code).toBe(0);
        // The same bytes for the same cloud.
        expect((await run(['plan', '--json'], { cwd, env })).stdout).toBe(
          (await run(['plan', '--json'], { cwd, env })).stdout,
        );
      });
    });
  });

  test('with a blocked change does the rest and ends with 5', async () => {
    await withEmulator(async ({ emulator }) => {
      const stranger =
        'apiVersion: keystead/v1\nstack: other\ndefaults: { region: us-south }\nkeyProtectInstances: { vault: {} }\n';
      await withFolder(
        {
          'other.yaml': stranger,
          'k.yaml': `${stranger.replace('other', 'mine').replace('vault: {}', 'vault: {}, second: {}')}`,
        },
        async (cwd) => {
          const env = emulator.environment;
          expect((await keystead(['apply', '--auto-approve', 'other.yaml'], { cwd, env })).code).toBe(0);
          const ran = await keystead(['apply', '--auto-approve', 'k.yaml'], { cwd, env });
          expect(ran.code).toBe(5);
          expect(ran.stdout).toContain('blocked [FOREIGN_MARK]');
          expect(ran.stdout).toContain('Apply incomplete: 1 created, 0 changed, 0 deleted, 1 blocked.');
        },
      );
    });
  });

  test('sets variables from flags, files and the environment, in that order of strength', async () => {
    await withEmulator(async ({ emulator }) => {
      const text = lakehouse
        .replace('keyProtectInstances:', 'variables: { workers: { default: "3" } }\nkeyProtectInstances:')
        .replace('worker_count: "3"', 'worker_count: "$' + '{var.workers}"');
      await withFolder({ 'k.yaml': text, 'v.yaml': 'x: 1\n' }, async (cwd) => {
        await writeFile(join(cwd, 'vars'), 'workers: 5\n');
        const env = { ...emulator.environment, KEYSTEAD_VAR_workers: '4' };
        const workers = async (...args: readonly string[]) => {
          const { stdout } = await keystead(['plan', 'k.yaml', ...args], { cwd, env });
          return /worker_count\s+(\S+)/.exec(stdout)?.[1];
        };
        expect(await workers()).toBe('4');
        expect(await workers('--var-file', 'vars')).toBe('5');
        expect(await workers('--var-file', 'vars', '--var', 'workers=6')).toBe('6');
      });
    });
  });
});
