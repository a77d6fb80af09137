import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import { validateManifest } from '../src/manifest/validators.gen.mjs';
import { isObject } from '../src/model/json.ts';

const folder = new URL('../schemas/', import.meta.url);
/** What people write; the others are for programs that read. */
const files = readdirSync(folder).filter((file) => !['plan.schema.json', 'doctor.schema.json'].includes(file));

function schema(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}

/** Every map in a schema, with the path that leads to it. */
function* partsOf(value: unknown, path: string): Generator<readonly [string, Record<string, unknown>]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* partsOf(item, `${path}/${index}`);
  if (!isObject(value)) return;
  yield [path, value];
  for (const [key, member] of Object.entries(value)) yield* partsOf(member, `${path}/${key}`);
}

describe.each(files)('%s', (file) => {
  const parts = [...partsOf(schema(file), '')];

  test('is draft-07 and says what it is', () => {
    expect(schema(file)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: expect.any(String),
      description: expect.any(String),
    });
  });

  test('says every pattern in words, which editors and our messages show', () => {
    const silent = parts.filter(
      ([, part]) => typeof part['pattern'] === 'string' && part['patternErrorMessage'] === undefined,
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('takes no field that it does not name, but where a service reads them', () => {
    const open = parts.filter(
      ([, part]) =>
        part['properties'] !== undefined && part['type'] !== undefined && part['additionalProperties'] !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test('explains every field of a resource', () => {
    const silent = parts
      .filter(([path]) => /\/properties\/[^/]+$/.test(path))
      .filter(([, part]) => part['description'] === undefined);
    // The blocks and the variables of the manifest itself are explained by what is in them.
    expect(silent.map(([path]) => path)).toEqual(file === 'manifest.schema.json' ? expect.any(Array) : []);
  });

  test('sets no defaults: what a manifest does not say is not compared', () => {
    expect(
      parts.filter(([path, part]) => 'default' in part && !path.endsWith('/properties')).map(([path]) => path),
    ).toEqual([]);
  });
});

describe('the manifest schema', () => {
  test('joins a map for every kind', () => {
    const refs = [...partsOf(schema('manifest.schema.json'), '')].flatMap(([, part]) =>
      typeof part['$ref'] === 'string' ? [part['$ref']] : [],
    );
    expect(refs.sort()).toEqual(
      files.filter((file) => file !== 'manifest.schema.json' && file !== 'emulator-seed.schema.json').sort(),
    );
  });

  test('is what the compiled validator checks', () => {
    expect(validateManifest({ apiVersion: 'keystead/v1' })).toBe(true);
    expect(validateManifest({ apiVersion: 'keystead/v1', keys: { a: {} } })).toBe(false);
    expect(validateManifest.errors).toMatchObject([{ keyword: 'required', instancePath: '/keys/a' }]);
  });
});
