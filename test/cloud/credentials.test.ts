import { describe, expect, test } from '@jest/globals';
import { credentialsFrom } from '../../src/cloud/login/credentials.ts';

const id = 'Profile-5e2b';

describe('a login is named by the environment:', () => {
  test.each([
    ['an API key', { IBMCLOUD_API_KEY: 'a' }, { type: 'iam', apiKey: 'a' }],
    ['the first of two', { IC_API_KEY: 'b', IBMCLOUD_API_KEY: 'a' }, { type: 'iam', apiKey: 'b' }],
    [
      'a profile that an API key assumes',
      { IC_API_KEY: 'a', IBMCLOUD_IAM_PROFILE_ID: id },
      { type: 'iamAssume', apiKey: 'a', profile: { id } },
    ],
    [
      'the same by name and account',
      { IC_API_KEY: 'a', IC_IAM_PROFILE_NAME: 'ci', IC_ACCOUNT_ID: 'f' },
      { type: 'iamAssume', apiKey: 'a', profile: { name: 'ci', account: 'f' } },
    ],
    ['a container', { IBMCLOUD_IAM_PROFILE_ID: id }, { type: 'container', profile: { id } }],
    [
      'a container with a file of its own',
      { IBMCLOUD_IAM_PROFILE_NAME: 'ci', IBMCLOUD_CR_TOKEN_FILENAME: '/t' },
      { type: 'container', profile: { name: 'ci' }, crTokenFile: '/t' },
    ],
    ['a virtual server', { IBMCLOUD_AUTH_TYPE: 'VPC' }, { type: 'vpc' }],
    [
      'a virtual server and a profile by its CRN',
      { IBMCLOUD_AUTH_TYPE: 'vpc', IBMCLOUD_IAM_PROFILE_ID: 'crn:v1:x', IBMCLOUD_AUTH_URL: 'http://m' },
      { type: 'vpc', profile: { crn: 'crn:v1:x' }, metadataUrl: 'http://m' },
    ],
    [
      'an API key, whatever profile is set',
      { IC_AUTH_TYPE: 'iam', IC_API_KEY: 'a', IC_IAM_PROFILE_ID: id },
      { type: 'iam', apiKey: 'a' },
    ],
  ])('%s', (_what, env, credentials) => {
    expect(credentialsFrom(env)).toEqual(credentials);
  });

  test.each([
    ['nothing', {}, 'NO_API_KEY', 'IBMCLOUD_API_KEY is not set'],
    ['blanks', { IBMCLOUD_API_KEY: ' ' }, 'NO_API_KEY', 'IBMCLOUD_API_KEY is not set'],
    ['another type', { IC_AUTH_TYPE: 'magic' }, 'BAD_LOGIN', 'IBMCLOUD_AUTH_TYPE is "magic"'],
    ['two profiles', { IC_IAM_PROFILE_ID: id, IC_IAM_PROFILE_NAME: 'ci' }, 'BAD_LOGIN', 'IBMCLOUD_IAM_PROFILE_NAME'],
    ['a name alone', { IC_API_KEY: 'a', IC_IAM_PROFILE_NAME: 'ci' }, 'BAD_LOGIN', 'IBMCLOUD_ACCOUNT_ID'],
    ['a container by CRN', { IC_IAM_PROFILE_ID: 'crn:v1:x' }, 'BAD_LOGIN', 'is a CRN'],
    ['no profile', { IC_AUTH_TYPE: 'container' }, 'BAD_LOGIN', 'IBMCLOUD_IAM_PROFILE_ID is not set'],
  ])('with %s it says which variable is wrong', (_what, env, code, message) => {
    expect(() => credentialsFrom(env)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
