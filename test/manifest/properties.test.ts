// biome-ignore-all lint/suspicious/noTemplateCurlyInString: manifests write variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Reading } from '../../src/manifest/manifest.ts';
import type { Location } from '../../src/model/resource.ts';
import { renderProblems } from '../../src/report/problems.ts';
import { head, readTexts } from './reading.ts';

const base = `${head}variables: { x: { default: "3" } }
keyProtectInstances:
  vault: { plan: tiered-pricing, tags: [a, b] }
keys:
  dv-root: &key
    instance: vault
    description: "text of \${var.x} words"
    rotation:
      intervalMonths: 3
  other: *key
`;

/** Texts that mean something to YAML, to variables and to JavaScript, among any others. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(...'[]{}:,-?&*!|>%@#"\'\n\t \\~<'),
  fc.constantFrom(
    '\n  ',
    ': ',
    '- ',
    '${var.x}',
    '${',
    '}',
    '<<: *key',
    '*key',
    '&key ',
    '__proto__: 1',
    '\n---\n',
    '!!str ',
    '\r\n',
    '\u2028',
    '\ufeff',
    '👩‍🚀',
    '1e999',
    '.nan',
    '%YAML 1.1\n',
  ),
);

function expectInRange(at: Location, sources: ReadonlyMap<string, string>): void {
  const lines = (sources.get(at.file) ?? '').split('\n');
  const line = lines[at.line - 1];
  expect(line).toBeDefined();
  expect(at.column).toBeGreaterThanOrEqual(1);
  expect(at.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
  expect(at.endColumn).toBeGreaterThanOrEqual(at.column);
  expect(at.endColumn).toBeLessThanOrEqual((line?.length ?? 0) + 1);
}

/** Whatever was written: a manifest or problems, each in its file, and something to print that no terminal obeys. */
function expectSound(reading: Reading): void {
  const { manifest, partial, problems, sources } = reading;
  expect(manifest === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
  for (const { at, also } of problems) {
    if (at !== undefined) expectInRange(at, sources);
    if (also !== undefined) expectInRange(also, sources);
  }
  for (const declared of partial.declared) {
    for (const pointer of ['', '/instance', '/rotation/intervalMonths', '/none/0'])
      expectInRange(declared.at(pointer), sources);
  }
  const text = renderProblems(problems, sources, { color: false, width: 60 });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
}

describe('reading', () => {
  test('any text put anywhere into a manifest gives a manifest or problems in its lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(base.length), fc.array(piece, { maxLength: 6 }), fc.nat(12), async (at, pieces, cut) => {
        const text = base.slice(0, at) + pieces.join('') + base.slice(at + cut);
        expectSound(await readTexts({ 'm.yaml': text }));
      }),
      { numRuns: 150 },
    );
  });

  test('any bytes give a manifest or problems', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const { manifest, problems } = await readTexts({ 'm.yaml': Buffer.from(bytes) });
        expect(manifest).toBeUndefined();
        expect(problems).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('any value of a variable is read back, and is never structure', async () => {
    const manifest = `${head}variables: { x: {} }\ndeployments: { d: { service: s, parameters: { p: "\${var.x}", q: "-\${var.x}" } } }\n`;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const value = pieces.join('');
        const reading = await readTexts(
          { 'm.yaml': manifest },
          { variables: { flags: [`x=${value}`], files: [], env: {} } },
        );
        expectSound(reading);
        const parameters = reading.manifest?.declared[0]?.spec['parameters'];
        expect(parameters).toMatchObject({ q: `-${value}` });
        expect(JSON.stringify(parameters)).not.toMatch(/"p":[[{]/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the order of files', () => {
  const parts = [
    `${head}defaults: { region: us-south }\n`,
    'apiVersion: keystead/v1\nkeys:\n  b: { instance: v }\n  a: { instance: v }\n',
    'apiVersion: keystead/v1\nkeys:\n  c: { instance: w }\nkeyProtectInstances:\n  v: {}\n',
    'apiVersion: keystead/v1\nvariables: { x: { default: w } }\nkeyProtectInstances:\n  w: { name: "${var.x}" }\n',
  ];
  test('changes nothing but places', async () => {
    const bare = ({ manifest, problems }: Reading) => ({
      ...manifest,
      declared: manifest?.declared.map(({ at: _, ...rest }) => rest),
      problems,
    });
    const expected = bare(await readTexts({ 'all.yaml': parts.join('---\n') }));
    expect(expected.declared).toHaveLength(5);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(parts, { minLength: parts.length }), async (shuffled) => {
        const files = Object.fromEntries(shuffled.map((text, index) => [`${index}.yaml`, text]));
        expect(bare(await readTexts(files))).toEqual(expected);
      }),
      { numRuns: 24 },
    );
  });
});
