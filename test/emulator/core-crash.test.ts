import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { apiOf, withEmulator } from '../helpers/emulator.ts';
import { createVault } from '../helpers/platform.ts';
import { enveloped } from '../helpers/vault.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystead-crash-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('kill -9 under writes loses no write that was acknowledged', async () => {
  const dataFile = join(folder, 'data.log');
  const child = await startChild(dataFile);
  const exit = once(child.process, 'exit');
  const api = apiOf(child.url);
  const vault = await createVault(api);
  const acknowledged: string[] = [];
  const write = async (alias: string): Promise<void> => {
    const key = { type: 'application/vnd.ibm.kms.key+json', name: alias, extractable: false, aliases: [alias] };
    const headers = { 'Bluemix-Instance': vault.guid };
    const { status } = await api('POST', '/api/v2/keys', { body: enveloped('key', key), headers });
    if (status === 201) acknowledged.push(alias);
    if (acknowledged.length === 40) child.process.kill('SIGKILL');
  };
  // Several at a time, so that the kill falls between and inside of writes; what is in flight then simply fails.
  const workers = Array.from({ length: 4 }, async (_, worker) => {
    for (let n = 0; n < 1000; n += 1) await write(`key-${worker}-${n}`);
  });
  const ended = await Promise.allSettled(workers);
  expect(ended.every((worker) => worker.status === 'rejected')).toBe(true);
  expect(acknowledged.length).toBeGreaterThanOrEqual(40);
  expect(await exit).toEqual([null, 'SIGKILL']);

  await withEmulator(
    async ({ api: again }) => {
      for (const alias of acknowledged) {
        const headers = { 'Bluemix-Instance': vault.guid };
        expect([alias, (await again('GET', `/api/v2/keys/${alias}`, { headers })).status]).toEqual([alias, 200]);
      }
    },
    { dataFile },
  );
});

async function startChild(dataFile: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const entry = join(folder, 'entry.mjs');
  const start = join(import.meta.dirname, '../../src/emulator/start.ts');
  writeFileSync(
    entry,
    `import { startEmulator } from ${JSON.stringify(start)};
     const emulator = await startEmulator({ dataFile: ${JSON.stringify(dataFile)} });
     process.stdout.write(emulator.url);`,
  );
  const outfile = join(folder, 'child.mjs');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return { url: String(url), process: child };
}
