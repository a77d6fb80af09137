// `npm run test:long`: all runs of the properties, storms and kills, of which `npm test` takes a few; and all of `npm test`
// with the emulator at `harsh`.
//
//   --suite NAME       that one alone; repeatable. Names are those of the files in test/properties, and the ones below
//   --seed N|random    other cases than usual
//   whatever else      is jest's, such as --shard=1/4
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const properties = readdirSync('test/properties').filter((file) => file.endsWith('.test.ts'));
const suites = {
  ...Object.fromEntries(properties.map((file) => [file.replace('.test.ts', ''), `test/properties/${file}`])),
  storms: 'test/emulator/storm.test.ts',
  kills: 'test/emulator/core-crash.test.ts',
};

/** Whole runs, each with the emulator at what it is called. */
const whole = { harsh: ['--selectProjects', 'kind', 'rules'] };

const names = [...Object.keys(suites), ...Object.keys(whole)];
const own = { suite: { type: 'string', multiple: true, default: names }, seed: { type: 'string' } };
const { values, tokens } = parseArgs({ options: own, strict: false, tokens: true, allowPositionals: true });
const unknown = values.suite.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(1);
}
const others = tokens.filter((token) => token.kind !== 'option' || own[token.name] === undefined);
const rest = others.map((token) =>
  token.kind === 'option' ? `${token.rawName}${token.value === undefined ? '' : `=${token.value}`}` : token.value,
);
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const seeded = values.seed === undefined ? {} : { KEYSTEAD_SEED: values.seed };
const run = (args, env) =>
  spawnSync(process.execPath, [...jest, ...rest, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...seeded, ...env },
  }).status ?? 1;

const files = values.suite.flatMap((name) => suites[name] ?? []);
const runs = values.suite
  .filter((name) => whole[name] !== undefined)
  .map((name) => () => run(whole[name], { KEYSTEAD_DISPOSITION: name }));
if (files.length > 0) runs.unshift(() => run(['--runTestsByPath', ...files], { KEYSTEAD_LONG: '1' }));
process.exitCode = Math.max(...runs.map((start) => start()));
