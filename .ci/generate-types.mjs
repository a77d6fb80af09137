// schemas/<kind>.schema.json → src/kinds/<kind>/spec.gen.ts. Committed; `--check` fails when a file is stale.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compileFromFile } from 'json-schema-to-typescript';

const check = process.argv.includes('--check');
let stale = 0;
for (const file of readdirSync('schemas')) {
  const kind = file.replace('.schema.json', '');
  if (['manifest', 'plan', 'emulator-seed'].includes(kind)) continue; // what joins the kinds, what programs read, and no kind
  const text = await compileFromFile(`schemas/${file}`, {
    bannerComment: `/** Generated from schemas/${file} by \`npm run generate\`; edit the schema. */`,
    cwd: 'schemas',
    ignoreMinAndMaxItems: true, // else `minItems: 1` becomes a tuple type that no list can be assigned to
    style: { singleQuote: true, printWidth: 120 },
  });
  const out = `src/kinds/${kind}/spec.gen.ts`;
  let before = '';
  try {
    before = readFileSync(out, 'utf8');
  } catch {
    // Not generated yet.
  }
  if (before === text) continue;
  stale += 1;
  if (check) console.error(`${out} is stale; run: npm run generate`);
  else {
    mkdirSync(`src/kinds/${kind}`, { recursive: true });
    writeFileSync(out, text);
    console.log(`wrote ${out}`);
  }
}
if (check && stale > 0) process.exitCode = 1;
