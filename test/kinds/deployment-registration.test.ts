import { describe, expect, test } from '@jest/globals';
import { explain, kinds } from '../../src/pipeline.ts';
import { driftOf, isDrift, renderDrift } from '../../src/report/drift.ts';
import { renderExplanation } from '../../src/report/explain.ts';
import { renderResult } from '../../src/report/outcome.ts';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

const HOUR_MS = 3_600_000;
const plain = { color: false };

/** As if its service had never registered it. */
function unregister({ emulator }: Keystead): void {
  for (const { key, resource } of liveWorld(emulator).registrations) emulator.services.unregister({ key, resource });
}

async function pageOn({ validate, connection }: Keystead, address: string): Promise<string> {
  const { wanted } = await validate();
  if (wanted === undefined) throw new Error('the manifest is invalid');
  const { reader, now } = connection();
  const page = await explain(wanted, { kinds, reader: reader(), endpoints: 'emulator', now, consents: [] }, address);
  return renderExplanation(page, plain);
}

describe('a deployment that is declared to use a key and is not registered on it', () => {
  test('is told of after its create, then noted for four hours, and is drift later', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      const meanwhile = ({ type }: { readonly type: string }) => (type === 'ended' ? unregister(keystead) : undefined);
      const applied = await keystead.apply({ meanwhile });
      const yet = 'not registered on key.dv-root yet: data-virtualization may take up to 4 hours';
      expect(renderResult(applied, plain).replace(/\s+/g, ' ')).toContain(`deployment.lakehouse: ${yet}`);

      const young = (await keystead.plan()).plan;
      expect(young).toMatchObject({
        changes: [],
        impaired: [],
        notes: [{ address: 'deployment.lakehouse', field: 'encryption.key', text: expect.stringContaining(yet) }],
      });
      expect(isDrift(driftOf(young))).toBe(false);

      keystead.leap(5 * HOUR_MS);
      const { plan } = await keystead.plan();
      const why = expect.stringMatching(/^declared to use key.dv-root and not registered on it/);
      expect(plan).toMatchObject({ changes: [], notes: [], impaired: [{ address: 'deployment.lakehouse', why }] });
      expect(isDrift(driftOf(plan))).toBe(true);
      expect(renderDrift(plan, plain)).toContain('Drift: 1 resource differs');
      const page = await pageOn(keystead, 'deployment.lakehouse');
      expect(page).toContain('key.dv-root: active (declared, not registered)');
      expect(page).toContain('declared to use key.dv-root and not registered on it');
    });
  });

  test('is not told of while it is registered, by whichever of its volumes', async () => {
    await withKeystead(async (keystead) => {
      const { emulator } = keystead;
      await keystead.write(lakehouse);
      expect((await keystead.apply()).outcomes.flatMap((outcome) => ('notes' in outcome ? outcome.notes : []))).toEqual(
        [],
      );
      const [{ key, resource } = { key: '', resource: '' }] = liveWorld(emulator).registrations;
      unregister(keystead);
      emulator.services.register({ key, resource: `${resource}/agentid=pvc-1` });
      keystead.leap(5 * HOUR_MS);
      expect((await keystead.plan()).plan).toMatchObject({ notes: [], impaired: [] });
      expect(await pageOn(keystead, 'deployment.lakehouse')).not.toContain('not registered');
    });
  });

  test('is not told of where no source says that its service always registers', async () => {
    await withKeystead(async (keystead) => {
      const cloudant = lakehouse
        .replaceAll('data-virtualization', 'cloud-object-storage')
        .replace('plan: enterprise', 'plan: standard\n    region: global')
        .replace('    encryption: { key: dv-root }\n', '')
        .replace('worker_count: "3"', 'kms: { key: dv-root }');
      await keystead.write(cloudant);
      await keystead.apply();
      keystead.leap(5 * HOUR_MS);
      expect((await keystead.plan()).plan).toMatchObject({ changes: [], notes: [], impaired: [] });
    });
  });
});

/** The main manifest with a database in the place of its deployment, without a key where none is named. */
const redis = (key: string, more = '') =>
  lakehouse
    .replaceAll('data-virtualization', 'databases-for-redis')
    .replace('plan: enterprise', 'plan: standard')
    .replace(/ {4}encryption.*\n/, '')
    .replace('{ worker_count: "3" }', `{ ${key === '' ? '' : `disk_encryption_key_crn: { key: ${key} }, `}${more} }`);

describe('a database', () => {
  test('is one user of its key, however many of its volumes are registered', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(redis('dv-root'));
      await keystead.apply();
      expect(await pageOn(keystead, 'key.dv-root')).toContain(
        '(databases-for-redis, deployment.lakehouse, 2 volumes) on',
      );
    });
  });

  // What Resource Controller shows is the latest request alone: what it left out was not unset.
  test('whose parameters are changed one after the other has them all, and is left alone then', async () => {
    await withKeystead(async (keystead) => {
      const sizes = (memory: number, disk: number) =>
        redis('dv-root', `members_memory_allocation_mb: ${memory}, members_disk_allocation_mb: ${disk}`);
      await keystead.write(sizes(8192, 10240));
      await keystead.apply();
      for (const [memory, disk] of [
        [16384, 10240],
        [16384, 20480],
      ] as const) {
        await keystead.write(sizes(memory, disk));
        const { outcomes } = await keystead.apply();
        expect(outcomes).toMatchObject([{ verb: 'update', is: 'done' }]);
        expect((await keystead.plan()).plan).toMatchObject({ changes: [], impaired: [] });
      }
      const { crn = '' } = liveWorld(keystead.emulator).instances.find(({ name }) => name === 'lakehouse') ?? {};
      const { body } = await keystead.api('GET', `/v5/ibm/deployments/${encodeURIComponent(crn)}/groups`);
      expect(body).toMatchObject({
        groups: [{ memory: { allocation_mb: 16384 }, disk: { allocation_mb: 20480 } }],
      });
    });
  });
});

describe('a database that is not registered', () => {
  const asked = ({ emulator }: Keystead) =>
    emulator.requests().filter(({ path, method }) => method === 'GET' && path.startsWith('/v5/ibm/deployments/'))
      .length;

  test('tells its key itself, by one request; one that is registered is not asked', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(redis('dv-root'));
      await keystead.apply();
      expect(await keystead.plan()).toMatchObject({ plan: { changes: [], notes: [] } });
      expect(asked(keystead)).toBe(0);
      unregister(keystead);
      const { plan } = await keystead.plan();
      expect(asked(keystead)).toBe(1);
      expect(plan.changes).toEqual([]);
      expect(plan.notes.map(({ text }) => text)).toEqual([expect.stringMatching(/^not registered on key.dv-root yet/)]);
    });
  });

  test("and says that it is under IBM's own key: what is declared cannot be met", async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(redis(''));
      await keystead.apply();
      await keystead.write(redis('dv-root'));
      const { plan } = await keystead.plan();
      expect(plan.changes).toMatchObject([
        {
          address: 'deployment.lakehouse',
          fields: [{ field: 'parameters.disk_encryption_key_crn', before: null }],
          status: { is: 'blocked', code: 'CANNOT_CHANGE' },
        },
      ]);
    });
  });

  test('is taken by its word no more than it may be asked', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(redis('dv-root'));
      await keystead.apply();
      unregister(keystead);
      keystead.emulator.faults.add({ match: { path: '^/v5/', times: 9 }, status: 403 });
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });
});
