import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { apiOf, withEmulator } from '../helpers/emulator.ts';
import { createVault, list, text } from '../helpers/platform.ts';
import { isLong } from '../helpers/property.ts';
import { enveloped } from '../helpers/vault.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystead-crash-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A release takes all of them; the usual run is a taste of it. */
const kills = isLong ? 200 : 8;

test('kill -9 under writes loses no write that was acknowledged', async () => {
  const dataFile = join(folder, 'data.log');
  const program = await buildChild();
  const acknowledged: string[] = [];
  let vault = '';
  for (let kill = 0; kill < kills; kill += 1) {
    const child = await startChild(program, dataFile);
    const exit = once(child.process, 'exit');
    const api = apiOf(child.url);
    vault ||= (await createVault(api)).guid;
    const headers = { 'Bluemix-Instance': vault };
    // What the kill before this one left is all there.
    const kept = await api('GET', '/api/v2/keys?limit=5000', { headers });
    const names = kept.status === 200 ? list(kept.body, 'resources').map((key) => text(key, 'name')) : [];
    expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);
    // Another number of writes each time, so that the kill falls at another moment.
    const last = acknowledged.length + 1 + ((kill * 7) % 23);
    const write = async (name: string): Promise<void> => {
      const key = { type: 'application/vnd.ibm.kms.key+json', name, extractable: false, aliases: [name] };
      const { status } = await api('POST', '/api/v2/keys', { body: enveloped('key', key), headers });
      if (status === 201) acknowledged.push(name);
      if (acknowledged.length >= last) child.process.kill('SIGKILL');
    };
    // Several at a time, so that the kill falls between and inside of writes; what is in flight then simply fails.
    const workers = Array.from({ length: 4 }, async (_, worker) => {
      for (let n = 0; n < 1000; n += 1) await write(`key-${kill}-${worker}-${n}`);
    });
    const ended = await Promise.allSettled(workers);
    expect(ended.every((worker) => worker.status === 'rejected')).toBe(true);
    expect(await exit).toEqual([null, 'SIGKILL']);
  }

  await withEmulator(
    async ({ api: again }) => {
      for (const alias of acknowledged) {
        const headers = { 'Bluemix-Instance': vault };
        expect([alias, (await again('GET', `/api/v2/keys/${alias}`, { headers })).status]).toEqual([alias, 200]);
      }
    },
    { dataFile },
  );
  expect(acknowledged.length).toBeGreaterThan(kills);
}, 600_000);

interface Child {
  readonly url: string;
  readonly process: ChildProcess;
}

/** An emulator as a program, which can be killed. */
async function buildChild(): Promise<string> {
  const entry = join(folder, 'entry.mjs');
  const start = join(import.meta.dirname, '../../src/emulator/start.ts');
  writeFileSync(
    entry,
    `import { startEmulator } from ${JSON.stringify(start)};
     const emulator = await startEmulator({ dataFile: process.argv[2] });
     process.stdout.write(emulator.url);`,
  );
  const outfile = join(folder, 'child.mjs');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
  return outfile;
}

async function startChild(program: string, dataFile: string): Promise<Child> {
  const child = spawn(process.execPath, [program, dataFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return { url: String(url), process: child };
}
