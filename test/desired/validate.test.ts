import { describe, expect, test } from '@jest/globals';
import { kinds, type Validation, validate, validator } from '../../src/pipeline.ts';
import { withFolder } from '../helpers/folder.ts';
import { lakehouse } from '../helpers/manifests.ts';

async function check(files: string | Readonly<Record<string, string>>): Promise<Validation> {
  let result: Validation | undefined;
  await withFolder(typeof files === 'string' ? { 'k.yaml': files } : files, async (folder) => {
    const variables = { flags: [], files: [], env: {} };
    result = await validate({ kinds, validator, paths: ['.'], recursive: false, cwd: folder, variables });
  });
  if (result === undefined) throw new Error('not validated');
  return result;
}

/** `file:line:column CODE`, a line a problem. */
const places = ({ problems }: Validation) =>
  problems.map(({ at, code }) => `${at?.file}:${at?.line}:${at?.column} ${code}`);

const without = (block: string) => lakehouse.replace(new RegExp(`^${block}:\\n(?: .*\\n)*`, 'm'), '');

const KEY = 'crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:g:key:k';
const BACKUPS = 'backup_encryption_key_crn: { key: dv-root }';

/** The main manifest with its key in a parameter, on line 23. */
const underParameters = (text: string, parameter: string) =>
  text
    .replace('    encryption: { key: dv-root }\n', '')
    .replace('parameters: { worker_count: "3" }', `parameters: { ${parameter} }`);

/** The main manifest with a database in the place of its deployment. */
const database = (plan: string, parameters: string) =>
  underParameters(lakehouse, parameters)
    .replaceAll('data-virtualization', 'databases-for-redis')
    .replace('plan: enterprise', `plan: ${plan}`);

test('the main manifest is in order', async () => {
  const { problems, wanted } = await check(lakehouse);
  expect(problems).toEqual([]);
  expect(wanted?.desired.map(({ address }) => address)).toEqual([
    'key-protect-instance.vault',
    'key-ring.lakehouse',
    'key.dv-root',
    'authorization.dv-reads-vault',
    'deployment.lakehouse',
  ]);
});

test('the deployment depends on an authorization that nobody wrote it to depend on', async () => {
  const { wanted } = await check(lakehouse);
  expect(wanted?.desired.at(-1)?.dependsOn).toEqual(['authorization.dv-reads-vault', 'key.dv-root']);
});

