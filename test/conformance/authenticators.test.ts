import { createPublicKey, verify } from 'node:crypto';
import { join } from 'node:path';
import GlobalSearchV2 from '@ibm-cloud/platform-services/global-search/v2.js';
import IamIdentityV1 from '@ibm-cloud/platform-services/iam-identity/v1.js';
import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import { describe, expect, test } from '@jest/globals';
import {
  type Authenticator,
  BearerTokenAuthenticator,
  ContainerAuthenticator,
  IamAssumeAuthenticator,
  IamAuthenticator,
  VpcInstanceAuthenticator,
} from 'ibm-cloud-sdk-core';
import type { Emulator } from '../../src/emulator/start.ts';
import { tokenOf, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { account, at, createVault, list, text } from '../helpers/platform.ts';
import { answerOf } from './conformance.ts';

const apikey = 'keystead-emulator';

/** What an authenticator makes of a request: the claims of its token, whose signature holds against IAM's keys. */
async function claimsBy(authenticator: Authenticator, { url }: Emulator): Promise<unknown> {
  const request: { headers?: Readonly<Record<string, string>> } = {};
  await authenticator.authenticate(request);
  const [head = '', payload = '', signature = ''] = (request.headers?.['Authorization'] ?? '').slice(7).split('.');
  const { keys }: { keys: readonly { readonly kty: string }[] } = JSON.parse(
    await (await fetch(`${url}/identity/keys`)).text(),
  );
  const key = createPublicKey({ key: { ...keys[0] }, format: 'jwk' });
  expect(verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  // And it is let in.
  const search = new GlobalSearchV2({ authenticator, serviceUrl: url });
  expect((await search.search({ query: '*' })).status).toBe(200);
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

const identityOf = ({ url }: Emulator): IamIdentityV1 =>
  new IamIdentityV1({ authenticator: new IamAuthenticator({ apikey, url }), serviceUrl: url });

/** A trusted profile; what it trusts is the test's business. */
async function deployer(
  emulator: Emulator,
): Promise<{ readonly id: string; readonly crn: string; readonly iamId: string }> {
  const { result } = await identityOf(emulator).createProfile({ name: 'deployer', accountId: account });
  return { id: result.id, crn: result.crn, iamId: result.iam_id };
}

const ofCluster = {
  type: 'Profile-CR',
  crType: 'IKS_SA',
  conditions: [{ claim: 'namespace', operator: 'EQUALS', value: '"x"' }],
};
const server = { crType: 'VSI', link: { crn: `crn:v1:bluemix:public:is:us-south:a/${account}::instance:1` } };

describe('authenticators of ibm-cloud-sdk-core', () => {
  test('IAM: an API key of the user and one of a service ID; a wrong one is 400', async () => {
    await withEmulator(async ({ emulator }) => {
      const { url } = emulator;
      const mine = await claimsBy(new IamAuthenticator({ apikey, url, clientId: 'bx', clientSecret: 'bx' }), emulator);
      expect(mine).toMatchObject({ iam_id: 'IBMid-3100000001', account: { bss: account } });
      const made = await identityOf(emulator).createServiceId({
        accountId: account,
        name: 'robot',
        apikey: { name: 'k' },
      });
      const robot = new IamAuthenticator({ apikey: made.result.apikey?.apikey ?? '', url });
      expect(await claimsBy(robot, emulator)).toMatchObject({
        iam_id: made.result.iam_id,
        sub_type: 'ServiceId',
        realmid: 'iam',
      });
      const wrong = new IamAuthenticator({ apikey: 'wrong', url });
      await expect(wrong.authenticate({})).rejects.toMatchObject({ status: 400 });
    });
  });

  test('container: the token of a cluster for a profile that trusts such, by name or id; another profile is 400', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ token: 'a token of the cluster' }, async (folder) => {
        const { url } = emulator;
        const profile = await deployer(emulator);
        const crTokenFilename = join(folder, 'token');
        const login = (by: object): ContainerAuthenticator =>
          new ContainerAuthenticator({ crTokenFilename, url, ...by });
        await expect(login({ iamProfileName: 'deployer' }).authenticate({})).rejects.toMatchObject({ status: 400 });
        await identityOf(emulator).createClaimRule({ profileId: profile.id, ...ofCluster });
        for (const by of [{ iamProfileName: 'deployer' }, { iamProfileId: profile.id }]) {
          const claims = await claimsBy(login(by), emulator);
          expect(claims).toMatchObject({ iam_id: profile.iamId, sub_type: 'Profile' });
        }
        await expect(login({ iamProfileName: 'nobody' }).authenticate({})).rejects.toMatchObject({ status: 400 });
      });
    });
  });

  test('assume: a service ID that the profile trusts, by id, CRN or name; one that it does not is 403', async () => {
    await withEmulator(async ({ emulator }) => {
      const { url } = emulator;
      const profile = await deployer(emulator);
      const identity = identityOf(emulator);
      const made = await identity.createServiceId({ accountId: account, name: 'robot', apikey: { name: 'k' } });
      const login = (by: object) =>
        new IamAssumeAuthenticator({ apikey: made.result.apikey?.apikey ?? '', url, ...by });
      await expect(login({ iamProfileId: profile.id }).authenticate({})).rejects.toMatchObject({ status: 403 });
      const trusted = {
        profileId: profile.id,
        identityType: 'serviceid',
        type: 'serviceid',
        identifier: made.result.id,
      };
      await identity.setProfileIdentity(trusted);
      for (const by of [
        { iamProfileId: profile.id },
        { iamProfileCrn: profile.crn },
        { iamProfileName: 'deployer', iamAccountId: account },
      ]) {
        expect(await claimsBy(login(by), emulator)).toMatchObject({ iam_id: profile.iamId, sub_type: 'Profile' });
      }
    });
  });

  test('VPC: a virtual server that is linked to the profile, named or the only one; without a link it is refused', async () => {
    await withEmulator(async ({ emulator }) => {
      const { url } = emulator;
      const profile = await deployer(emulator);
      const login = (by: object) => new VpcInstanceAuthenticator({ url, ...by });
      await expect(login({}).authenticate({})).rejects.toMatchObject({ status: 400 });
      await expect(login({ iamProfileId: profile.id }).authenticate({})).rejects.toMatchObject({ status: 403 });
      await identityOf(emulator).createLink({ profileId: profile.id, ...server });
      for (const by of [{}, { iamProfileId: profile.id }, { iamProfileCrn: profile.crn }]) {
        expect(await claimsBy(login(by), emulator)).toMatchObject({ iam_id: profile.iamId });
      }
    });
  });

  test('bearer: a token as it is, until it ends', async () => {
    await withEmulator(async ({ emulator }) => {
      const authenticator = new BearerTokenAuthenticator({ bearerToken: await tokenOf(emulator.url) });
      await claimsBy(authenticator, emulator);
      emulator.clock.advance(3_601_000);
      const search = new GlobalSearchV2({ authenticator, serviceUrl: emulator.url });
      expect(await answerOf(search.search({ query: '*' }))).toMatchObject({ status: 401 });
    });
  });
});

