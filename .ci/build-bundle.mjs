// src/cli/main.ts → dist/keystead.mjs, src/emulator/index.ts → dist/emulator.mjs, and dist/chunks/: a chunk a command, loaded
// when it is asked for, so that --version costs no more than Node itself. All dependencies are inside; their licences go to
// dist/THIRD_PARTY_LICENSES.txt.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const entries = { keystead: 'src/cli/main.ts', emulator: 'src/emulator/index.ts' };

const present = Object.entries(entries).filter(([, file]) => existsSync(file));
if (!existsSync(entries.keystead)) {
  console.error(`${entries.keystead} does not exist: there is no command to build`);
  process.exit(0); // so that `npm ci` can finish, which one needs to write it
}

const { metafile, outputFiles } = await build({
  entryPoints: Object.fromEntries(present),
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS dependencies call require for Node's own modules.
  banner: {
    js: "import { createRequire as createKeysteadRequire } from 'node:module'; const require = createKeysteadRequire(import.meta.url);",
  },
  legalComments: 'none', // they are in THIRD_PARTY_LICENSES.txt
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const program = 'dist/keystead.mjs';
mkdirSync('dist/chunks', { recursive: true });
for (const { path, text } of outputFiles) {
  const file = relative('.', path);
  // Here and not in esbuild's banner, which every chunk gets.
  if (file !== program) writeFileSync(file, text);
  else writeFileSync(file, `#!/usr/bin/env node\n${text}`, { mode: 0o755 });
}
chmodSync(program, 0o755); // `mode` holds only for a new file
const notices = 'dist/THIRD_PARTY_LICENSES.txt';
writeFileSync(notices, licencesOf(metafile));

// What an earlier build left would be packed too. Last, since another process may be running it.
const written = new Set([notices, ...outputFiles.map(({ path }) => relative('.', path))]);
for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath ?? entry.path, entry.name);
  if (entry.isFile() && !written.has(file)) rmSync(file);
}

function licencesOf({ inputs, outputs }) {
  const used = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  const folders = new Set(
    Object.keys(inputs)
      .filter((input) => used.has(input))
      .map(packageFolder)
      .filter(Boolean),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `The files in this folder contain parts of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The package that a bundled file belongs to: after the last node_modules one name, or a scope and a name. */
function packageFolder(input) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}
