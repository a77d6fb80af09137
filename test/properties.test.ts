import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planAsJson } from '../src/report/plan/summary.ts';
import { liveWorld } from './helpers/console.ts';
import { sharedKeystead } from './helpers/keystead.ts';
import { manifests, rewritings, sizeOf, yamlOf } from './helpers/random-manifest.ts';
import { writesOf } from './helpers/request-log.ts';

const RUNS = 200;

const afresh = sharedKeystead();

function told(title: string, runs: number): void {
  process.stdout.write(`${title}: ${runs} runs\n`);
}

test('right after an apply of any manifest the plan is empty, and a second apply only reads', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(manifests, async (manifest) => {
      runs += 1;
      await afresh(async (keystead) => {
        await keystead.write(yamlOf(manifest));
        const { outcomes } = await keystead.apply();
        expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toHaveLength(sizeOf(manifest));
        expect(outcomes.filter(({ is }) => is !== 'done')).toEqual([]);
        const { plan } = await keystead.plan();
        expect([plan.changes, plan.notes, plan.orphans, plan.settling]).toEqual([[], [], [], []]);
        const before = keystead.emulator.requests().length;
        expect((await keystead.apply()).outcomes).toEqual([]);
        expect(writesOf(keystead.emulator.requests().slice(before))).toEqual([]);
        const { keys = {}, authorizations = {} } = manifest.blocks;
        const live = liveWorld(keystead.emulator);
        expect([live.keys.length, live.policies.length]).toEqual(
          [keys, authorizations].map((block) => Object.keys(block).length),
        );
      });
    }),
    { numRuns: RUNS },
  );
  told('plan after apply', runs);
}, 300_000);

test('the same manifest in another order and in other files gives the same plan, to the byte', async () => {
  let runs = 0;
  const cases = manifests.chain((manifest) =>
    fc.record({ manifest: fc.constant(manifest), files: rewritings(manifest), half: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ manifest, files, half }) => {
      runs += 1;
      await afresh(async (keystead) => {
        await keystead.write(yamlOf(manifest));
        // Something to compare with, and something left to do.
        if (half) await keystead.apply({ target: ['key-protect-instance.vault0'] });
        const once = planAsJson((await keystead.plan()).plan);
        await keystead.writeFiles(files);
        expect(planAsJson((await keystead.plan()).plan)).toBe(once);
      });
    }),
    { numRuns: RUNS },
  );
  told('manifests written otherwise', runs);
}, 300_000);
