import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keystead } from '../helpers/cli.ts';
import { liveWorld } from '../helpers/console.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { lakehouse } from '../helpers/manifests.ts';

const DAY_MS = 86_400_000;
const ending = lakehouse
  .replace('    service: data-virt', '    state: absent\n    service: data-virt')
  .replace('    instance: vault\n    ring', '    state: absent\n    instance: vault\n    ring');

test('a plan that must wait for days is carried out by the same file until nothing is left of it', async () => {
  await withEmulator(
    async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse, 'end.yaml': ending }, async (cwd) => {
        const run = (...args: readonly string[]) => keystead(args, { cwd, env: emulator.environment });
        const keys = () => liveWorld(emulator).keys.map(({ state }) => state);
        expect((await run('apply', '--auto-approve', 'k.yaml')).code).toBe(0);
        expect((await run('plan', 'end.yaml', '--out', 'end.plan')).code).toBe(0);
        expect((await stat(join(cwd, 'end.plan'))).mode & 0o777).toBe(0o600);

        const ends: [number | null, readonly number[]][] = [];
        for (const days of [0, 1, 9, 0]) {
          emulator.clock.advance(days * DAY_MS);
          ends.push([(await run('apply', '--auto-approve', 'end.plan')).code, keys()]);
        }
        expect(ends).toEqual([
          [6, [1]],
          [6, [1]],
          [0, [5]],
          [0, [5]],
        ]);
      });
    },
    { settings: { registrationLingerMs: 9 * DAY_MS } },
  );
});
