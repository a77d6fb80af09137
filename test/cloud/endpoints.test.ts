import { describe, expect, test } from '@jest/globals';
import { apis } from '../../src/cloud/apis.ts';
import { type Endpoints, endpointsFrom, visibilityFrom } from '../../src/cloud/endpoints.ts';
import { iamHost } from '../../src/cloud/login/api.ts';
import { search } from '../../src/cloud/search/calls.ts';

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
    expect(endpoints).toMatchObject({ visibility: 'private', custom: [] });
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
