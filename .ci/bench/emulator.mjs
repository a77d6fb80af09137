// The emulator's figures: how soon it is ready, how many GETs a second it answers, how soon it is ready on a file with many
// keys.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf, inParallel, makeInstance, makeKey, startCloud } from './cloud.mjs';
import { median } from './process.mjs';

const READY_MS = 150;
const LOADED_MS = 1000;
const GETS_A_SECOND = 5000;

/** @returns one line of the table a figure */
export async function measureEmulator({ keys, gets, runs }) {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-bench-'));
  try {
    const data = join(folder, 'cloud.log');
    const ready = [];
    for (let run = 0; run < runs; run += 1) {
      const empty = await startCloud();
      ready.push(empty.readyMs);
      await empty.stop();
    }
    const first = await startCloud(['--data', data]);
    const client = await clientOf(first.url);
    const plan = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
    const vault = await makeInstance(client, { name: 'vault', resource_plan_id: plan });
    let key;
    await inParallel(Array(keys).keys(), async (index) => {
      key = await makeKey(client, vault.guid, `key-${index}`);
    });
    const get = () => client('GET', `/api/v2/keys/${key.id}`, { headers: { 'Bluemix-Instance': vault.guid } });
    // The second round: by then the code is compiled.
    await rateOf(gets, get);
    const rate = await rateOf(gets, get);
    await first.stop();
    const second = await startCloud(['--data', data]);
    await second.stop();
    return [
      { title: 'emulator: ready', ours: ms(median(ready)), gate: `≤ ${ms(READY_MS)}`, ok: median(ready) <= READY_MS },
      {
        title: `emulator: ready with ${keys} keys on file`,
        ours: ms(second.readyMs),
        gate: `≤ ${ms(LOADED_MS)}`,
        ok: second.readyMs <= LOADED_MS,
      },
      {
        title: 'emulator: GET /keys/{id}',
        ours: `${rate.toFixed(0)} a second`,
        gate: `≥ ${GETS_A_SECOND} a second`,
        ok: rate >= GETS_A_SECOND,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ms(value) {
  return `${value.toFixed(0)} ms`;
}

async function rateOf(count, work) {
  const begin = performance.now();
  await inParallel(Array(count).keys(), work);
  return count / ((performance.now() - begin) / 1000);
}
