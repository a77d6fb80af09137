import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keystead } from '../helpers/cli.ts';
import { withFolder } from '../helpers/folder.ts';

describe('the built command', () => {
  test('meets the faults of a file from the first request on, and prints a key that is no real one', async () => {
    await withFolder({ 'faults.yaml': '- match: { path: policies }\n  status: 503\n' }, async (folder) => {
      const args = [resolve('dist/keystead.mjs'), 'emulate', '--port', '0', '--faults', 'faults.yaml'];
      const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      try {
        let environment = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          environment += text;
        });
        const url = await new Promise<string>((found, failed) => {
          let said = '';
          child.stderr.setEncoding('utf8').on('data', (text: string) => {
            said += text;
            const at = /Emulating IBM Cloud at (\S+),/.exec(said)?.[1];
            if (at !== undefined) found(at);
          });
          child.once('close', () => failed(new Error(said)));
        });
        expect((await fetch(`${url}/v2/policies`)).status).toBe(503);
        // IBM's provider prefers IC_API_KEY to IBMCLOUD_API_KEY: a real one in the shell would win.
        expect(environment).toMatch(/^export IBMCLOUD_API_KEY=keystead-emulator$/m);
        expect(environment).toMatch(/^export IC_API_KEY=keystead-emulator$/m);
        expect(environment).toMatch(/^export IC_VISIBILITY=public$/m);
      } finally {
        child.kill();
      }
    });
  });

  test('says what is wrong with a file by file:line:column, one line each', async () => {
    const files = {
      'faults.yaml': '- match: { paht: x }\n  status: 503\n- status: 503\n- status: 200\n',
      'torn.yaml': '- match: {\n',
      'seed.yaml': 'identities:\n  - name: a\n    apiKey: b\n    rolse: []\n',
    };
    await withFolder(files, async (folder) => {
      const emulate = async (...args: readonly string[]) =>
        (await keystead(['emulate', '--port', '0', ...args], { cwd: folder })).stderr.split('\n');
      expect(await emulate('--faults', 'faults.yaml')).toEqual([
        'error[EMULATOR]: faults.yaml:1:3: "match" has method, path, nth, times, chance and seed, not "paht".',
        'faults.yaml:4:3: "status" must be between 400 and 599.',
        expect.stringMatching('^help: '),
        '',
      ]);
      expect((await emulate('--faults', 'torn.yaml'))[0]).toMatch(/^error\[EMULATOR\]: torn\.yaml:2:1: no YAML: /);
      expect((await emulate('--seed', 'seed.yaml'))[0]).toMatch(
        /^error\[EMULATOR\]: seed\.yaml:4:5: \/identities\/0: .*rolse/,
      );
    });
  });
});
