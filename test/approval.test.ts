import { describe, expect, test } from '@jest/globals';
import { keystead } from './helpers/cli.ts';
import { withEmulator } from './helpers/emulator.ts';
import { withFolder } from './helpers/folder.ts';
import { lakehouse } from './helpers/manifests.ts';

describe('a plan of which only a later round could do something', () => {
  test('is not applied without an approval, even when nothing of it is ready', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const tagged = lakehouse.replace('plan: enterprise', "plan: enterprise\n    tags: ['later']");
        await withFolder({ 'k.yaml': lakehouse, 'later.yaml': tagged }, async (cwd) => {
          const env = emulator.environment;
          await keystead(['apply', '--auto-approve', '--wait', '0s', 'k.yaml'], { cwd, env });
          const before = emulator.requests().length;
          const ran = await keystead(['apply', '--wait', '0s', 'later.yaml'], { cwd, env });
          expect(ran.stdout).toContain('0 to change, 0 to delete, 1 deferred.');
          expect(ran.stderr).toContain('error[NOT_APPROVED]');
          expect(ran.code).toBe(5);
          const sent = emulator.requests().slice(before);
          expect(sent.filter(({ method, path }) => method !== 'GET' && !/token$|search$/.test(path))).toEqual([]);
        });
      },
      { settings: { provisioningMs: 86_400_000 } },
    );
  });
});
