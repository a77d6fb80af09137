// biome-ignore-all lint/suspicious/noTemplateCurlyInString: manifests write variables so
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/model/nearest.ts';
import { head, readTexts, told } from './reading.ts';

const vault = 'keyProtectInstances:\n  vault: { plan: tiered-pricing }\n';
const key = 'keys:\n  dv-root:\n    instance: vault\n    aliases: [one, two]\n    rotation:\n      intervalMonths: 3\n';

describe('a healthy manifest', () => {
  test('gives its settings and its resources by address', async () => {
    const { manifest, problems } = await readTexts({
      'm.yaml': `${head}defaults: { region: us-south }\n${vault}${key}`,
    });
    expect(problems).toEqual([]);
    expect(manifest).toMatchObject({
      stack: 'prod',
      account: '0123456789abcdef0123456789abcdef',
      defaults: { region: 'us-south' },
      declared: [
        {
          address: 'key-protect-instance.vault',
          kind: 'key-protect-instance',
          name: 'vault',
          spec: { plan: 'tiered-pricing' },
        },
        {
          address: 'key.dv-root',
          kind: 'key',
          name: 'dv-root',
          spec: { instance: 'vault', aliases: ['one', 'two'], rotation: { intervalMonths: 3 } },
        },
      ],
    });
  });

  test('says where each part of a resource stands', async () => {
    const { manifest } = await readTexts({ 'm.yaml': head + key });
    const at = (pointer: string): string => {
      const place = manifest?.declared[0]?.at(pointer);
      return `${place?.file}:${place?.line}:${place?.column}-${place?.endColumn}`;
    };
    expect(at('')).toBe('m.yaml:5:3-10');
    expect(at('/instance')).toBe('m.yaml:6:15-20');
    expect(at('/aliases')).toBe('m.yaml:7:14-24');
    expect(at('/aliases/1')).toBe('m.yaml:7:20-23');
    expect(at('/rotation')).toBe('m.yaml:8:5-13');
    expect(at('/rotation/intervalMonths')).toBe('m.yaml:9:23-24');
    // Nothing is written there: the nearest written parent.
    expect(at('/rotation/enabled')).toBe('m.yaml:8:5-13');
    expect(at('/instance/service')).toBe('m.yaml:6:15-20');
    expect(at('/name')).toBe('m.yaml:5:3-10');
  });

  test('says where through aliases: the alias itself, and what it stands for inside', async () => {
    const { manifest } = await readTexts({ 'm.yaml': `${head}keys:\n  a: &a { instance: v }\n  b: *a\n` });
    expect(manifest?.declared[1]?.spec).toEqual({ instance: 'v' });
    expect(manifest?.declared[1]?.at('')).toMatchObject({ line: 6, column: 3 });
    expect(manifest?.declared[1]?.at('/instance')).toMatchObject({ line: 5, column: 21 });
  });

  test('reads an alias as the anchor of its name that stood before it', async () => {
    const text = `${head}keys:\n  a: { instance: &x one }\n  b: { instance: *x }\n  c: { instance: &x two }\n  d: { instance: *x }\n`;
    const { manifest } = await readTexts({ 'm.yaml': text });
    expect(manifest?.declared.map(({ spec }) => spec['instance'])).toEqual(['one', 'one', 'two', 'two']);
  });

  test('is YAML 1.2, even where a directive says 1.1', async () => {
    const text = `%YAML 1.1\n---\n${head}deployments: { d: { service: x, parameters: { a: yes, b: 010, c: 2020-01-01, "<<": 1 } } }\n`;
    const { manifest } = await readTexts({ 'm.yaml': text });
    expect(manifest?.declared[0]?.spec['parameters']).toEqual({ a: 'yes', b: 10, c: '2020-01-01', '<<': 1 });
  });

  test('may begin with a byte order mark, have Windows line ends, and close a list at the margin', async () => {
    const text = `\uFEFF${head}authorizations:\n  a:\n    source: s\n    target: t\n    roles: [\n      Reader\n    ]\n`;
    const { manifest, problems } = await readTexts({ 'm.yaml': text.replaceAll('\n', '\r\n') });
    expect(problems).toEqual([]);
    expect(manifest?.declared[0]?.at('/target')).toMatchObject({ line: 7, column: 13, endColumn: 14 });
  });

  test('may stand in several documents and files, empty ones among them', async () => {
    const files = {
      'b.yaml': `apiVersion: keystead/v1\n${vault}---\n---\napiVersion: keystead/v1\n${key}`,
      'a.yml': head,
      'empty.yaml': '',
      'comment.yaml': '# nothing\n',
    };
    const { manifest, problems, sources } = await readTexts(files);
    expect(problems).toEqual([]);
    expect(manifest?.declared.map(({ address }) => address)).toEqual(['key-protect-instance.vault', 'key.dv-root']);
    expect([...sources.keys()].sort()).toEqual(Object.keys(files).sort());
  });
});

