// Packs, installs the tarball into an empty folder without the network, and uses it there as a user would: what is missing
// from `files` or from the bundle shows only so.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'keystead-package-'));

function run(cwd, command, ...args) {
  console.log(`$ ${[command, ...args].join(' ')}`);
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 });
}

/** The emulator as a library: it runs, and its types are whole for a strict user who checks declarations too. */
function checkEmulator(modules) {
  const program = `import { type Emulator, type FaultRule, startEmulator } from 'keystead/emulator';

const rule: FaultRule = { match: { path: '^/v2/policies', chance: 0.5, seed: 1 }, status: 503, retryAfterSeconds: 1 };
const emulator: Emulator = await startEmulator({ settings: { searchLagMs: 0 }, faults: [rule] });
const { status } = await fetch(\`\${emulator.url}/api/v1\`);
emulator.clock.advance(3_600_000);
await emulator.close();
if (status !== 200 || emulator.requests()[0]?.operation !== 'listCatalogEntries') throw new Error(String(status));
`;
  writeFileSync(join(folder, 'use.mts'), program);
  const options = ['--module', 'nodenext', '--target', 'es2023', '--strict', '--exactOptionalPropertyTypes'];
  const types = ['--typeRoots', join(modules, '@types'), '--types', 'node'];
  run(folder, process.execPath, join(modules, 'typescript/bin/tsc'), ...options, ...types, 'use.mts');
  run(folder, process.execPath, 'use.mjs');
}

try {
  const [packed] = JSON.parse(
    run('.', 'npm', 'pack', '--silent', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`);
  const said = run(folder, 'npx', '--no-install', 'keystead', '--version').trim();
  if (said !== version) throw new Error(`keystead --version says ${said}, package.json ${version}`);
  for (const args of [
    ['validate', 'node_modules/keystead/examples/01-data-virtualization'],
    ['demo', '--no-color'],
  ]) {
    process.stdout.write(run(folder, 'npx', '--no-install', 'keystead', ...args));
  }
  checkEmulator(join(process.cwd(), 'node_modules'));
  console.log(
    `keystead ${version}: ${packed.files.length} files, ${Math.round(packed.size / 1024)} KiB, works where it was installed`,
  );
} catch (error) {
  // What the command itself said stands above.
  console.error(`package check: ${error.message}`);
  if (typeof error.stdout === 'string') process.stderr.write(error.stdout);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
