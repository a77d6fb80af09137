import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keystead } from '../helpers/cli.ts';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { account, at, equals, list, text } from '../helpers/platform.ts';

const manifest = `apiVersion: keystead/v1
stack: logins
account: ${account}
defaults: { region: us-south }
keyProtectInstances:
  vault: {}
`;

interface Profile {
  readonly id: string;
  readonly crn: string;
  readonly iamId: string;
}

/** A trusted profile that clusters, virtual servers and whoever has the account's API key may log in by. */
async function trustedProfile(api: Api): Promise<Profile> {
  const made = await api('POST', '/v1/profiles', { body: { name: 'deployer', account_id: account } });
  const id = text(made.body, 'id');
  const cluster = {
    type: 'Profile-CR',
    cr_type: 'IKS_SA',
    name: 'cluster',
    expiration: 3600,
    conditions: [{ claim: 'namespace', operator: 'EQUALS', value: '"default"' }],
  };
  await api('POST', `/v1/profiles/${id}/rules`, { body: cluster });
  const server = { cr_type: 'VSI', link: { crn: `crn:v1:bluemix:public:is:us-south:a/${account}::instance:1` } };
  await api('POST', `/v1/profiles/${id}/links`, { body: server });
  const iamId = text(made.body, 'iam_id');
  const roles = ['role:Administrator', 'serviceRole:Manager'].map((word) => ({
    role_id: `crn:v1:bluemix:public:iam::::${word}`,
  }));
  const everything = {
    type: 'access',
    subject: { attributes: [equals('iam_id', iamId)] },
    resource: { attributes: [equals('accountId', account), equals('serviceType', 'service')] },
    control: { grant: { roles } },
  };
  expect((await api('POST', '/v2/policies', { body: everything })).status).toBe(201);
  return { id, crn: text(made.body, 'crn'), iamId };
}

type Variables = Readonly<Record<string, string>>;

describe('a trusted profile logs in', () => {
  test.each<readonly [string, (profile: Profile, url: string, folder: string) => Variables]>([
    ['assumed by an API key', ({ id }) => ({ IBMCLOUD_API_KEY: 'keystead-emulator', IBMCLOUD_IAM_PROFILE_ID: id })],
    [
      'assumed by its name',
      () => ({ IC_API_KEY: 'keystead-emulator', IC_IAM_PROFILE_NAME: 'deployer', IC_ACCOUNT_ID: account }),
    ],
    [
      'of a container',
      ({ id }, _url, folder) => ({
        IBMCLOUD_IAM_PROFILE_ID: id,
        IBMCLOUD_CR_TOKEN_FILENAME: join(folder, 'token'),
      }),
    ],
    [
      'of a virtual server',
      ({ crn }, url) => ({ IBMCLOUD_AUTH_TYPE: 'vpc', IBMCLOUD_AUTH_URL: url, IBMCLOUD_IAM_PROFILE_ID: crn }),
    ],
    [
      'from a credentials file',
      (_profile, _url, folder) => ({ IBM_CREDENTIALS_FILE: folder, IC_API_KEY: 'not this one' }),
    ],
  ])('%s', async (_how, loginOf) => {
    await withEmulator(async ({ emulator, api }) => {
      const profile = await trustedProfile(api);
      const file = `IBMCLOUD_APIKEY=keystead-emulator\nIBMCLOUD_IAM_PROFILE_ID=${profile.id}\nOTHER_URL=x\n`;
      await withFolder({ 'k.yaml': manifest, token: 'of the cluster', 'ibm-credentials.env': file }, async (cwd) => {
        const { IBMCLOUD_API_KEY: _key, ...endpoints } = emulator.environment;
        const env = { ...endpoints, ...loginOf(profile, emulator.url, cwd) };
        const ran = await keystead(['apply', '--auto-approve', '--log-level', 'trace', 'k.yaml'], { cwd, env });
        expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining('keystead-emulator')]);
        const { body } = await api('GET', '/v2/resource_instances');
        expect(list(body, 'resources').map((row) => at(row, 'created_by'))).toEqual([profile.iamId]);
      });
    });
  });

  test.each<readonly [string, Variables, string, RegExp]>([
    [
      'a profile that is not there',
      { IBMCLOUD_API_KEY: 'keystead-emulator', IBMCLOUD_IAM_PROFILE_ID: 'Profile-none' },
      'LOGIN_REFUSED',
      /the login \(iamAssume\) failed: BXNIM0106E/,
    ],
    [
      'a container without its file',
      { IBMCLOUD_IAM_PROFILE_ID: 'Profile-none', IBMCLOUD_CR_TOKEN_FILENAME: '/nowhere/token' },
      'LOGIN_REFUSED',
      /IBMCLOUD_CR_TOKEN_FILENAME/,
    ],
    ['a credentials file that is not there', { IBM_CREDENTIALS_FILE: '/nowhere' }, 'BAD_LOGIN', /cannot be read/],
    ['nothing at all', {}, 'NO_API_KEY', /IBMCLOUD_API_KEY is not set/],
  ])('%s is one clear error', async (_what, login, code, says) => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': manifest }, async (cwd) => {
        const { IBMCLOUD_API_KEY: _key, ...endpoints } = emulator.environment;
        const ran = await keystead(['plan', 'k.yaml'], { cwd, env: { ...endpoints, ...login } });
        expect(ran.code).toBe(1);
        expect(ran.stderr).toContain(`error[${code}]`);
        expect(ran.stderr).toMatch(says);
      });
    });
  });
});
