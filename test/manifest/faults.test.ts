import { describe, expect, test } from '@jest/globals';
import { head, readTexts, told } from './reading.ts';

/** What follows `head`, so the first line is line 4; then what is told, in order. */
type Row = readonly [what: string, text: string, problems: readonly string[]];

const yaml: readonly Row[] = [
  ['an unclosed bracket', 'keys: [', ['YAML_SYNTAX m.yaml:4:8-8 the closing ] is missing']],
  ['an unclosed quote', 'keys: "a\n', ['YAML_SYNTAX m.yaml:4:9-9 the closing quote is missing']],
  ['a stray bracket', ']', ['YAML_SYNTAX m.yaml:4:1-2 this was not expected here']],
  ['a tab that indents', 'keys:\n\ta: {}', ['YAML_SYNTAX m.yaml:5:1-2 a tab cannot indent; use spaces']],
  ['a missing colon', 'keys:\n  a: {}\n  b', ['YAML_SYNTAX m.yaml:6:3-4 a colon is missing after this key']],
  ['a missing comma', 'defaults: { "region" "a" }', ['YAML_SYNTAX m.yaml:4:22-23 a comma or a colon is missing here']],
  [
    'two colons in a line',
    'keys: a: b',
    ['YAML_SYNTAX m.yaml:4:7-8 a second "key: value" on one line; put the value in quotes or on the next line'],
  ],
  [
    'an unknown tag',
    'keys: !secret {}',
    ['YAML_SYNTAX m.yaml:4:7-14 this tag is not one that manifests may use, or does not fit its value'],
  ],
  [
    'a control character',
    'keys: "\u0007"',
    ['YAML_SYNTAX m.yaml:4:8-9 the control character U+0007 is not allowed in YAML'],
  ],
  ['an alias of nothing', 'keys: *a', ['YAML_SYNTAX m.yaml:4:7-9 no anchor &a stands before this alias']],
  [
    'an alias inside itself',
    'deployments: { d: { service: x, parameters: &a { b: *a } } }',
    ['ALIAS_EXPANSION m.yaml:4:53-55 the alias *a stands inside what it names'],
  ],
  [
    'a key twice',
    'defaults:\n  region: a\n  region: b',
    ['DUPLICATE_KEY m.yaml:6:3-9 "region" is said twice in defaults'],
  ],
  ['a key that is a number', 'keys: { 1: {} }', ['WRONG_TYPE m.yaml:4:9-10 a key in keys is not text']],
  ['a key that is a list', '? [a]\n: b', ['WRONG_TYPE m.yaml:4:3-6 a key in the manifest is not text']],
  ['__proto__', 'keys: { __proto__: {} }', ['FORBIDDEN_KEY m.yaml:4:9-18 no manifest may use the key __proto__']],
  [
    'constructor',
    'keys: { "constructor": {} }',
    ['FORBIDDEN_KEY m.yaml:4:9-22 no manifest may use the key constructor'],
  ],
  ['prototype', 'prototype: 1', ['FORBIDDEN_KEY m.yaml:4:1-10 no manifest may use the key prototype']],
  [
    'a merge key',
    'deployments:\n  d: { service: x, parameters: { <<: {} } }',
    ['UNKNOWN_FIELD m.yaml:5:34-36 "<<" is not a field of deployments.d.parameters'],
  ],
  [
    'a number that is too large',
    'deployments:\n  d: { service: x, parameters: { a: 9007199254740993 } }',
    ['INVALID_VALUE m.yaml:5:37-53 the number 9007199254740993 cannot be held exactly'],
  ],
  ['infinity', 'keys: .inf', ['INVALID_VALUE m.yaml:4:7-11 the number .inf cannot be held exactly']],
];

