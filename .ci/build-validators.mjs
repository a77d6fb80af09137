// schemas/manifest.schema.json (which joins the kinds' schemas) → validators.gen.mjs beside the code that reads it. Compiled here, since ajv
// at start-up costs more than the rest of `validate`. ajv's standalone code still requires its run time: bundled away, so
// that jest and the bundle load one module without imports.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import formats from 'ajv-formats';
import { build } from 'esbuild';

const ajv = new Ajv({
  allErrors: true,
  verbose: true, // messages are made from the schema's own descriptions
  allowUnionTypes: true, // short forms: a name or a map
  strictTypes: false, // … whose keywords apply to one type of the union each
  strictRequired: false,
  code: { source: true, esm: true, lines: true },
});
ajv.addVocabulary(['patternErrorMessage', 'x-block']); // what editors show for a pattern; the block of a kind
formats.default(ajv, ['date-time']);
for (const file of readdirSync('schemas')) {
  if (file.endsWith('.schema.json')) ajv.addSchema(JSON.parse(readFileSync(`schemas/${file}`, 'utf8')), file);
}

// A module for each stage that reads what others wrote: stages do not import each other, and the emulator none of them.
await write('src/manifest/validators.gen.mjs', { validateManifest: 'manifest.schema.json' });
await write('src/plan/validators.gen.mjs', { validatePlan: 'plan.schema.json' });
await write('src/emulator/seed/validators.gen.mjs', { validateSeed: 'emulator-seed.schema.json' });

async function write(out, schemas) {
  const code = standalone.default(ajv, schemas);
  const bundle = await build({
    stdin: { contents: code, resolveDir: '.', loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'node20',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const imports = Object.values(bundle.metafile.outputs).flatMap((output) => output.imports);
  if (imports.length > 0) throw new Error(`${out} would still import ${imports[0].path}`);
  const text = bundle.outputFiles[0].text;

  let before = '';
  try {
    before = readFileSync(out, 'utf8');
  } catch {
    // Not built yet.
  }
  // Left alone when equal, so that watchers and jest's cache stay quiet.
  if (before !== text) writeFileSync(out, text);
}