describe('the coverage rule', () => {
  test('names the missing authorization, as YAML that makes the manifest valid', async () => {
    const broken = without('authorizations');
    const { problems } = await check(broken);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['NOT_AUTHORIZED', 'error']]);
    const remedy = problems[0]?.remedy ?? '';
    expect(remedy).toMatch(/^declare the authorization:\nauthorizations:\n/);
    const pasted = await check(`${broken}${remedy.slice(remedy.indexOf('\n') + 1)}\n`);
    expect(pasted.problems).toEqual([]);
  });

  test('names the role that an authorization lacks', async () => {
    const { problems } = await check(lakehouse.replace('[Reader]', '[KeyPurge]'));
    expect(problems[0]).toMatchObject({
      code: 'NOT_AUTHORIZED',
      remedy: 'add Reader to the roles of "dv-reads-vault"',
    });
  });

  test('is met by an authorization on the ring or on the key', async () => {
    for (const target of ['{ ring: lakehouse }', '{ key: dv-root }']) {
      expect((await check(lakehouse.replace('target: vault', `target: ${target}`))).problems).toEqual([]);
    }
  });

  // Source: Cloud Databases docs, "Key Protect integration": a backup key needs the delegator besides.
  test.each([
    ['a key', 'disk_encryption_key_crn: { key: dv-root }', '[Reader]', []],
    ['a key of its backups', BACKUPS, '[Reader]', ['AuthorizationDelegator']],
    ['a key of its backups', BACKUPS, '[AuthorizationDelegator]', ['Reader']],
    ['a key of its backups', BACKUPS, '[Reader, AuthorizationDelegator]', []],
    [
      'a key of its backups by CRN',
      `backup_encryption_key_crn: "${KEY}"`,
      '[Reader]',
      ['Reader, AuthorizationDelegator'],
    ],
  ])(
    'asks of the authorization of a database for %s (%s), given %s: %j',
    async (_title, parameters, roles, lacking) => {
      const { problems } = await check(database('standard', parameters).replace('[Reader]', roles));
      expect(problems.map(({ code, severity }) => `${code} ${severity}`)).toEqual(
        lacking.map(() => 'NOT_AUTHORIZED error'),
      );
      for (const role of lacking) expect(problems[0]?.remedy).toContain(role);
    },
  );

  test('is met by two authorizations, a role each: IAM adds up what policies grant', async () => {
    const delegates =
      '  delegates:\n    source: databases-for-redis\n    target: { key: dv-root }\n    roles: [AuthorizationDelegator]\n';
    const text = database('standard', BACKUPS).replace('deployments:', `${delegates}deployments:`);
    expect((await check(text)).problems).toEqual([]);
  });

  test('says of an authorization that is declared absent that it is', async () => {
    const { problems } = await check(
      lakehouse.replace('    roles: [Reader]', '    roles: [Reader]\n    state: absent'),
    );
    expect(problems).toMatchObject([
      {
        code: 'NOT_AUTHORIZED',
        message: '"dv-reads-vault" is declared absent, but data-virtualization needs it for the key of "lakehouse"',
        remedy: 'keep "dv-reads-vault", or make "lakehouse" absent as well',
      },
    ]);
  });

  test('only warns where the key lives in another account', async () => {
    const crn = 'crn:v1:bluemix:public:kms:us-south:a/ffffffffffffffffffffffffffffffff:g:key:k';
    const { problems, wanted } = await check(lakehouse.replace('{ key: dv-root }', `{ key: "${crn}" }`));
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['NOT_AUTHORIZED', 'warning']]);
    expect(wanted).toBeDefined();
  });

  test('also holds for a key that another service takes through its parameters', async () => {
    const postgres =
      'deployments:\n  db:\n    service: databases-for-postgresql\n    plan: standard\n    parameters: { disk_encryption_key_crn: { key: dv-root } }\n';
    const { problems } = await check(`${without('deployments')}${postgres}`);
    expect(problems.map(({ code }) => code)).toEqual(['NOT_AUTHORIZED']);
    expect(problems[0]?.message).toContain('databases-for-postgresql');
  });

  test('tells a deployment of each authorization once, however many keys it would cover', async () => {
    const another = `deployments:
  db:
    service: cloud-object-storage
    plan: standard
    parameters:
      one: { key: dv-root }
      two: { key: dv-root }
      three: [{ key: dv-root }, { key: elsewhere }]
`;
    const vaults = 'keyProtectInstances:\n  other: {}\n';
    const keys = 'keys:\n  elsewhere: { instance: other }\n';
    const text = `${without('deployments')}${another}`
      .replace('keyProtectInstances:\n', vaults)
      .replace(/^keys:\n/m, keys);
    const { problems } = await check(text);
    expect(problems.map(({ code, at, remedy }) => [code, at?.line, remedy?.match(/target: .*/)?.[0]])).toEqual([
      ['NOT_AUTHORIZED', lineOf(text, 'one:'), 'target: vault'],
      ['NOT_AUTHORIZED', lineOf(text, 'three:'), 'target: other'],
    ]);
  });
});

function lineOf(text: string, words: string): number {
  return text.slice(0, text.indexOf(words)).split('\n').length;
}

