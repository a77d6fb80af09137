import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
// biome-ignore lint/correctness/useImportExtensions: its types are beside it; Biome would name those
import { withBlocks } from '../../../.ci/manifest-schema.mjs';
// biome-ignore lint/correctness/useImportExtensions: its types are beside it; Biome would name those
import type { ManifestValidator } from '../../../src/manifest/validators.gen.mjs';
import { exportLive } from '../../../src/pipeline-export.ts';
import { driftOf, isDrift } from '../../../src/report/drift.ts';
import { renderManifest } from '../../../src/report/manifest.ts';
import { type Keystead, withKeystead } from '../../helpers/keystead.ts';
import { head } from '../../manifest/reading.ts';
import { kinds } from './kinds.ts';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The manifest's schema as `npm run generate` would write it with the sixth kind's schema beside the others. */
function validatorWithLabels() {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  });
  ajv.addVocabulary(['patternErrorMessage', 'x-block']);
  formats.default(ajv, ['date-time']);
  const files = readdirSync('schemas').filter((file) => !/^(?:manifest|plan|emulator-seed)\./.test(file));
  const schemas = Object.fromEntries(files.map((file) => [file, read(`schemas/${file}`)]));
  schemas['label.schema.json'] = read('test/kinds/sixth/label.schema.json');
  for (const [file, schema] of Object.entries(schemas)) ajv.addSchema(schema, file);
  // As `verbose` makes them.
  return ajv.compile(withBlocks(read('schemas/manifest.schema.json'), schemas)) as ManifestValidator;
}

const product = { kinds, validator: validatorWithLabels() };
const vault = 'defaults: { region: us-south }\nkeyProtectInstances:\n  vault: {}\n';
const withLabels = (text: string) => `${head}${vault}labels:\n${text}`;
const labelled = withLabels('  blue: { instance: vault }\n  team: { instance: vault, text: "team:green" }\n');

const lines = async (keystead: Keystead) =>
  (await keystead.plan()).plan.changes.map(({ address, verb, status }) => `${address} ${verb} ${status.is}`);

/** Tags that are no marks, on the only instance. */
async function tagsOn({ api, connection }: Keystead): Promise<readonly string[]> {
  const [instance] = await connection().reader().instances();
  const { body } = await api('GET', `/v3/tags?attached_to=${encodeURIComponent(instance?.crn ?? '')}`);
  const items = (body as { items: readonly { name: string }[] }).items;
  return items
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('keystead:'))
    .sort();
}

describe('a sixth kind: its folder, its schema, and one line in a list', () => {
  test('is validated: its fields, its references, its names', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(withLabels('  blue: { instance: volt, color: 1 }\n'));
        const { problems } = await keystead.validate();
        expect(problems.map(({ code, at }) => `${code} ${at?.line}`).sort()).toEqual(['UNKNOWN_FIELD 8']);
        await keystead.write(withLabels('  blue: { instance: volt }\n'));
        expect((await keystead.validate()).problems).toMatchObject([
          { code: 'UNKNOWN_REFERENCE', remedy: 'did you mean "vault"?' },
        ]);
      },
      {},
      product,
    );
  });

  test('is planned, applied and drifts', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(labelled);
        expect(await lines(keystead)).toEqual([
          'key-protect-instance.vault create ready',
          'label.blue create ready',
          'label.team create ready',
        ]);
        await keystead.apply();
        expect(await tagsOn(keystead)).toEqual(['blue', 'team:green']);
        expect(await lines(keystead)).toEqual([]);

        const cloud = keystead.connection().cloud();
        const [instance] = await cloud.instances();
        await cloud.detachTags(instance?.crn ?? '', ['blue']);
        const { plan } = await keystead.plan();
        expect(isDrift(driftOf(plan))).toBe(true);
        await keystead.apply();
        expect(await tagsOn(keystead)).toEqual(['blue', 'team:green']);

        await keystead.write(labelled.replace('{ instance: vault }', '{ instance: vault, state: absent }'));
        expect(await lines(keystead)).toEqual(['label.blue delete ready']);
        await keystead.apply();
        expect(await tagsOn(keystead)).toEqual(['team:green']);
      },
      {},
      product,
    );
  });

  test('is exported, and nothing is left to do', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(labelled);
        await keystead.apply();
        // An export has tags from the search alone, which is late.
        keystead.emulator.clock.advance(60_000);
        const { reader, now } = keystead.connection();
        const wish = { instances: [], services: [], all: true, stack: undefined };
        const exported = renderManifest(await exportLive(wish, { ...product, reader: reader(), now }));
        expect(exported).toContain('labels:\n  blue:\n    instance: vault\n  team-green:\n    instance: vault\n');
        await keystead.write(exported);
        expect(await lines(keystead)).toEqual([]);
      },
      {},
      product,
    );
  });
});
