import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { type Canary, leaksIn, materialCanary, textCanary } from '../helpers/canary.ts';
import { keystead } from '../helpers/cli.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { account } from '../helpers/platform.ts';

const HOUR_MS = 3_600_000;

const manifest = (more = ''): string => `apiVersion: keystead/v1
stack: prod
account: ${account}
defaults: { region: us-south }
keyProtectInstances:
  vault: {}
keys:
  root: { instance: vault, material: { env: ROOT_KEY }${more} }
  plain: { instance: vault, material: { file: plain.key, secureImport: false } }
  secret: { instance: vault, type: standard, material: { env: SECRET } }
`;

interface Stage {
  readonly emulator: Emulator;
  readonly folder: string;
  readonly dataFile: string;
  readonly canaries: readonly Canary[];
  /** Everything that was said or written so far. */
  readonly places: Map<string, string | Buffer>;
  /** Runs a command at the most talkative level and keeps what it said. */
  run(words: string, env?: Readonly<Record<string, string>>): Promise<number | null>;
}

/** Runs a test with key material and an API key that must show up nowhere. */
async function withSecrets(test: (stage: Stage) => Promise<void>): Promise<void> {
  const material = { root: randomBytes(32), plain: randomBytes(24), secret: randomBytes(40), next: randomBytes(32) };
  const apiKey = randomBytes(24).toString('base64url');
  const canaries = [
    ...Object.entries(material).map(([name, bytes]) => materialCanary(`material of ${name}`, bytes)),
    textCanary('the API key', apiKey),
  ];
  await withFolder({ 'keystead.yaml': manifest() }, async (folder) => {
    await writeFile(join(folder, 'plain.key'), material.plain);
    await withFolder({}, async (data) => {
      const dataFile = join(data, 'cloud.log');
      const identities = [{ name: 'canary', apiKey, access: [{ roles: ['Manager', 'KeyPurge'] }] }];
      await withEmulator(
        async ({ emulator }) => {
          const places: Stage['places'] = new Map();
          const env = {
            ...emulator.environment,
            IBMCLOUD_API_KEY: apiKey,
            ROOT_KEY: material.root.toString('base64'),
            SECRET: material.secret.toString('base64'),
            NEXT: material.next.toString('base64'),
          };
          const run: Stage['run'] = async (words, more = {}) => {
            const { code, stdout, stderr } = await keystead(words.split(' '), {
              cwd: folder,
              env: { ...env, ...more },
            });
            const place = `${places.size + 1} keystead ${words}`;
            places.set(`${place}, stdout`, stdout);
            places.set(`${place}, stderr`, stderr);
            return code;
          };
          await test({ emulator, folder, dataFile, canaries, places, run });
        },
        { dataFile, identities },
      );
    });
  });
}

/** What is in files, and what the emulator shows; its own stores of keys and material are what they are for. */
function lookAround({ emulator, folder, dataFile, places }: Stage): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file !== 'plain.key') places.set(`file ${file}`, readFileSync(join(folder, file)));
  }
  const [, ...lines] = readFileSync(dataFile, 'utf8').trimEnd().split('\n');
  const writes = lines.flatMap((line) => JSON.parse(line) as readonly (readonly [string, string, unknown])[]);
  expect(writes.some(([table]) => table === 'secret/key-protect-material')).toBe(true);
  const open = writes.filter(([table]) => !table.startsWith('secret/'));
  places.set("the emulator's file", JSON.stringify(open));
  places.set("the emulator's state", JSON.stringify(emulator.state()));
  places.set("the emulator's requests", JSON.stringify(emulator.requests()));
  places.set("the emulator's events", JSON.stringify(emulator.events()));
}

const LOUD = '--log-level trace';