describe('a manifest with faults', () => {
  test('still gives what is healthy, and the names of what is not', async () => {
    const text = `${head}${vault}keys:\n  good: { instance: vault }\n  bad: { instanse: vault }\n`;
    const { manifest, partial, broken, complete } = await readTexts({ 'm.yaml': text });
    expect(manifest).toBeUndefined();
    expect(partial.stack).toBe('prod');
    expect(partial.declared.map(({ address }) => address)).toEqual(['key-protect-instance.vault', 'key.good']);
    expect(broken).toEqual(new Set(['key.bad']));
    expect(complete).toBe(true);
  });

  test('tells the other files too when one cannot be parsed, and blames nothing on what may stand in it', async () => {
    const { problems, complete, partial } = await readTexts({
      'a.yaml': 'apiVersion: keystead/v1\nstack: [\n',
      'b.yaml': 'apiVersion: keystead/v1\nkeys: { a: { instance: "${var.v}", typo: 1 } }\n',
    });
    expect(problems.map(told)).toEqual([
      'YAML_SYNTAX a.yaml:2:9-9 the closing ] is missing',
      'UNKNOWN_FIELD b.yaml:2:36-40 "typo" is not a field of keys.a',
    ]);
    expect(complete).toBe(false);
    expect(partial.stack).toBe('');
  });

  test('shows both places of a name that two files declare', async () => {
    const { problems } = await readTexts({ 'a.yaml': head + vault, 'b.yaml': `apiVersion: keystead/v1\n\n${vault}` });
    expect(problems).toEqual([
      {
        code: 'DUPLICATE_NAME',
        severity: 'error',
        message: 'keyProtectInstances.vault is declared twice',
        at: { file: 'b.yaml', line: 4, column: 3, endColumn: 8 },
        also: { file: 'a.yaml', line: 5, column: 3, endColumn: 8 },
      },
    ]);
  });
});