describe('offline rules', () => {
  test.each<[string, (text: string) => string, readonly string[]]>([
    ['an unknown reference', (text) => text.replace('key: dv-root', 'key: dv-rot'), ['k.yaml:23:24 UNKNOWN_REFERENCE']],
    [
      'a bare key id',
      (text) => text.replace('key: dv-root', 'key: 0b5f1c1e-8a3a-4f0e-9c1d-2f6a7b8c9d0e'),
      ['k.yaml:23:24 BARE_ID'],
    ],
    [
      'a CRN of an instance where a key is meant',
      (text) => text.replace('{ key: dv-root }', '{ key: "crn:v1:bluemix:public:kms:us-south:a/1:g::" }'),
      ['k.yaml:23:24 CRN_FORM'],
    ],
    ['a Lite plan', (text) => text.replace('plan: enterprise', 'plan: lite'), ['k.yaml:22:11 PLAN_TAKES_NO_KEY']],
    [
      'a standard key',
      (text) => text.replace('    rotation: { intervalMonths: 3 }\n', '    type: standard\n'),
      ['k.yaml:23:24 NOT_A_ROOT_KEY'],
    ],
    [
      'rotation of a standard key',
      (text) => text.replace('ring: lakehouse\n', 'ring: lakehouse\n    type: standard\n'),
      ['k.yaml:14:15 ROTATION_OF_STANDARD_KEY', 'k.yaml:24:24 NOT_A_ROOT_KEY'],
    ],
    [
      'rotation without an interval',
      (text) => text.replace('{ intervalMonths: 3 }', '{ enabled: true }'),
      ['k.yaml:13:15 MISSING_FIELD'],
    ],
    [
      'no region',
      (text) => text.replace('defaults: { region: us-south }\n', ''),
      ['k.yaml:5:3 MISSING_FIELD', 'k.yaml:19:3 MISSING_FIELD'],
    ],
    [
      'a misspelt parameter with a key',
      (text) => underParameters(text, 'disk_encryption_key_cnr: { key: dv-root }'),
      ['k.yaml:23:44 UNKNOWN_KEY_PARAMETER'],
    ],
    [
      'a misspelt parameter with the CRN of a key',
      (text) => underParameters(text, `kms_key: "${KEY}"`),
      ['k.yaml:23:28 UNKNOWN_KEY_PARAMETER'],
    ],
    [
      "a key's name where its CRN is meant",
      (text) => underParameters(text, 'disk_encryption_key_crn: dv-root'),
      ['k.yaml:23:44 BARE_ID'],
    ],
    [
      "a key's id where its CRN is meant",
      (text) => underParameters(text, 'disk_encryption_key_crn: 0b5f1c1e-8a3a-4f0e-9c1d-2f6a7b8c9d0e'),
      ['k.yaml:23:44 BARE_ID'],
    ],
    [
      "an instance's CRN in a parameter where a key's is meant",
      (text) => underParameters(text, 'disk_encryption_key_crn: "crn:v1:bluemix:public:kms:us-south:a/1:g::"'),
      ['k.yaml:23:44 CRN_FORM'],
    ],
    ['an unknown role', (text) => text.replace('[Reader]', '[Reader, Raeder]'), ['k.yaml:18:21 ROLE_UNKNOWN']],
    [
      'a source without a service or a group',
      (text) => text.replace('source: data-virtualization', "source: { account: '0123456789abcdef0123456789abcdef' }"),
      ['k.yaml:16:13 SOURCE_FORM', 'k.yaml:23:24 NOT_AUTHORIZED'],
    ],
    [
      'a source that narrows no service',
      (text) => text.replace('source: data-virtualization', 'source: { resourceGroup: g, resourceType: share }'),
      ['k.yaml:16:47 SOURCE_FORM', 'k.yaml:23:24 NOT_AUTHORIZED'],
    ],
    [
      'two targets',
      (text) => text.replace('target: vault', 'target: { instance: vault, key: dv-root }'),
      ['k.yaml:17:13 TARGET_FORM'],
    ],
    [
      'a source that waits for itself',
      (text) =>
        text.replace('source: data-virtualization', 'source: { service: data-virtualization, instance: lakehouse }'),
      ['k.yaml:16:13 SOURCE_CYCLE'],
    ],
    [
      'a parameter that a field sets too',
      (text) => text.replace('{ worker_count: "3" }', '{ disk_encryption_key_crn: none }'),
      ['k.yaml:24:44 PARAMETER_CLASH'],
    ],
    [
      'a parameter that is to come from the environment',
      (text) => text.replace('{ worker_count: "3" }', '{ admin: [{ env: ADMIN_PASSWORD }] }'),
      ['k.yaml:24:34 SECRET_PARAMETER'],
    ],
    [
      'encryption of a service whose parameter is unknown',
      (text) =>
        text
          .replace('service: data-virtualization', 'service: speech-to-text')
          .replace('source: data-virtualization', 'source: speech-to-text'),
      ['k.yaml:23:17 SERVICE_TAKES_NO_KEY'],
    ],
    [
      'a reserved alias',
      (text) => text.replace('ring: lakehouse\n', 'ring: lakehouse\n    aliases: [keystead_a_b, policies]\n'),
      ['k.yaml:13:15 RESERVED_NAME', 'k.yaml:13:29 RESERVED_NAME'],
    ],
    [
      'a description that holds an ownership mark',
      (text) => text.replace('[Reader]', '[Reader]\n    description: "text [Keystead:other/x] more"'),
      ['k.yaml:19:18 RESERVED_NAME'],
    ],
    [
      'tags that are ownership marks',
      (text) =>
        text
          .replace('vault: {}', 'vault: { tags: ["a", "keystead:other.vy"] }')
          .replace('plan: enterprise', 'plan: enterprise\n    tags: ["KEYSTEAD:other.vy"]'),
      ['k.yaml:6:24 RESERVED_NAME', 'k.yaml:23:12 RESERVED_NAME'],
    ],
    [
      'the ring `default`',
      (text) =>
        text.replaceAll('lakehouse: { instance', 'default: { instance').replace('ring: lakehouse', 'ring: default'),
      ['k.yaml:8:3 RESERVED_NAME'],
    ],
    [
      'map keys that are too short for the name of a key or a ring',
      (text) => text.replaceAll('dv-root', 'k').replaceAll('lakehouse', 'l'),
      ['k.yaml:8:3 INVALID_VALUE', 'k.yaml:10:3 INVALID_VALUE'],
    ],
    [
      'none of those where the name is written, or the key is pinned',
      (text) =>
        text
          .replace('  lakehouse: { instance', '  l: { name: lakehouse, instance')
          .replace('ring: lakehouse', `ring: l\n    crn: "crn:v1:bluemix:public:kms:us-south:a/1:g:key:k"`)
          .replaceAll('dv-root', 'k'),
      [],
    ],
  ])('find %s', async (_title, change, expected) => {
    expect(places(await check(change(lakehouse)))).toEqual(expected);
  });

  test('find a ring in another instance', async () => {
    const text = lakehouse
      .replace('vault: {}', 'vault: {}\n  other: {}')
      .replace('lakehouse: { instance: vault }', 'lakehouse: { instance: other }');
    expect(places(await check(text))).toEqual(['k.yaml:13:11 RING_IN_OTHER_INSTANCE']);
  });

  test('find two authorizations that are one policy', async () => {
    const twin =
      '  twin:\n    source: { service: data-virtualization }\n    target: { instance: vault }\n    roles: [Writer]\n';
    const { problems } = await check(lakehouse.replace('deployments:', `${twin}deployments:`));
    expect(problems.map(({ code }) => code)).toContain('DUPLICATE_IDENTITY');
  });

  test.each([
    ['keyProtectInstances', 'one: { name: same }', 'two: { name: same }'],
    ['keyRings', 'one: { instance: vault, name: same }', 'two: { instance: vault, name: same }'],
    ['keys', 'one: { instance: vault, name: same }', 'two: { instance: vault, name: same }'],
    ['keys', 'same: { instance: vault }', 'two: { instance: vault, name: same }'],
    ['keys', 'one: { instance: vault, aliases: [same] }', 'two: { instance: vault, aliases: [same] }'],
    [
      'deployments',
      'one: { service: speech-to-text, plan: p, name: same }',
      'two: { service: speech-to-text, plan: p, name: same }',
    ],
    [
      'keys',
      'one: { instance: vault, name: a1, crn: "crn:v1:bluemix:public:kms:us-south:a/1:g:key:k" }',
      'two: { instance: vault, name: a2, crn: "crn:v1:bluemix:public:kms:us-south:a/1:g:key:k" }',
    ],
    [
      'authorizations',
      'one: { source: speech-to-text, target: vault, roles: [Reader], policyId: same }',
      'two: { source: text-to-speech, target: vault, roles: [Reader], policyId: same }',
    ],
  ])('find two %s that would be one: %s, %s', async (block, one, two) => {
    const head = 'apiVersion: keystead/v1\nstack: prod\ndefaults: { region: us-south }\n';
    const vault = block === 'keyProtectInstances' ? '' : 'keyProtectInstances:\n  vault: {}\n';
    const first = await check(`${head}${vault}${block}:\n  ${one}\n`);
    expect(first.problems.map(({ code }) => code)).toEqual(['ACCOUNT_UNSET']);
    const { problems } = await check(`${head}${vault}${block}:\n  ${one}\n  ${two}\n`);
    const twin = problems.find(({ severity }) => severity === 'error');
    const line = vault === '' ? 5 : 7;
    expect(problems).toHaveLength(2);
    expect(twin).toMatchObject({ code: 'DUPLICATE_IDENTITY', at: { line: line + 1 }, also: { line } });
    for (const gone of ['state: absent', 'existing: true']) {
      const apart = await check(`${head}${vault}${block}:\n  ${one.replace(' }', `, ${gone} }`)}\n  ${two}\n`);
      expect(apart.problems.map(({ code }) => code)).toEqual(['ACCOUNT_UNSET']);
    }
  });

  test.each<[string, (text: string) => string, string]>([
    [
      'a region that is not in the table',
      (text) => text.replace('region: us-south', 'region: br-sao'),
      'REGION_UNSUPPORTED',
    ],
    [
      'a plan that is not in the table',
      (text) => text.replace('plan: enterprise', 'plan: premium'),
      'PLAN_TAKES_NO_KEY',
    ],
  ])('warn of %s: the catalog decides', async (_title, edit, code) => {
    const { problems, wanted } = await check(edit(lakehouse));
    expect(problems.map((one) => [one.code, one.severity])).toEqual([[code, 'warning']]);
    expect(problems[0]?.remedy).toContain('IBM has withdrawn the pages');
    expect(wanted).toBeDefined();
  });

  test('say which parameter was meant, and let what services write for no key pass', async () => {
    const misspelt = await check(underParameters(lakehouse, 'disk_encryption_key: { key: dv-root }'));
    expect(misspelt.problems[0]?.remedy).toBe('did you mean disk_encryption_key_crn?');
    expect((await check(underParameters(lakehouse, 'disk_encryption_key_crn: none'))).problems).toEqual([]);
  });

  test.each([
    ['nested, in a Gen 2 plan', 'standard-gen2', 'dataservices: { encryption: { disk: { key: dv-root } } }', []],
    [
      'nested, in another plan',
      'standard',
      'dataservices: { encryption: { disk: { key: dv-root } } }',
      ['UNKNOWN_KEY_PARAMETER'],
    ],
    [
      'at the top, in a Gen 2 plan',
      'standard-gen2',
      'disk_encryption_key_crn: { key: dv-root }',
      ['UNKNOWN_KEY_PARAMETER'],
    ],
  ])('know where a plan takes its key: %s', async (_title, plan, parameters, codes) => {
    const { problems } = await check(database(plan, parameters));
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });

  test('warn of an authorization that gives more than is needed', async () => {
    const { problems, wanted } = await check(lakehouse.replace('[Reader]', '[Manager]'));
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['BROAD_AUTHORIZATION', 'warning']]);
    expect(wanted).toBeDefined();
  });

  test('are told all at once, over several files, in order', async () => {
    const { problems, wanted } = await check({
      'a.yaml':
        'apiVersion: keystead/v1\nstack: prod\nkeys:\n  one: { instance: valt, colour: red }\n  two: { instance: vault }\n',
      'b.yaml':
        'apiVersion: keystead/v1\nkeyProtectInstances:\n  vault: { region: mars }\nkeyRings:\n  ring: { instance: vautl }\n',
    });
    expect(problems.map(({ at, code }) => `${at?.file ?? '-'} ${code}`).sort()).toEqual([
      'a.yaml ACCOUNT_UNSET',
      'a.yaml UNKNOWN_FIELD',
      'b.yaml REGION_UNSUPPORTED',
      'b.yaml UNKNOWN_REFERENCE',
    ]);
    expect(wanted).toBeUndefined();
  });
});