describe('logins that no authenticator of the core makes', () => {
  async function login(
    { url }: Emulator,
    form: Readonly<Record<string, string>>,
    basic = true,
  ): Promise<[number, unknown]> {
    const headers: Readonly<Record<string, string>> = basic ? { Authorization: `Basic ${btoa('bx:bx')}` } : {};
    const answer = await fetch(`${url}/identity/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
    return [answer.status, await answer.json()];
  }

  test('a refresh token is for clients that name themselves, and good for another access token', async () => {
    await withEmulator(async ({ emulator }) => {
      const byKey = { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey };
      const [, unnamed] = await login(emulator, byKey, false);
      expect(at(unnamed, 'refresh_token')).toBe('not_supported');
      const [, named] = await login(emulator, byKey);
      const refresh = { grant_type: 'refresh_token', refresh_token: text(named, 'refresh_token') };
      emulator.clock.advance(7_200_000);
      const [status, again] = await login(emulator, refresh);
      expect([status, at(again, 'expires_in')]).toEqual([200, 3600]);
      // It is no access token.
      const headers = { Authorization: `Bearer ${refresh.refresh_token}` };
      expect((await fetch(`${emulator.url}/v2/resource_groups`, { headers })).status).toBe(401);
    });
  });
});

describe('service credentials', () => {
  test('log in with the role that they have on their instance, until they are deleted', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { url } = emulator;
      const vault = await createVault(api);
      const made = await api('POST', '/v2/resource_keys', { body: { name: 'k', source: vault.guid, role: 'Reader' } });
      const secret = text(made.body, 'credentials', 'apikey');
      const claims = await claimsBy(new IamAuthenticator({ apikey: secret, url }), emulator);
      expect(text(made.body, 'credentials', 'iam_serviceid_crn')).toContain(text(claims, 'sub'));
      await api('DELETE', `/v2/resource_keys/${text(made.body, 'guid')}`);
      const late = new IamAuthenticator({ apikey: secret, url });
      await expect(late.authenticate({})).rejects.toMatchObject({ status: 400 });
    });
  });
});

describe('access policies', () => {
  test('give a profile platform roles on instances, which it does not see before', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { url } = emulator;
      const vault = await createVault(api);
      const profile = await deployer(emulator);
      await identityOf(emulator).createLink({ profileId: profile.id, ...server });
      const sdk = new ResourceControllerV2({ authenticator: new VpcInstanceAuthenticator({ url }), serviceUrl: url });
      const seen = async () => (await sdk.listResourceInstances({})).result.resources.map(({ guid }) => guid);
      expect(await seen()).toEqual([]);
      const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
      const grant = async (name: string) =>
        await new IamPolicyManagementV1({
          authenticator: new IamAuthenticator({ apikey, url }),
          serviceUrl: url,
        }).createV2Policy({
          type: 'access',
          subject: { attributes: [equals('iam_id', profile.iamId)] },
          resource: { attributes: [equals('accountId', account), equals('serviceName', name)] },
          control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::role:Viewer' }] } },
        });
      await grant('databases-for-redis');
      expect(await seen()).toEqual([]);
      await grant('kms');
      expect(await seen()).toEqual([vault.guid]);
      expect(await answerOf(sdk.deleteResourceInstance({ id: vault.guid }))).toMatchObject({ status: 403 });
    });
  });

  test('let a service ID into Key Protect, as far as they go, and no longer than they stand', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { url } = emulator;
      const vault = await createVault(api);
      const made = await identityOf(emulator).createServiceId({
        accountId: account,
        name: 'robot',
        apikey: { name: 'k' },
      });
      const policies = new IamPolicyManagementV1({
        authenticator: new IamAuthenticator({ apikey, url }),
        serviceUrl: url,
      });
      const robot: { headers?: Readonly<Record<string, string>> } = {};
      await new IamAuthenticator({ apikey: made.result.apikey?.apikey ?? '', url }).authenticate(robot);
      const keys = async (method: string): Promise<number> => {
        const headers = { ...robot.headers, 'Bluemix-Instance': vault.guid };
        const body = {
          metadata: { collectionType: 'application/vnd.ibm.kms.key+json', collectionTotal: 1 },
          resources: [{ type: 'application/vnd.ibm.kms.key+json', name: 'root', extractable: false }],
        };
        const answer = await api(method, '/api/v2/keys', { headers, ...(method === 'GET' ? {} : { body }) });
        return answer.status;
      };
      const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
      const grant = async (role: string) =>
        await policies.createV2Policy({
          type: 'access',
          subject: { attributes: [equals('iam_id', made.result.iam_id)] },
          resource: {
            attributes: [
              equals('accountId', account),
              equals('serviceName', 'kms'),
              equals('serviceInstance', vault.guid),
            ],
          },
          control: { grant: { roles: [{ role_id: `crn:v1:bluemix:public:iam::::serviceRole:${role}` }] } },
        });
      expect(await keys('GET')).toBeGreaterThanOrEqual(400);
      const { result } = await grant('Reader');
      expect([await keys('GET'), await keys('POST')]).toEqual([200, expect.any(Number)]);
      expect(
        list((await api('GET', '/api/v2/keys', { headers: { 'Bluemix-Instance': vault.guid } })).body, 'resources'),
      ).toEqual([]);
      await policies.deleteV2Policy({ id: result.id ?? '' });
      await grant('Writer');
      expect(await keys('POST')).toBe(201);
    });
  });
});
