// `npm run bench`: what Keystead costs, side by side with Terraform, and the emulator's figures; each line a pass or a miss.
// Timings are no tests: what can be counted is asserted in test/budget.
//
//   npm run bench               1,000 to 10,000 resources; some minutes
//   npm run bench -- --quick    100 to 1,000; under two minutes
//   npm run bench -- --full     100,000 too
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEmulator } from './bench/emulator.mjs';
import { judgeGrowth, judgeSets, judgeStages, judgeStart } from './bench/gates.mjs';
import { hasGnuTime } from './bench/process.mjs';
import { growthSvg, markdown } from './bench/report.mjs';
import { measureSets, measureStages, measureStart, SMALLEST } from './bench/stages.mjs';
import { terraformVersion } from './bench/terraform.mjs';

const OUT = '.bench';

const { quick, full } = parseArgs({ options: { quick: { type: 'boolean' }, full: { type: 'boolean' } } }).values;

/** Resources and how many runs of each. */
const plan = quick
  ? {
      sizes: [
        [100, 3],
        [300, 1],
        [1000, 3],
      ],
      applies: [
        [100, 1],
        [300, 1],
      ],
      huge: [],
      timeoutMs: 20_000,
    }
  : {
      sizes: [
        [1000, 5],
        [3000, 1],
        [10_000, 3],
      ],
      applies: [
        [1000, 3],
        [3000, 1],
      ],
      huge: full ? [100_000] : [],
      timeoutMs: 300_000,
    };

const notes = [
  `Keystead on Node ${process.versions.node}; ${os.cpus().length} × ${os.cpus()[0]?.model}; ${(os.totalmem() / 1024 ** 3).toFixed(0)} GB; load at the start ${os.loadavg()[0].toFixed(1)}`,
  terraformVersion === undefined
    ? 'SKIPPED: everything beside Terraform, since there is no `terraform` on this machine'
    : `Terraform ${terraformVersion} with the built-in \`terraform_data\`: no provider process and no network, which favours Terraform; Keystead talks HTTP to an emulator`,
  'the emulator runs in a process of its own; all its lags are 0, so nothing waits for IBM',
  'medians, but for --version; runs of Keystead and Terraform alternate; wall time counts the start of the process; requests count the login',
  'growth is that of CPU time, less the CPU time of the same command for one key, one authorization and one deployment',
  ...(hasGnuTime ? [] : ['SKIPPED: CPU time and peak memory, since there is no GNU time at /usr/bin/time']),
  ...(quick ? ['--quick: small sizes and few runs; growth below 1,000 resources says little'] : []),
];

const folder = mkdtempSync(join(os.tmpdir(), 'keystead-bench-'));
try {
  const start = await measureStart(quick ? 21 : 41);
  const stages = await measureStages(folder, plan, say);
  const sets = await measureSets(folder, { sets: quick ? 10 : 50, delayMs: 100, timeoutMs: plan.timeoutMs });
  const emulator = await measureEmulator(
    quick ? { keys: 2000, gets: 5000, runs: 3 } : { keys: 10_000, gets: 20_000, runs: 5 },
  );
  const lines = [...judgeStages(stages), ...judgeGrowth(stages), ...judgeStart(start), ...judgeSets(sets), ...emulator];
  const table = markdown(lines, notes);
  mkdirSync(OUT, { recursive: true });
  const results = { formatVersion: 1, at: new Date().toISOString(), quick: quick === true, notes, lines };
  writeFileSync(join(OUT, 'results.json'), `${JSON.stringify({ ...results, stages, start, sets }, null, 2)}\n`);
  writeFileSync(join(OUT, 'results.md'), table);
  writeFileSync(join(OUT, 'growth.svg'), growthSvg(stages, SMALLEST));
  console.log(`\n${table}\n${OUT}/results.json, results.md, growth.svg`);
  if (lines.some(({ ok }) => ok === false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function say(what, { ours, theirs, failed }) {
  const costs =
    failed ??
    [ours, theirs]
      .filter(Boolean)
      .map(({ runsMs }) => `${runsMs.map((ms) => ms.toFixed(0)).join(', ')} ms`)
      .join(' · terraform ');
  process.stderr.write(`${what}: ${costs}\n`);
}
