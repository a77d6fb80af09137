import { describe, expect, test } from '@jest/globals';
import { endpointsFrom, endpointsLabel, keyProtectIn, visibilityFrom } from '../../src/cloud/endpoints.ts';

describe('endpoints', () => {
  test("are IBM Cloud's public hosts when nothing is set", () => {
    const endpoints = endpointsFrom({}, 'public');
    expect(endpoints.iam.url).toBe('https://iam.cloud.ibm.com');
    expect(endpoints.resourceController.url).toBe('https://resource-controller.cloud.ibm.com');
    expect(endpoints.resourceManager.url).toBe('https://resource-controller.cloud.ibm.com');
    expect(endpoints.catalog.url).toBe('https://globalcatalog.cloud.ibm.com/api/v1');
    expect(endpoints.tagging.url).toBe('https://tags.global-search-tagging.cloud.ibm.com');
    expect(endpoints.search.url).toBe('https://api.global-search-tagging.cloud.ibm.com');
    expect(keyProtectIn(endpoints, 'eu-de').url).toBe('https://eu-de.kms.cloud.ibm.com');
    expect(endpointsLabel(endpoints)).toBe('public');
  });

  test('are private hosts when that is asked for', () => {
    const endpoints = endpointsFrom({}, 'private');
    expect(endpoints.iam.url).toBe('https://private.iam.cloud.ibm.com');
    expect(endpoints.search.url).toBe('https://api.private.global-search-tagging.cloud.ibm.com');
    expect(keyProtectIn(endpoints, 'eu-de').url).toBe('https://private.eu-de.kms.cloud.ibm.com');
    expect(endpointsLabel(endpoints)).toBe('private');
  });

  test('are what the variables say, in every form that other tools take, and the label says so', () => {
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
    expect(endpoints.iam.url).toBe('http://127.0.0.1:4577');
    expect(keyProtectIn(endpoints, 'eu-de').url).toBe('http://127.0.0.1:4577');
    expect(endpoints.catalog.url).toBe('http://127.0.0.1:4577/api/v1');
    expect(endpoints.tagging.url).toBe('https://tags.example.com/base');
    expect(endpoints.search).toMatchObject({ isOverride: false, variable: 'IBMCLOUD_GS_API_ENDPOINT' });
    expect(endpointsLabel(endpoints)).toBe('custom (http://127.0.0.1:4577, https://tags.example.com)');
  });

  test('keep a catalog path that is given', () => {
    const env = { IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT: 'https://catalog.example.com/api/v1' };
    expect(endpointsFrom(env, 'public').catalog.url).toBe('https://catalog.example.com/api/v1');
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