const schema: readonly Row[] = [
  ['an unknown field', 'keyz: {}', ['UNKNOWN_FIELD m.yaml:4:1-5 "keyz" is not a field of the manifest']],
  [
    'an unknown field of a resource',
    'keys:\n  a:\n    instance: v\n    rign: r',
    ['UNKNOWN_FIELD m.yaml:7:5-9 "rign" is not a field of keys.a'],
  ],
  [
    'every missing field, at the name',
    'authorizations:\n  a: { source: x }',
    [
      'MISSING_FIELD m.yaml:5:3-4 authorizations.a needs "target"',
      'MISSING_FIELD m.yaml:5:3-4 authorizations.a needs "roles"',
    ],
  ],
  ['a map that is empty', 'keys:\n  a:', ['WRONG_TYPE m.yaml:5:3-4 keys.a must be a map, not empty']],
  ['a block that is a list', 'keys: [a]', ['WRONG_TYPE m.yaml:4:7-10 keys must be a map, not a list']],
  [
    'text where a number is due',
    'keys: { a: { instance: v, rotation: { intervalMonths: "3" } } }',
    ['WRONG_TYPE m.yaml:4:55-58 keys.a.rotation.intervalMonths must be a whole number, not text'],
  ],
  [
    'a number where text is due',
    'keys: { a: { instance: 3 } }',
    ['WRONG_TYPE m.yaml:4:24-25 keys.a.instance must be text, not 3'],
  ],
  [
    'neither a name nor a map',
    'authorizations: { a: { source: 3, target: t, roles: [R] } }',
    ['WRONG_TYPE m.yaml:4:32-33 authorizations.a.source must be text or a map, not 3'],
  ],
  [
    'a number out of its range',
    'keys: { a: { instance: v, rotation: { intervalMonths: 13 } } }',
    ['INVALID_VALUE m.yaml:4:55-57 keys.a.rotation.intervalMonths must be from 1 to 12, not 13'],
  ],
  [
    'a word that is not listed',
    'keys: { a: { instance: v, type: rot } }',
    ['INVALID_VALUE m.yaml:4:33-36 keys.a.type must be one of root, standard, not "rot"'],
  ],
  ['a pattern', 'defaults: { region: US }', ['INVALID_VALUE m.yaml:4:21-23 defaults.region cannot be "US"']],
  [
    'a date',
    'keys: { a: { instance: v, expires: soon } }',
    ['INVALID_VALUE m.yaml:4:36-40 keys.a.expires cannot be "soon"'],
  ],
  [
    'a name with capitals',
    'keys: { A: { instance: v } }',
    ['INVALID_VALUE m.yaml:4:9-10 "A" cannot be a name in keys'],
  ],
  [
    'an empty text',
    'keys: { a: { instance: "" } }',
    ['INVALID_VALUE m.yaml:4:24-26 keys.a.instance must not be empty'],
  ],
  [
    'a text that is too short',
    'keys: { a: { instance: v, name: x } }',
    ['INVALID_VALUE m.yaml:4:33-34 keys.a.name must have at least 2 characters'],
  ],
  [
    'an empty list',
    'authorizations: { a: { source: s, target: t, roles: [] } }',
    ['INVALID_VALUE m.yaml:4:53-55 authorizations.a.roles must not be empty'],
  ],
  [
    'too many entries',
    'keys: { a: { instance: v, aliases: [aa, bb, cc, dd, ee] } }',
    ['INVALID_VALUE m.yaml:4:36-56 keys.a.aliases must have at most 4 entries; it has 5'],
  ],
  [
    'an entry twice',
    'keys: { a: { instance: v, aliases: [aa, bb, aa] } }',
    ['INVALID_VALUE m.yaml:4:45-47 keys.a.aliases says one entry twice'],
  ],
  [
    'a fault that an alias repeats, once',
    'keys:\n  a: &a { instance: v, type: rot }\n  b: *a',
    ['INVALID_VALUE m.yaml:5:30-33 keys.a.type must be one of root, standard, not "rot"'],
  ],
  [
    'every fault at once, in the order of lines',
    'keys:\n  a: { instance: 3 }\n  b: { instanse: v }\ndeployments: 4',
    [
      'WRONG_TYPE m.yaml:5:18-19 keys.a.instance must be text, not 3',
      'MISSING_FIELD m.yaml:6:3-4 keys.b needs "instance"',
      'UNKNOWN_FIELD m.yaml:6:8-16 "instanse" is not a field of keys.b',
      'WRONG_TYPE m.yaml:7:14-15 deployments must be a map, not 4',
    ],
  ],
];

const names: readonly Row[] = [
  [
    'a name twice in one map',
    'keys:\n  a: { instance: v }\n  a: { instance: v }',
    ['DUPLICATE_NAME m.yaml:6:3-4 "a" is declared twice in keys'],
  ],
  [
    'a name twice in two documents',
    'keys: { a: { instance: v } }\n---\napiVersion: keystead/v1\nkeys: { a: { instance: v } }',
    ['DUPLICATE_NAME m.yaml:7:9-10 keys.a is declared twice'],
  ],
  [
    'a setting in two documents',
    '---\napiVersion: keystead/v1\nstack: other',
    ['DUPLICATE_SETTING m.yaml:6:1-6 "stack" stands in two documents'],
  ],
];

describe('tells, at its place,', () => {
  test.each([...yaml, ...schema, ...names])('%s', async (_, text, problems) => {
    const { manifest, problems: found } = await readTexts({ 'm.yaml': head + text });
    expect(found.map(told)).toEqual(problems);
    expect(manifest).toBeUndefined();
  });
});

