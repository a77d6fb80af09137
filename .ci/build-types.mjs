// src/emulator/index.ts → dist/types/: what a user of `keystead/emulator` needs to have it checked, and no more: the
// declarations that are reached from there. After the bundle, which clears dist of all that is not its own.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const entry = 'src/emulator/index.ts';
if (!existsSync(entry)) process.exit(0); // as for the command: so that `npm ci` can finish, which one needs to write it

const emitted = mkdtempSync(join(tmpdir(), 'keystead-types-'));
try {
  const options = ['--noEmit', 'false', '--composite', 'false', '--tsBuildInfoFile', 'null', '--declaration'];
  const only = ['--emitDeclarationOnly', '--noCheck', '--outDir', emitted];
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src/emulator', ...options, ...only], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const file of reachedFrom(join(emitted, 'index.d.ts'))) {
    const target = join('dist/types', relative(emitted, file));
    mkdirSync(dirname(target), { recursive: true });
    // In a package there are no .ts files beside them: name what is there.
    writeFileSync(target, readFileSync(file, 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'"));
  }
} finally {
  rmSync(emitted, { recursive: true, force: true });
}

function reachedFrom(start) {
  const found = new Set();
  const queue = [start];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']*)\.ts'/g)) {
      queue.push(join(dirname(file), `${target}.d.ts`));
    }
  }
  return found;
}
