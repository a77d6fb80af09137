import { expect } from '@jest/globals';
import fc from 'fast-check';
import { planAsJson } from '../../src/report/plan/summary.ts';
import { liveWorld } from '../helpers/console.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { property } from '../helpers/property.ts';
import { manifests, type RandomManifest, rewritings, sizeOf, yamlOf } from '../helpers/random-manifest.ts';
import { writesOf } from '../helpers/request-log.ts';

const blocks = {
  keyProtectInstances: 'often',
  keyRings: 'often',
  keys: 'often',
  authorizations: 'often',
  deployments: 'often',
} as const;

const blocksOf = (manifest: RandomManifest) =>
  (Object.keys(blocks) as (keyof typeof blocks)[]).filter((name) => manifest.blocks[name] !== undefined);

property(
  'right after an apply of any manifest the plan is empty, and a second apply only reads',
  manifests,
  { runs: 200, classes: blocks },
  async (manifest, occurs) => {
    occurs(...blocksOf(manifest));
    await withKeystead(async (keystead) => {
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
  },
);

const rewritten = manifests.chain((manifest) =>
  fc.record({ manifest: fc.constant(manifest), files: rewritings(manifest), half: fc.boolean() }),
);

property(
  'the same manifest in another order and in other files gives the same plan, to the byte',
  rewritten,
  { runs: 200, classes: { ...blocks, 'half of it live': 'often', 'nothing live': 'often' } },
  async ({ manifest, files, half }, occurs) => {
    occurs(half ? 'half of it live' : 'nothing live', ...blocksOf(manifest));
    await withKeystead(async (keystead) => {
      await keystead.write(yamlOf(manifest));
      // Something to compare with, and something left to do.
      if (half) await keystead.apply({ target: ['key-protect-instance.vault0'] });
      const once = planAsJson((await keystead.plan()).plan);
      await keystead.writeFiles(files);
      expect(planAsJson((await keystead.plan()).plan)).toBe(once);
    });
  },
);