describe('what an instance holds', () => {
  const head =
    'apiVersion: keystead/v1\nstack: prod\naccount: 0123456789abcdef0123456789abcdef\ndefaults: { region: us-south }\n';
  const rings = (count: number, more = '') =>
    `${head}keyProtectInstances: { vault: {}, other: {} }\nkeyRings:\n${Array.from(
      { length: count },
      (_, index) => `  r${index}: { instance: vault }\n`,
    ).join('')}${more}`;

  // Key Protect docs, "Grouping keys together using key rings": 50 an instance, `default` among them.
  test('is 49 key rings beside its own', async () => {
    expect(
      (await check(rings(49, '  more: { instance: other }\n  default: { instance: vault, existing: true }\n')))
        .problems,
    ).toEqual([]);
    expect((await check(rings(49, '  gone: { instance: vault, state: absent }\n'))).problems).toEqual([]);
    const { problems, wanted } = await check(rings(51));
    expect(problems).toMatchObject([
      {
        code: 'TOO_MANY',
        severity: 'error',
        message: expect.stringMatching(/^51 key rings in .*vault are declared, and 49/),
      },
    ]);
    expect(wanted).toBeUndefined();
  });

  test('may be 1,000 aliases, the marks of its keys among them: more is a warning', async () => {
    const aliased = (count: number) =>
      `${head}keyProtectInstances: { vault: {} }\nkeys:\n${Array.from(
        { length: count },
        (_, index) => `  k${index}: { instance: vault, aliases: [a${index}, b${index}, c${index}, d${index}] }\n`,
      ).join('')}`;
    expect((await check(aliased(200))).problems).toEqual([]);
    const { problems, wanted } = await check(aliased(201));
    expect(problems).toMatchObject([
      { code: 'TOO_MANY', severity: 'warning', message: expect.stringContaining('1005 key aliases') },
    ]);
    expect(wanted).toBeDefined();
  });
});
