import { describe, expect, test } from '@jest/globals';
import { apis } from '../../src/cloud/apis.ts';
import { connect } from '../../src/cloud/connect.ts';
import { type Endpoints, endpointsFrom, visibilityFrom } from '../../src/cloud/endpoints.ts';
import { databases } from '../../src/cloud/databases/calls.ts';
import { keyProtect } from '../../src/cloud/key-protect/calls.ts';
import { iamHost } from '../../src/cloud/login/api.ts';
import { ownEndpoints } from '../../src/cloud/own-endpoints.ts';
import { search } from '../../src/cloud/search/calls.ts';
import { createLog } from '../../src/log.ts';
import { CloudRefused } from '../../src/model/errors.ts';
import { API_KEY, INSTANCE, withServer } from './scripted.ts';

const hosts = Object.fromEntries(apis.map(({ api }) => [api.name, api.host]));

/** Where each API is, by the words that errors use for it. */
const urlOf = (endpoints: Endpoints, api: string, region?: string): string | undefined => {
  const host = api === 'IAM' ? iamHost : hosts[api];
  return host && endpoints.of(host, region).url;
};

describe('endpoints', () => {
  test("are IBM Cloud's public hosts when nothing is set", () => {
    const endpoints = endpointsFrom({}, 'public');
    expect(urlOf(endpoints, 'IAM')).toBe('https://iam.cloud.ibm.com');
    expect(urlOf(endpoints, 'Resource Controller')).toBe('https://resource-controller.cloud.ibm.com');
    expect(urlOf(endpoints, 'Resource Manager')).toBe('https://resource-controller.cloud.ibm.com');
    expect(urlOf(endpoints, 'Global Catalog')).toBe('https://globalcatalog.cloud.ibm.com/api/v1');
    expect(urlOf(endpoints, 'Global Tagging')).toBe('https://tags.global-search-tagging.cloud.ibm.com');
    expect(urlOf(endpoints, 'Global Search')).toBe('https://api.global-search-tagging.cloud.ibm.com');
    expect(urlOf(endpoints, 'Key Protect', 'eu-de')).toBe('https://eu-de.kms.cloud.ibm.com');
    expect(endpoints).toMatchObject({ visibility: 'public', custom: [] });
  });

  test('are private hosts when that is asked for', () => {
    const endpoints = endpointsFrom({}, 'private');
    expect(urlOf(endpoints, 'IAM')).toBe('https://private.iam.cloud.ibm.com');
    expect(urlOf(endpoints, 'Global Search')).toBe('https://api.private.global-search-tagging.cloud.ibm.com');
    expect(urlOf(endpoints, 'Key Protect', 'eu-de')).toBe('https://private.eu-de.kms.cloud.ibm.com');
    expect(urlOf(endpoints, 'Cloud Databases', 'eu-de')).toBe(
      'https://api.eu-de.private.databases.cloud.ibm.com/v5/ibm',
    );
    expect(endpoints).toMatchObject({ visibility: 'private', custom: [] });
  });

  // As terraform-provider-ibm resolves them (ibm/conns/config.go): the others answer inside of VPCs in the US alone.
  test.each([
    [{}, 'us-south'],
    [{ IC_REGION: 'eu-de' }, 'us-south'],
    [{ IC_REGION: 'us-east' }, 'us-east'],
    [{ IBMCLOUD_REGION: 'us-east' }, 'us-east'],
    [{ IC_REGION: 'us-south', IBMCLOUD_REGION: 'us-east' }, 'us-south'],
  ])('are private hosts of one of two regions where only those have any: %j', (env, region) => {
    const endpoints = endpointsFrom(env, 'private');
    expect(urlOf(endpoints, 'Resource Controller')).toBe(`https://private.${region}.resource-controller.cloud.ibm.com`);
    expect(urlOf(endpoints, 'Resource Manager')).toBe(`https://private.${region}.resource-controller.cloud.ibm.com`);
    expect(urlOf(endpoints, 'Global Catalog')).toBe(`https://private.${region}.globalcatalog.cloud.ibm.com/api/v1`);
  });

  test('are what the variables say, in every form that other tools take', () => {
    const endpoints = endpointsFrom(
      {
        IBMCLOUD_IAM_API_ENDPOINT: 'http://127.0.0.1:4577/identity/token',
        IBMCLOUD_KP_API_ENDPOINT: 'http://127.0.0.1:4577/api/v2/keys',
        IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT: 'http://127.0.0.1:4577/',
        IBMCLOUD_GT_API_ENDPOINT: 'https://tags.example.com/base/',
        IBMCLOUD_GS_API_ENDPOINT: ' ',
      },
      'public',
    );
    expect(urlOf(endpoints, 'IAM')).toBe('http://127.0.0.1:4577');
    expect(urlOf(endpoints, 'Key Protect', 'eu-de')).toBe('http://127.0.0.1:4577');
    expect(urlOf(endpoints, 'Global Catalog')).toBe('http://127.0.0.1:4577/api/v1');
    expect(urlOf(endpoints, 'Global Tagging')).toBe('https://tags.example.com/base');
    expect(endpoints.of(search.api.host)).toMatchObject({ isOverride: false, variable: 'IBMCLOUD_GS_API_ENDPOINT' });
    expect(endpoints.custom).toEqual(['http://127.0.0.1:4577', 'https://tags.example.com']);
  });

  test('keep a catalog path that is given', () => {
    const env = { IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT: 'https://catalog.example.com/api/v1' };
    expect(urlOf(endpointsFrom(env, 'public'), 'Global Catalog')).toBe('https://catalog.example.com/api/v1');
  });

  test.each(['localhost:4577', 'ftp://x', 'not a url', 'http://x/?a=b'])('refuse %j, naming the variable', (value) => {
    expect(() => endpointsFrom({ IBMCLOUD_KP_API_ENDPOINT: value }, 'public')).toThrow('IBMCLOUD_KP_API_ENDPOINT');
  });

  test('take their visibility from IC_VISIBILITY', () => {
    expect(visibilityFrom({})).toBe('public');
    expect(visibilityFrom({ IC_VISIBILITY: 'private' })).toBe('private');
    expect(visibilityFrom({ IC_VISIBILITY: 'public-and-private' })).toBe('public');
    expect(() => visibilityFrom({ IC_VISIBILITY: 'secret' })).toThrow('IC_VISIBILITY is "secret"');
  });
});

