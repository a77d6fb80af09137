// biome-ignore-all lint/suspicious/noTemplateCurlyInString: manifests write variables so
import { describe, expect, test } from '@jest/globals';
import { head, readTexts, told } from './reading.ts';

/** A deployment whose parameter p is the text, with these variables declared. */
const using = (text: string, declared = 'x: {}'): string =>
  `${head}variables: { ${declared} }\ndeployments:\n  d:\n    service: s\n    parameters: { p: ${text} }\n`;

async function parameterOf(
  manifest: string,
  sources: { flags?: string[]; files?: Record<string, string>; env?: Record<string, string> } = {},
) {
  const { flags = [], files = {}, env = {} } = sources;
  const reading = await readTexts(
    { 'm.yaml': manifest, ...files },
    { paths: ['m.yaml'], variables: { flags, files: Object.keys(files), env } },
  );
  const parameters = reading.manifest?.declared[0]?.spec['parameters'];
  return {
    ...reading,
    value: typeof parameters === 'object' && parameters !== null && 'p' in parameters ? parameters['p'] : undefined,
  };
}

describe('a variable', () => {
  test('is set by --var, then --var-file, then the environment, then its default', async () => {
    const manifest = using('"${var.x}"', 'x: { default: default }');
    const env = { KEYSTEAD_VAR_x: 'env' };
    const files = { 'one.yaml': 'x: one', 'two.yaml': 'x: two' };
    expect((await parameterOf(manifest)).value).toBe('default');
    expect((await parameterOf(manifest, { env })).value).toBe('env');
    expect((await parameterOf(manifest, { env, files })).value).toBe('two');
    expect((await parameterOf(manifest, { env, files, flags: ['x=flag', 'x=last=one'] })).value).toBe('last=one');
  });

  test.each([
    ['3', 3],
    ['-1.5e3', -1500],
    ['0x1F', 31],
    ['true', true],
    ['null', null],
    ['', ''],
    ['"3"', '3'],
    ["'it''s'", "it's"],
    ['[1, 2]', '[1, 2]'],
    ['a: b', 'a: b'],
    ['"a": b', '"a": b'],
    ['- - - a', '- - - a'],
    ['text # no comment', 'text # no comment'],
    ['01234567890123456789012345678901', '01234567890123456789012345678901'],
    ['1e999', '1e999'],
    ['a\nb', 'a\nb'],
    ['${var.x}', '${var.x}'],
  ])('of %j that is a whole value is read as the scalar %j', async (text, expected) => {
    expect((await parameterOf(using('"${var.x}"'), { flags: [`x=${text}`] })).value).toBe(expected);
  });

  test('inside a text stays text, beside others', async () => {
    const manifest = using('"$${var.x}-${var.y}${var.x}"', 'x: { default: 3 }, y: { default: true }');
    expect((await parameterOf(manifest)).value).toBe('$3-true3');
  });

  test('may stand anywhere but in apiVersion and in variables', async () => {
    const { manifest, problems } = await readTexts(
      {
        'm.yaml':
          'apiVersion: keystead/v1\nstack: ${var.s}\naccount: ${var.a}\nvariables: { s: {}, a: { default: "${var.s}", description: "${x}" } }\n',
      },
      { variables: { flags: ['s=prod', `a=${'1'.repeat(32)}`], files: [], env: {} } },
    );
    expect(problems).toEqual([]);
    expect(manifest).toMatchObject({ stack: 'prod', account: '1'.repeat(32) });
    const fixed = await readTexts({
      'm.yaml': 'apiVersion: ${var.s}\nstack: prod\naccount: "11111111111111111111111111111111"\n',
    });
    expect(fixed.problems.map(told)).toEqual([
      'INVALID_VALUE m.yaml:1:13-21 apiVersion must be keystead/v1, not "${var.s}"',
    ]);
  });

  test('is checked by the schema with its value, at its place', async () => {
    const { problems } = await readTexts(
      {
        'm.yaml': `${head}variables: { x: {} }\nkeys: { a: { instance: v, rotation: { intervalMonths: "\${var.x}" } } }\n`,
      },
      { variables: { flags: ['x=13'], files: [], env: {} } },
    );
    expect(problems.map(told)).toEqual([
      'INVALID_VALUE m.yaml:5:55-65 keys.a.rotation.intervalMonths must be from 1 to 12, not 13',
    ]);
  });
});

