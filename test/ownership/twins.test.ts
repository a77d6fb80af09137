import { describe, expect, test } from '@jest/globals';
import type { Cloud } from '../../src/cloud/reader.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { createInstance } from '../helpers/platform.ts';
import { type Finish, race } from '../helpers/race.ts';
import { linesOf } from '../helpers/stacks.ts';

const vault = lakehouse.slice(0, lakehouse.indexOf('keyRings:'));

/** The same apply twice at a time, as by two pipelines that nobody serialises: both looked before either wrote. */
async function twice(keystead: Keystead, manifest: string): Promise<readonly Finish[]> {
  await keystead.write(manifest);
  const { wanted } = await keystead.validate();
  if (wanted === undefined) throw new Error('the manifest has faults');
  const arrive = meetingOf(2);
  const connection: Keystead['connection'] = () => {
    const live = keystead.connection();
    const cloud = (): Cloud => {
      const plain = live.cloud();
      return {
        ...plain,
        async createInstance(order) {
          await arrive();
          return await plain.createInstance(order);
        },
      };
    };
    return { ...live, cloud };
  };
  const runner = { wanted, parallelism: 10 };
  return await race({ ...keystead, connection }, [runner, runner]);
}

/** Whoever arrives waits until so many have. */
function meetingOf(count: number): () => Promise<void> {
  let missing = count;
  let open = (): void => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async () => {
    missing -= 1;
    if (missing === 0) open();
    await all;
  };
}

/** What is live under this name, sorted. */
const called = ({ emulator }: Keystead, name: string) =>
  liveWorld(emulator)
    .instances.filter((instance) => instance.name === name)
    .map(({ crn }) => crn)
    .sort();

describe.each([
  ['a Key Protect instance', 'key-protect-instance', 'vault', '  vault:', '  vault: {}', vault, async () => undefined],
  [
    'a deployment',
    'deployment',
    'lakehouse',
    '  lakehouse:\n    service: data-virtualization',
    '  lakehouse:\n    service: data-virtualization',
    lakehouse,
    // What it needs is there; only the deployment itself is new.
    async (keystead: Keystead) => {
      await keystead.write(lakehouse.slice(0, lakehouse.indexOf('deployments:')));
      await keystead.apply();
    },
  ],
])('two runs that make %s at the same time', (_what, kind, name, opened, block, manifest, arrange) => {
  test('make twins, which is told with both CRNs; a pin from the next plan chooses one', async () => {
    await withKeystead(async (keystead) => {
      await arrange(keystead);
      const finishes = await twice(keystead, manifest);
      const twins = called(keystead, name);
      expect(twins).toHaveLength(2);
      const failures = finishes.flatMap(({ code, applied: { outcomes } }) =>
        outcomes.flatMap((outcome) => (outcome.is === 'failed' ? [{ code, outcome }] : [])),
      );
      expect(failures.length).toBeGreaterThan(0);
      for (const { code, outcome } of failures) {
        expect([code, outcome.address, outcome.error.code]).toEqual([1, `${kind}.${name}`, 'TWIN']);
        expect(outcome.error.message.match(/crn:v1:[^ ;]+/g)?.sort()).toEqual(twins);
      }

      // Nothing is done to either, nor a third one made, until one of them is chosen.
      const refused = await keystead.planText();
      expectGolden(`twins/${kind}`, normal(refused));
      const [line] = await linesOf(keystead);
      expect(line).toBe(`${kind}.${name} create AMBIGUOUS`);
      await keystead.apply();
      expect(called(keystead, name)).toEqual(twins);

      const pins = [...refused.replaceAll(/\s*\n\s+/g, ' ').matchAll(/`(crn: [^`]+)`/g)].map(([, pin = '']) => pin);
      expect(pins).toHaveLength(2);
      for (const pin of pins) {
        await keystead.write(manifest.replace(block, `${opened}\n    ${pin}`));
        expect(await linesOf(keystead)).toEqual([]);
      }
      expectGolden(`twins/${kind}-pinned`, normal(await keystead.planText()));

      // The other way out, which the run itself told: one of them is deleted.
      const [, other = ''] = twins;
      await keystead.api('DELETE', `/v2/resource_instances/${encodeURIComponent(other)}`);
      await keystead.write(manifest);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });
});

test('an instance that somebody made after the plan is seen before a second one is made', async () => {
  await withKeystead(async (keystead) => {
    await keystead.write(lakehouse.slice(0, lakehouse.indexOf('deployments:')));
    await keystead.apply();
    await keystead.write(lakehouse);
    const { outcomes } = await keystead.apply({ between: () => createInstance(keystead.api, { name: 'lakehouse' }) });
    expect(outcomes).toMatchObject([{ address: 'deployment.lakehouse', is: 'stale' }]);
    expect(called(keystead, 'lakehouse')).toHaveLength(1);
  });
});