describe("an instance's own endpoint", () => {
  const CRN = 'crn:v1:bluemix:public:kms:eu-de:a/1:11111111-2222-4333-8444-555555555555::';
  const { host } = keyProtect.api;
  const dedicated = {
    public: 'https://11111111-2222-4333-8444-555555555555.api.eu-de.kms.appdomain.cloud',
    private: 'https://11111111-2222-4333-8444-555555555555.api.private.eu-de.kms.appdomain.cloud/',
  };
  const regional = { public: 'https://eu-de.kms.cloud.ibm.com', private: 'https://private.eu-de.kms.cloud.ibm.com' };

  /** Where the instance is, if Resource Controller says that of it. */
  const urlFor = async (said: unknown, visibility: 'public' | 'private' = 'public', env = {}): Promise<string> => {
    const own = ownEndpoints(endpointsFrom(env, visibility), async () => undefined);
    own.learn({ crn: CRN, extensions: said });
    return (await own.of(host, `${CRN.slice(0, -2)}:key:k1`)).url;
  };

  test.each<[string, unknown, 'public' | 'private', object, string]>([
    ['Dedicated, public', { endpoints: dedicated }, 'public', {}, dedicated.public],
    ['Dedicated, private', { endpoints: dedicated }, 'private', {}, dedicated.private.slice(0, -1)],
    ['Standard, public', { endpoints: regional }, 'public', {}, regional.public],
    ['private only, public', { endpoints: { private: regional.private } }, 'public', {}, regional.public],
    ['no endpoints', { other: 1 }, 'private', {}, regional.private],
    ['nothing', undefined, 'public', {}, regional.public],
    ['odd types', { endpoints: { public: 5 } }, 'public', {}, regional.public],
    [
      'an override',
      { endpoints: dedicated },
      'public',
      { IBMCLOUD_KP_API_ENDPOINT: 'http://127.0.0.1:4577' },
      'http://127.0.0.1:4577',
    ],
  ])('of %s is taken where it says one, and the override before it', async (_, said, visibility, env, url) => {
    expect(await urlFor(said, visibility, env)).toBe(url);
  });

  test('is asked for once where no answer has told it; a refusal leaves the regional host', async () => {
    const asked: string[] = [];
    const own = ownEndpoints(endpointsFrom({}, 'public'), async (crn) => {
      asked.push(crn);
      return { crn, extensions: { endpoints: dedicated } };
    });
    const answers = await Promise.all([own.of(host, CRN), own.of(host, CRN)]);
    expect(answers.map(({ url }) => url)).toEqual([dedicated.public, dedicated.public]);
    expect(asked).toEqual([CRN]);
    const refused = new CloudRefused({ api: 'Resource Controller', operation: 'read instance', status: 403 }, 'no');
    const closed = ownEndpoints(endpointsFrom({}, 'public'), async () => Promise.reject(refused));
    expect((await closed.of(host, CRN)).url).toBe(regional.public);
  });

  test('is asked for where a row of a list says nothing of it', async () => {
    const own = ownEndpoints(endpointsFrom({}, 'public'), async (crn) => ({
      crn,
      extensions: { endpoints: dedicated },
    }));
    own.learn({ crn: CRN });
    expect((await own.of(host, CRN)).url).toBe(dedicated.public);
  });

  test.each([
    'http://us-south.kms.cloud.ibm.com',
    'https://attacker.com',
    'https://kms.cloud.ibm.com.attacker.com',
    'https://evil.kms.cloud.ibm.com.attacker.com',
    'https://evilkms.cloud.ibm.com',
    'https://kms.cloud.ibm.com',
    'https://eu-de.kms.cloud.ibm.com@attacker.com',
    'https://user:pass@eu-de.kms.cloud.ibm.com',
    'https://attacker.com#.kms.cloud.ibm.com',
    'https://attacker.com/.kms.cloud.ibm.com',
    'https://attacker.com\\.kms.cloud.ibm.com',
    'https://attacker.com%2f.kms.cloud.ibm.com',
    'https://eu-de.kms.cloud.ibm.com%2eattacker.com',
    'https://eu-de.kms.cloud.ibm.com:8443',
    'https://eu-de.kms.appdomain.cloud.evil.io',
    'https://evil.hs-crypto.appdomain.cloud',
    'https://eu-de.kms.cloud.ibm.com.',
    'https://127.0.0.1',
    'ftp://eu-de.kms.cloud.ibm.com',
    'javascript:alert(1)',
    'eu-de.kms.cloud.ibm.com',
    '',
  ])('out of an answer is refused when it is %j', async (url) => {
    await expect(urlFor({ endpoints: { public: url } })).rejects.toMatchObject({
      code: 'UNTRUSTED_ENDPOINT',
      remedy: expect.stringContaining('IBMCLOUD_KP_API_ENDPOINT'),
    });
  });

  test.each(['attacker.com/', 'attacker.com#', 'attacker.com\\', 'me@attacker.com', 'a.attacker.com?', '%2e'])(
    'is no host made of the region in a CRN when that is %j',
    async (region) => {
      const own = ownEndpoints(endpointsFrom({}, 'public'), async () => undefined);
      const crn = CRN.replace('eu-de', region);
      for (const one of [host, databases.api.host]) {
        await expect(own.of(one, crn)).rejects.toMatchObject({ code: 'UNTRUSTED_ENDPOINT' });
      }
    },
  );

  test('never gets the token when an answer names somebody else: nothing is sent there', async () => {
    let origin = '';
    const crn = INSTANCE;
    const row = { id: crn, crn, guid: 'g', name: 'v', state: 'active', resource_id: 'kms', resource_plan_id: 'p' };
    await withServer(
      () => ({ body: { ...row, resource_group_id: 'r', extensions: { endpoints: { public: origin } } } }),
      async (bench) => {
        origin = bench.origin;
        const names = ['IAM', 'RESOURCE_CONTROLLER'];
        const env = Object.fromEntries(names.map((name) => [`IBMCLOUD_${name}_API_ENDPOINT`, origin]));
        const { reader } = connect({
          credentials: { type: 'iam', apiKey: API_KEY },
          endpoints: endpointsFrom(env, 'public'),
          log: createLog({ level: 'silent' }),
        });
        await expect(reader().keys(INSTANCE)).rejects.toMatchObject({ code: 'UNTRUSTED_ENDPOINT' });
        expect(bench.seen.map(({ path }) => decodeURIComponent(path))).toEqual([`/v2/resource_instances/${crn}`]);
      },
    );
  });
});