describe('is told at its place', () => {
  test.each([
    [
      'a variable that nothing sets',
      using('"a-${var.x}"'),
      ['VARIABLE_UNSET m.yaml:8:25-33 nothing sets the variable x'],
    ],
    [
      'a variable that is not declared',
      using('"${var.z}"'),
      ['VARIABLE_UNKNOWN m.yaml:8:23-31 the variable z is not declared'],
    ],
    [
      'what is no variable',
      using('"${x} ${var.X} ${"'),
      [
        'VARIABLE_SYNTAX m.yaml:8:23-27 ${x} is not a variable',
        'VARIABLE_SYNTAX m.yaml:8:28-36 ${var.X} is not a variable',
        'VARIABLE_SYNTAX m.yaml:8:37-39 ${ is not a variable',
      ],
    ],
    [
      'one that escapes hide, by its whole text',
      using('"$\\x7bvar.z}"'),
      ['VARIABLE_UNKNOWN m.yaml:8:22-35 the variable z is not declared'],
    ],
  ])('%s', async (_, manifest, problems) => {
    const reading = await parameterOf(manifest);
    expect(reading.problems.map(told)).toEqual(problems);
    expect(reading.broken).toEqual(new Set(['deployment.d']));
  });

  test('what is wrong with a --var, without repeating its value', async () => {
    const { problems } = await parameterOf(using('a'), { flags: ['y=secret', 'X=secret', 'secret'] });
    expect(problems.map(told)).toEqual([
      'VARIABLE_UNKNOWN - --var y: the variable is not declared',
      'VARIABLE_SOURCE - --var X is not of the form name=value',
      'VARIABLE_SOURCE - --var secret is not of the form name=value',
    ]);
  });

  test('what is wrong with a --var-file; a name that is not declared is only a warning', async () => {
    const { problems } = await parameterOf(using('a'), {
      files: { 'f.yaml': 'x: [1]\ny: 2\n', 'g.yaml': '- a', 'h.yaml': '{' },
    });
    expect(problems.map((problem) => `${problem.severity} ${told(problem)}`)).toEqual([
      'error VARIABLE_SOURCE f.yaml:1:4-7 x must be text, a number or a boolean',
      'warning VARIABLE_UNKNOWN f.yaml:2:1-2 the variable y is not declared',
      'error VARIABLE_SOURCE g.yaml:1:1-4 a --var-file is one flat map of names and values',
      'error YAML_SYNTAX h.yaml:1:2-2 the closing } is missing',
    ]);
    const missing = await readTexts({ 'm.yaml': head }, { variables: { flags: [], files: ['no.yaml'], env: {} } });
    expect(missing.problems.map(told)).toEqual(['NO_SUCH_PATH - no.yaml does not exist']);
  });

  test('that a variable inside { } needs quotes', async () => {
    const { problems } = await parameterOf(using('${var.x}'));
    expect(problems[0]).toMatchObject({
      code: 'YAML_SYNTAX',
      remedy: 'Inside { } or [ ] a variable needs quotes: "${var.name}".',
    });
  });

  test('nothing about the environment', async () => {
    const { problems } = await parameterOf(using('a'), { env: { KEYSTEAD_VAR_y: '1', KEYSTEAD_VAR_: '2' } });
    expect(problems).toEqual([]);
  });

  test('values that together are larger than a manifest may be', async () => {
    const { problems } = await parameterOf(using(`"${'${var.x}'.repeat(100)}"`), {
      flags: [`x=${'a'.repeat(100_000)}`],
    });
    expect(problems.map(({ code }) => code)).toEqual(['FILE_TOO_LARGE']);
  });
});
