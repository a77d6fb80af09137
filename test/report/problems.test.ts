import { describe, expect, test } from '@jest/globals';
import type { Problem } from '../../src/model/errors.ts';
import { problemsAsJson, renderProblems } from '../../src/report/problems.ts';
import { expectGolden } from '../helpers/golden.ts';

const source = `apiVersion: keystead/v1
keys:
  dv-root:
    instance: vault
    ring: lakehose
deployments:
  lakehouse:
    service: data-virtualization
`;
const sources = new Map([
  ['keys.yaml', source],
  ['long.yaml', `description: ${'before '.repeat(40)}HERE${' after'.repeat(40)}\n`],
  ['odd.yaml', 'a:\tb\n\tkey: "\u001b[31mred\u0007 \u202ereversed" # 鍵 is 👩‍🚀\r\nx: 鍵鍵 wrong\r\n'],
]);

const unknown: Problem = {
  code: 'UNKNOWN_REFERENCE',
  severity: 'error',
  message: 'no key ring "lakehose" is declared',
  remedy: 'Did you mean "lakehouse"?',
  at: { file: 'keys.yaml', line: 5, column: 11, endColumn: 19 },
};
const missing: Problem = {
  code: 'NOT_AUTHORIZED',
  severity: 'error',
  message: 'nothing authorizes data-virtualization to read key.dv-root',
  remedy:
    'Add this authorization:\nauthorizations:\n  dv-reads-vault:\n    source: data-virtualization\n\n    roles: [Reader]\n',
  at: { file: 'keys.yaml', line: 7, column: 3, endColumn: 12 },
};
const twice: Problem = {
  code: 'DUPLICATE_NAME',
  severity: 'error',
  message: 'keys.dv-root is declared twice',
  at: { file: 'other.yaml', line: 112, column: 3, endColumn: 10 },
  also: { file: 'keys.yaml', line: 3, column: 3, endColumn: 10 },
};
const placeless: Problem = { code: 'NO_SUCH_PATH', severity: 'error', message: 'no.yaml does not exist' };
const warning: Problem = {
  code: 'ACCOUNT_UNSET',
  severity: 'warning',
  message: 'no document says "account"',
  at: { file: 'keys.yaml', line: 1, column: 1, endColumn: 11 },
};
const long: Problem = {
  code: 'INVALID_VALUE',
  severity: 'error',
  message: 'it is long',
  at: { file: 'long.yaml', line: 1, column: 294, endColumn: 298 },
};
const odd: readonly Problem[] = [
  {
    code: 'INVALID_VALUE',
    severity: 'error',
    message: 'a \u001b[2Jmessage',
    at: { file: 'odd.yaml', line: 2, column: 7, endColumn: 31 },
  },
  {
    code: 'INVALID_VALUE',
    severity: 'error',
    message: 'after wide characters',
    at: { file: 'odd.yaml', line: 3, column: 7, endColumn: 12 },
  },
  {
    code: 'YAML_SYNTAX',
    severity: 'error',
    message: 'at the end of a line',
    at: { file: 'odd.yaml', line: 1, column: 5, endColumn: 5 },
  },
];

describe('problems as text', () => {
  test.each<readonly [string, readonly Problem[], Partial<{ color: boolean; width: number }>]>([
    ['frames', [placeless, unknown, missing, twice, warning], {}],
    ['colour', [unknown, warning], { color: true }],
    ['clipped', [long], { width: 60 }],
    ['odd', odd, {}],
  ])('look as in problems/%s', (name, problems, style) => {
    const text = renderProblems(problems, sources, { color: false, width: 100, ...style });
    expectGolden(`problems/${name}`, text);
    for (const line of style.color === true ? [] : text.split('\n'))
      expect(line.length).toBeLessThanOrEqual(style.width ?? 100);
  });

  test('name the place as file:line:column', () => {
    expect(renderProblems([unknown], sources, { color: false, width: 100 })).toContain(' keys.yaml:5:11\n');
  });

  test('are nothing when there are none', () => {
    expect(renderProblems([], sources, { color: true, width: 80 })).toBe('');
  });

  test('count errors and warnings in the last line', () => {
    const last = (problems: readonly Problem[]) =>
      renderProblems(problems, sources, { color: false, width: 80 }).trimEnd().split('\n').at(-1);
    expect(last([unknown, missing, warning])).toBe('2 errors, 1 warning');
    expect(last([warning, warning])).toBe('2 warnings');
    expect(last([unknown])).toBe('1 error');
  });
});

test('problems as JSON have a version, counts and places', () => {
  const text = problemsAsJson([unknown, warning]);
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual({
    formatVersion: 1,
    valid: false,
    errors: 1,
    warnings: 1,
    problems: [unknown, warning],
  });
  expect(JSON.parse(problemsAsJson([]))).toMatchObject({ valid: true, problems: [] });
});