describe('key material, API keys and tokens', () => {
  test('are in no output, log, plan, error, report or file but where the emulator keeps them', async () => {
    await withSecrets(async (stage) => {
      const { emulator, folder, run, places, canaries } = stage;
      expect(await run('validate')).toBe(0);
      expect(await run(`plan --out change.plan ${LOUD}`)).toBe(0);
      expect(await run('show --json change.plan')).toBe(0);
      expect(await run(`apply --auto-approve ${LOUD} change.plan`)).toBe(0);
      expect(await run(`plan --json ${LOUD}`)).toBe(0);
      expect(await run(`drift --json ${LOUD}`)).toBe(0);
      expect(await run(`explain key.root --json ${LOUD}`)).toBe(0);
      expect(await run(`export --all ${LOUD}`)).toBe(0);

      emulator.clock.advance(2 * HOUR_MS);
      const since = new Date(emulator.clock.now().getTime() - HOUR_MS).toISOString();
      const rotated = manifest(`, rotatedSince: ${since}`);
      await writeFile(join(folder, 'keystead.yaml'), rotated.replace('env: ROOT_KEY', 'env: NEXT'));
      expect(await run(`apply --auto-approve --json ${LOUD}`)).toBe(0);

      // What goes wrong says what, and not with what.
      const more = manifest().replace('keys:\n', 'keys:\n  more: { instance: vault, material: { env: ROOT_KEY } }\n');
      await writeFile(join(folder, 'keystead.yaml'), more);
      const broken = canaries[0]?.forms.find(([form]) => form === 'base64')?.[1].toString() ?? '';
      expect(await run(`apply --auto-approve ${LOUD}`, { ROOT_KEY: `${broken}*` })).toBe(1);
      expect(await run(`apply --auto-approve ${LOUD}`, { ROOT_KEY: broken.slice(0, 40) })).toBe(1);
      emulator.faults.add({ match: { method: 'POST', path: '^/api/v2/keys$', times: 9 }, status: 400 });
      expect(await run(`apply --auto-approve ${LOUD}`)).toBe(1);
      emulator.faults.clear();
      emulator.faults.add({ match: { method: 'POST', path: '^/api/v2/keys$', times: 9 }, drop: 'after' });
      expect(await run(`apply --auto-approve ${LOUD}`)).toBe(0);
      const wrong = `${canaries.at(-1)?.forms[0]?.[1].toString()}-wrong`;
      expect(await run(`plan ${LOUD}`, { IBMCLOUD_API_KEY: wrong })).toBe(1);

      lookAround(stage);
      expect([...places.values()].filter((content) => content.length > 0).length).toBeGreaterThan(20);
      expect(leaksIn(places, canaries)).toEqual([]);
    });
  }, 120_000);

  test('are found by this search where somebody puts them', async () => {
    await withSecrets(async (stage) => {
      const { folder, run, places, canaries } = stage;
      const planted = canaries[0]?.forms.find(([form]) => form === 'base64')?.[1].toString() ?? '';
      await writeFile(join(folder, 'keystead.yaml'), manifest(`, description: "${planted}"`));
      expect(await run('plan --out change.plan')).toBe(0);
      expect(await run('apply --auto-approve change.plan')).toBe(0);
      lookAround(stage);
      const leaks = leaksIn(places, canaries);
      for (const place of ['1 keystead plan --out change.plan, stdout', 'file change.plan', "the emulator's file"]) {
        expect(leaks).toContain(`${place}: material of root, base64`);
      }
    });
  });

  test.each(['raw', 'bytes', 'hex', 'HEX', 'base64', 'base64url'])('are found as %s', (form) => {
    const canary = materialCanary('it', Buffer.from([0xfb, 0xff, 0xfe, 0x3e, 0x3f, ...randomBytes(27)]));
    const secret = canary.forms.find(([name]) => name === form)?.[1] ?? Buffer.alloc(0);
    const places = new Map([['there', Buffer.concat([Buffer.from('before '), secret, Buffer.from(' after')])]]);
    expect(leaksIn(places, [canary])).toEqual([`there: it, ${form}`]);
  });

  test('a token is found by its shape', () => {
    const places = new Map([['there', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJpYW1faWQiOiJJQk1pZCJ9.c2lnbmF0dXJl']]);
    expect(leaksIn(places, [])).toEqual(['there: a token']);
  });
});
