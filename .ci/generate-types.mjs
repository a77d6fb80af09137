// schemas/<kind>.schema.json → src/kinds/<kind>/spec.gen.ts and its block in schemas/manifest.schema.json, and the verbs of
// src/model/verbs.ts → schemas/plan.schema.json.
// All of it is committed; `--check` fails when a file is stale.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { transformSync } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
// biome-ignore lint/correctness/useImportExtensions: its types are beside it, for the test; Biome would name those
import { withBlocks } from './manifest-schema.mjs';

const check = process.argv.includes('--check');

/** Writes a file that differs, or with `--check` says so. */
function generate(file, text) {
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    // Not generated yet.
  }
  if (before === text) return;
  if (check) {
    console.error(`${file} is stale; run: npm run generate`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${file}`);
  }
}

/** What every resource may say is `Common` of src/model/resource.ts, and no kind's own. */
function withoutCommon(schema) {
  const common = ['state', 'formerly', 'existing', 'crn', 'policyId'];
  const own = Object.entries(schema.properties).filter(([name]) => !common.includes(name));
  return { ...schema, properties: Object.fromEntries(own) };
}

/** The schema says in words what each field is, where editors show it; its types say it no second time. */
function withoutWords(value) {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  const isWords = ([name, member]) => name === 'description' && typeof member === 'string';
  const members = Object.entries(value).filter((entry) => !isWords(entry));
  return Object.fromEntries(members.map(([name, member]) => [name, withoutWords(member)]));
}

const kinds = {};
for (const file of readdirSync('schemas').sort()) {
  const kind = file.replace('.schema.json', '');
  if (['manifest', 'plan', 'doctor', 'emulator-seed'].includes(kind)) continue; // what joins the kinds, what programs read, and no kind
  kinds[file] = JSON.parse(readFileSync(`schemas/${file}`, 'utf8'));
  const text = await compile(withoutWords(withoutCommon(kinds[file])), kind, {
    bannerComment: `/** Generated from schemas/${file} by \`npm run generate\`; edit the schema. */`,
    cwd: 'schemas',
    ignoreMinAndMaxItems: true, // else `minItems: 1` becomes a tuple type that no list can be assigned to
    style: { singleQuote: true, printWidth: 120 },
  });
  generate(`src/kinds/${kind}/spec.gen.ts`, text.replace(/^ *\/\*\*\n(?: *\* @(?:min|max)Items \d+\n)+ *\*\/\n/gm, ''));
}

const manifest = JSON.parse(readFileSync('schemas/manifest.schema.json', 'utf8'));
generate(
  'schemas/manifest.schema.json',
  formatted(JSON.stringify(withBlocks(manifest, kinds)), 'manifest.schema.json'),
);

const { code } = transformSync(readFileSync('src/model/verbs.ts', 'utf8'), { loader: 'ts', format: 'esm' });
const { allVerbs } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
const words = allVerbs.map((verb) => `        ${JSON.stringify(verb)}`).join(',\n');
const schema = readFileSync('schemas/plan.schema.json', 'utf8');
generate('schemas/plan.schema.json', schema.replace(/("verb": \{\n {6}"enum": )\[[^\]]*\]/, `$1[\n${words}\n      ]`));

/** As `npm run format` would write it. */
function formatted(text, file) {
  return execFileSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${file}`], {
    input: text,
    encoding: 'utf8',
  });
}
