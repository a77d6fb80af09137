// `npm run bench`: start-up against `terraform version`, where there is a terraform; the emulator. Timings are no tests.
import { execFileSync, spawnSync } from 'node:child_process';
import { benchEmulator } from './bench-emulator.mjs';

const RUNS = 20;

function median(command, args) {
  const times = Array.from({ length: RUNS }, () => {
    const begin = process.hrtime.bigint();
    execFileSync(command, args, { stdio: 'ignore' });
    return Number(process.hrtime.bigint() - begin) / 1e6;
  }).sort((left, right) => left - right);
  return times[RUNS / 2];
}

const ours = median(process.execPath, ['dist/keystead.mjs', '--version']);
console.log(`node -e 0            ${median(process.execPath, ['-e', '0']).toFixed(0)} ms`);
console.log(`keystead --version   ${ours.toFixed(0)} ms`);
if (spawnSync('terraform', ['version']).error) {
  console.log('terraform version    skipped: no terraform on this machine');
} else {
  const theirs = median('terraform', ['version']);
  const ratio = ours / theirs;
  console.log(`terraform version    ${theirs.toFixed(0)} ms (ratio ${ratio.toFixed(2)}, at most 1.25)`);
  if (ratio > 1.25) process.exitCode = 1;
}

const { lines, good } = await benchEmulator();
console.log(lines.join('\n'));
if (!good) process.exitCode = 1;
