import { describe, expect, test } from '@jest/globals';
import { keystead, type Ran } from '../helpers/cli.ts';
import { type Console, consoleOf, liveWorld } from '../helpers/console.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { writesOf } from '../helpers/request-log.ts';

const manifest = lakehouse.replace('worker_count: "3"', 'worker_count: "3", admin_password: hunter2-canary');

interface Applied {
  readonly console: Console;
  /** The CRN of what is called so. */
  crn(name: string): string;
  get(...args: readonly string[]): Promise<Ran>;
  explain(...args: readonly string[]): Promise<Ran>;
}

/** The main job done; `get` and `explain` are held to read only. */
async function withApplied(work: (applied: Applied) => Promise<void>): Promise<void> {
  await withEmulator(async ({ emulator, api }) => {
    await withFolder({ 'k.yaml': manifest }, async (cwd) => {
      const { environment: env } = emulator;
      expect((await keystead(['apply', '--auto-approve'], { cwd, env })).code).toBe(0);
      const read = async (...args: readonly string[]): Promise<Ran> => {
        const before = emulator.requests().length;
        const ran = await keystead(args, { cwd, env });
        expect(writesOf(emulator.requests().slice(before))).toEqual([]);
        return ran;
      };
      await work({
        console: consoleOf(emulator, api),
        crn: (name) => {
          const { keys, instances } = liveWorld(emulator);
          return [...keys, ...instances].find((one) => one.name === name)?.crn ?? '';
        },
        get: (...args) => read('get', ...args),
        explain: (...args) => read('explain', ...args),
      });
    });
  });
}

describe('get', () => {
  test('prints one field as it is', async () => {
    await withApplied(async ({ crn, get }) => {
      const [key, vault] = [crn('dv-root'), crn('vault')];
      const fields: readonly (readonly [string, string, string])[] = [
        ['key.dv-root', 'crn', key],
        ['key.dv-root', 'id', key.split(':')[9] ?? ''],
        ['key.dv-root', 'state', 'active'],
        ['key.dv-root', 'rotation.intervalMonths', '3'],
        ['key.dv-root', 'owners', '["prod/dv-root"]'],
        ['key-protect-instance.vault', 'id', vault.split(':')[7] ?? ''],
        ['key-protect-instance.vault', 'region', 'us-south'],
        ['key-ring.lakehouse', 'id', 'lakehouse'],
        ['deployment.lakehouse', 'encryption.key', key],
        ['deployment.lakehouse', 'parameters.worker_count', '3'],
      ];
      for (const [address, field, value] of fields) {
        const { code, stdout, stderr } = await get(address, '--field', field);
        expect([address, field, code, stdout, stderr]).toEqual([address, field, 0, `${value}\n`, '']);
      }
      expect((await get('key.dv-root', '--field', 'crn', '--json')).stdout).toBe(`"${key}"\n`);
    });
  });

  test('prints the object, without its secrets', async () => {
    await withApplied(async ({ crn, get, explain }) => {
      const json = await get('deployment.lakehouse', '--json');
      expect(JSON.parse(json.stdout)).toMatchObject({
        formatVersion: 1,
        address: 'deployment.lakehouse',
        crn: crn('lakehouse'),
        state: 'active',
        fields: { service: 'data-virtualization', parameters: { worker_count: '3' } },
      });
      const lines = await get('deployment.lakehouse');
      expect(lines.stdout).toContain(`address: deployment.lakehouse\nid: ${crn('lakehouse').split(':')[7]}\n`);
      const secret = await get('deployment.lakehouse', '--field', 'parameters.admin_password');
      expect([secret.code, secret.stdout]).toEqual([1, '']);
      const page = await explain('deployment.lakehouse');
      expect(page.stdout).toContain('worker_count');
      for (const { stdout, stderr } of [json, lines, secret, page])
        expect(stdout + stderr).not.toContain('hunter2-canary');
    });
  });

  test('answers with 1 and one clear error when there is nothing to print', async () => {
    await withApplied(async ({ console, get }) => {
      const errors: readonly (readonly [readonly string[], string])[] = [
        [['key.dv-rot', '--field', 'crn'], 'did you mean key.dv-root?'],
        [['key.dv-root', '--field', 'rotaton'], 'did you mean rotation?'],
        [['key-ring.lakehouse', '--field', 'crn'], 'error[NO_VALUE]'],
        [['key.dv-root', '--field', 'description'], 'error[NO_VALUE]'],
      ];
      for (const [args, message] of errors) {
        const ran = await get(...args);
        expect([args, ran.code, ran.stdout]).toEqual([args, 1, '']);
        expect(ran.stderr).toContain(message);
      }
      await console.deleteDeployment('lakehouse');
      await console.destroyKey('dv-root');
      const gone = await get('key.dv-root', '--field', 'crn');
      expect([gone.code, gone.stdout]).toEqual([1, '']);
      expect(gone.stderr).toMatch(/^error\[NOT_LIVE\]: key\.dv-root is not live: destroyed on /);
      // How it is can be told.
      expect((await get('key.dv-root', '--field', 'state')).stdout).toBe('destroyed\n');
      expect((await get('deployment.lakehouse', '--field', 'state')).stdout).toBe('reclaiming\n');
      await console.deleteAuthorizations();
      const missing = await get('authorization.dv-reads-vault', '--field', 'id');
      expect([missing.code, missing.stdout]).toEqual([1, '']);
      expect(missing.stderr).toContain('authorization.dv-reads-vault is declared, and it is not live');
    });
  });
});
