// `npm run test:long`: all runs of the properties, storms and kills, of which `npm test` takes a few.
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

const own = { suite: { type: 'string', multiple: true, default: Object.keys(suites) }, seed: { type: 'string' } };
const { values, tokens } = parseArgs({ options: own, strict: false, tokens: true, allowPositionals: true });
const unknown = values.suite.filter((name) => suites[name] === undefined);
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(1);
}
const others = tokens.filter((token) => token.kind !== 'option' || own[token.name] === undefined);
const rest = others.map((token) =>
  token.kind === 'option' ? `${token.rawName}${token.value === undefined ? '' : `=${token.value}`}` : token.value,
);
const files = values.suite.map((name) => suites[name]);
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, '--runTestsByPath', ...files, ...rest], {
  stdio: 'inherit',
  env: { ...process.env, KEYSTEAD_LONG: '1', ...(values.seed === undefined ? {} : { KEYSTEAD_SEED: values.seed }) },
});
process.exitCode = status ?? 1;