describe('tells of a whole document', () => {
  const lines = ['apiVersion: keystead/v1', 'stack: prod', 'account: 0123456789abcdef0123456789abcdef'];
  const without = (index: number): string => lines.filter((_, at) => at !== index).join('\n');
  test.each<Row>([
    ['that it lacks apiVersion', without(0), ['MISSING_FIELD m.yaml:1:1-6 the manifest needs "apiVersion"']],
    ['that nothing says stack', without(1), ['MISSING_FIELD m.yaml:1:1-11 no document says "stack"']],
    [
      'that apiVersion is another',
      `${without(0)}\napiVersion: v1`,
      ['INVALID_VALUE m.yaml:3:13-15 apiVersion must be keystead/v1, not "v1"'],
    ],
    ['that it is a list', '- a', ['WRONG_TYPE m.yaml:1:1-4 the manifest must be a map, not a list']],
    [
      'that nothing stands in it',
      '# nothing\n---\n',
      ['NO_MANIFESTS - no manifest stands in the files that were read'],
    ],
    [
      'that an account is not quoted',
      `${without(2)}\naccount: 01234567890123456789012345678901`,
      ['INVALID_VALUE m.yaml:3:10-42 the number 01234567890123456789012345678901 cannot be held exactly'],
    ],
  ])('%s', async (_, text, problems) => {
    const { manifest, problems: found } = await readTexts({ 'm.yaml': text });
    expect(found.map(told)).toEqual(problems);
    expect(manifest).toBeUndefined();
  });

  test('that nothing guards the account, as a warning', async () => {
    const { manifest, problems } = await readTexts({ 'm.yaml': without(2) });
    expect(problems.map((problem) => `${problem.severity} ${told(problem)}`)).toEqual([
      'warning ACCOUNT_UNSET m.yaml:1:1-11 no document says "account", so a login to the wrong account would not be noticed',
    ]);
    expect(manifest).toMatchObject({ stack: 'prod', account: undefined });
  });
});

describe('ends in one problem for', () => {
  const laughs = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[index]}`).join(', ')}]`),
  ];
  const bombs: readonly (readonly [string, string, string])[] = [
    [
      'a billion laughs',
      `deployments:\n  d:\n    service: x\n    parameters:\n${laughs.map((line) => `      ${line}\n`).join('')}`,
      'ALIAS_EXPANSION',
    ],
    ['a hundred thousand brackets', `keys: ${'['.repeat(100_000)}`, 'NESTING_TOO_DEEP'],
    ['a hundred thousand braces', `keys: ${'{a: '.repeat(100_000)}`, 'NESTING_TOO_DEEP'],
    ['a hundred thousand dashes', `keys:\n${'- '.repeat(100_000)}a`, 'NESTING_TOO_DEEP'],
    ['a hundred thousand question marks', '? '.repeat(100_000), 'NESTING_TOO_DEEP'],
    [
      'a block that steps in a thousand times',
      Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      'NESTING_TOO_DEEP',
    ],
    ['twenty thousand documents', '---\n'.repeat(20_000), 'FILE_TOO_LARGE'],
    [
      'lists that aliases nest',
      `deployments:\n  d:\n    service: x\n    parameters:\n      a: &a ${'['.repeat(60)}${']'.repeat(60)}\n      b: ${'['.repeat(60)}*a${']'.repeat(60)}`,
      'NESTING_TOO_DEEP',
    ],
  ];
  test.each(bombs)('%s', async (_, text, code) => {
    const { manifest, problems } = await readTexts({ 'm.yaml': head + text });
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0]?.at?.file).toBe('m.yaml');
    expect(manifest).toBeUndefined();
  });

  test('a hundred levels, which are allowed', async () => {
    const deep = `deployments:\n  d:\n    service: x\n    parameters: { a: ${'['.repeat(96)}${']'.repeat(96)} }`;
    const { manifest, problems } = await readTexts({ 'm.yaml': head + deep });
    expect(problems).toEqual([]);
    expect(manifest?.declared).toHaveLength(1);
  });

  test('text that is not YAML at all, after twenty faults', async () => {
    const { problems } = await readTexts({ 'm.yaml': `a: "${'\\q'.repeat(10_000)}"` });
    expect(problems).toHaveLength(20);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['YAML_SYNTAX']));
  });
});

describe('says what to do', () => {
  test.each([
    ['keyz: {}', 'Did you mean "keys"?'],
    ['defaults: { zone: a }', 'Its fields are region, resourceGroup.'],
    ['keys: { a: { instance: 3 } }', 'Put it in quotes: "3".'],
    ['keys: { a: { instance: v, rotation: { intervalMonths: "3" } } }', 'Write 3 without quotes.'],
    ['keys: { a: { instance: v, type: rot } }', 'Did you mean root?'],
    ['keys: { A: { instance: v } }', 'It must be 1 to 46 lower-case letters, digits and hyphens.'],
    ['keys: { a: }', 'Write {} for a map without fields, or remove the line.'],
    ['keys: { 1: {} }', 'Put it in quotes: "1".'],
    ['keyRings: { a: {} }', 'Add instance: A declared Key Protect instance by its map key, or the full CRN of one.'],
  ])('%s → %s', async (text, remedy) => {
    const { problems } = await readTexts({ 'm.yaml': head + text });
    expect(problems.map((problem) => problem.remedy)).toEqual([remedy]);
  });
});
