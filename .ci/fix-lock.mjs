// Adds to package-lock.json the optional platform packages that a registry mirror did not serve when the lock was made.
// Without them `npm ci` stops with EUSAGE ("Missing: … from lock file") on npm 11. `--check` fails instead of writing.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'aix', 'sunos', 'openbsd', 'netbsd'];
const CPU = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];
const check = process.argv.includes('--check');
const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;
const added = [];

for (const [path, entry] of Object.entries({ ...packages })) {
  if (path === '') continue;
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`]) continue;
    const words = name.split(/[-/]/);
    const os = OS.find((word) => words.includes(word));
    const cpu = CPU.find((word) => words.includes(word));
    if (os === undefined || cpu === undefined) continue;
    const libc = /musl/.test(name) ? ['musl'] : /gnu/.test(name) ? ['glibc'] : undefined;
    packages[`node_modules/${name}`] = {
      version: String(range).replace(/^[\^~]/, ''),
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc } : {}),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}

if (added.length === 0) {
  console.log('package-lock.json names every platform package');
} else if (check) {
  console.error(`package-lock.json lacks ${added.length} platform packages; run: node .ci/fix-lock.mjs`);
  process.exitCode = 1;
} else {
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${added.length} platform packages`);
}
