import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from '../../src/emulator/start.ts';
import { isLong } from '../helpers/property.ts';
import { expectInvariants, rowsOf } from './storm/invariants.ts';
import { storm } from './storm/requests.ts';

/** A release takes all of them; the usual run is a taste of it. */
const seeds = isLong ? 50 : 2;
const requests = 1000;

/** What storms must leave behind, or their invariants would hold of nothing. */
const tables = [
  'key-protect/keys',
  'key-protect/registrations',
  'policy/policies',
  'resource-controller/instances',
  'resource-controller/reclamations',
  'tagging/tags',
];

test('a storm of requests and faults breaks no invariant, and the file reloads to the same state', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-storm-'));
  const left = new Set<string>();
  try {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const dataFile = join(folder, `${seed}.log`);
      const before = await running(dataFile, async (emulator) => {
        await storm(emulator, seed, requests);
        waitForQuiet(emulator);
        expectInvariants(emulator);
        for (const table of tables) if (rowsOf(emulator, table).length > 0) left.add(table);
        return { at: emulator.clock.now(), state: stateOf(emulator) };
      });
      await running(dataFile, async (emulator) => {
        emulator.clock.set(before.at);
        expect([seed, stateOf(emulator)]).toEqual([seed, before.state]);
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect([...left].sort()).toEqual(tables);
}, 600_000);

/** Until nothing is due for a minute: time runs on, and what happened between two looks would differ. */
function waitForQuiet(emulator: Emulator): void {
  const quietMs = 60_000;
  const isDue = ({ dueAt }: Readonly<Record<string, unknown>>) =>
    Date.parse(String(dueAt)) < emulator.clock.now().getTime() + quietMs;
  while (rowsOf(emulator, 'core/timers').some(isDue)) emulator.clock.advance(quietMs);
}

async function running<T>(dataFile: string, work: (emulator: Emulator) => Promise<T>): Promise<T> {
  const emulator = await startEmulator({ dataFile });
  try {
    return await work(emulator);
  } finally {
    await emulator.close();
  }
}

/** As a file would hold it, but for the clock, which goes on. */
function stateOf(emulator: Emulator): unknown {
  const { 'core/clock': _clock, ...tables } = JSON.parse(JSON.stringify(emulator.state())) as Record<string, unknown>;
  return tables;
}