describe('files', () => {
  test('in a directory are its *.yaml and *.yml, sorted, without hidden ones', async () => {
    const files = {
      'a.yaml': head,
      'b.yml': 'apiVersion: keystead/v1\n',
      'c.json': '{',
      '.d.yaml': '[',
      'sub/e.yaml': '[',
    };
    const { problems, sources } = await readTexts(files);
    expect(problems).toEqual([]);
    expect([...sources.keys()]).toEqual(['a.yaml', 'b.yml']);
  });

  test('in directories below are read with recursive, but not hidden ones', async () => {
    const files = { 'a.yaml': head, 'sub/deep/b.yaml': 'apiVersion: keystead/v1\n', '.git/c.yaml': '[' };
    const { problems, sources } = await readTexts(files, { recursive: true });
    expect(problems).toEqual([]);
    expect([...sources.keys()]).toEqual(['a.yaml', 'sub/deep/b.yaml']);
  });

  test('that are reached twice are read once', async () => {
    const { problems, sources } = await readTexts(
      { 'a.yaml': head + vault },
      { paths: ['.', 'a.yaml', './a.yaml'], prepare: (folder) => symlinkSync('a.yaml', join(folder, 'b.yaml')) },
    );
    expect(problems).toEqual([]);
    expect([...sources.keys()]).toEqual(['a.yaml']);
  });

  test('may lie in directories that link to each other in a circle', async () => {
    const { problems, sources } = await readTexts(
      { 'a.yaml': head, 'sub/b.yaml': 'apiVersion: keystead/v1\n' },
      { recursive: true, prepare: (folder) => symlinkSync('..', join(folder, 'sub', 'up')) },
    );
    expect(problems).toEqual([]);
    expect([...sources.keys()]).toEqual(['a.yaml', 'sub/b.yaml']);
  });

  test.each<readonly [string, Parameters<typeof readTexts>[0], Parameters<typeof readTexts>[1], string]>([
    ['a path that does not exist', {}, { paths: ['no.yaml'] }, 'NO_SUCH_PATH - no.yaml does not exist'],
    ['a path below a file', { 'a.yaml': head }, { paths: ['a.yaml/b'] }, 'NO_SUCH_PATH - a.yaml/b does not exist'],
    ['a directory without manifests', { 'sub/a.yaml': head }, {}, 'NO_MANIFESTS - . holds no *.yaml or *.yml file'],
    [
      'a dangling link',
      {},
      { paths: ['a.yaml'], prepare: (folder) => symlinkSync('nowhere', join(folder, 'a.yaml')) },
      'UNREADABLE_FILE - a.yaml cannot be read: it is a link to something that does not exist',
    ],
    [
      'a dangling link in a directory',
      {},
      { prepare: (folder) => symlinkSync('nowhere', join(folder, 'a.yaml')) },
      'UNREADABLE_FILE - a.yaml cannot be read: it is a link to something that does not exist',
    ],
    [
      'a link to itself',
      {},
      { prepare: (folder) => symlinkSync('a.yaml', join(folder, 'a.yaml')) },
      'UNREADABLE_FILE - a.yaml cannot be read: its links lead around in a circle',
    ],
    [
      'a device',
      {},
      { paths: ['/dev/null'] },
      'UNREADABLE_FILE - /dev/null cannot be read: it is a device, not a file',
    ],
    [
      'a file of more than 8 MB',
      { 'a.yaml': '' },
      { prepare: (folder) => truncateSync(join(folder, 'a.yaml'), 8 * 1024 * 1024 + 1) },
      'FILE_TOO_LARGE - a.yaml is larger than 8 MB',
    ],
    [
      'a file that is not UTF-8',
      { 'a.yaml': Buffer.from('a: b\nc: \u00e9\xff', 'latin1') },
      {},
      'NOT_UTF8 a.yaml:2:4-5 a.yaml is not UTF-8 text',
    ],
    [
      'a file that is cut in a character',
      { 'a.yaml': Buffer.from('a: \ufffd\u20ac').subarray(0, -1) },
      {},
      'NOT_UTF8 a.yaml:1:5-6 a.yaml is not UTF-8 text',
    ],
  ])('tell of %s', async (_, files, options, problem) => {
    const { manifest, problems, complete } = await readTexts(files, options);
    expect(problems.map(told)).toEqual([problem]);
    expect(manifest).toBeUndefined();
    expect(complete).toBe(false);
  });

  test('may be a directory of that name', async () => {
    const { problems } = await readTexts(
      { 'a.yaml': head },
      { prepare: (folder) => mkdirSync(join(folder, 'b.yaml')) },
    );
    expect(problems).toEqual([]);
  });

  test('outside the working directory are named in full', async () => {
    const { problems } = await readTexts({}, { paths: ['/no/such.yaml'] });
    expect(problems.map(told)).toEqual(['NO_SUCH_PATH - /no/such.yaml does not exist']);
  });
});

describe('the nearest word', () => {
  test.each([
    ['instanse', ['name', 'instance'], 'instance'],
    ['LakeHouse', ['lakehouse'], 'lakehouse'],
    ['x', ['a', 'b'], undefined],
    ['serviceendpoint', ['serviceEndpoints', 'service'], 'serviceEndpoints'],
    ['vualt', [], undefined],
    ['deployment', ['keys'], undefined],
  ])('to %s among %j is %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
