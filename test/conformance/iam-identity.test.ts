import IamIdentityV1 from '@ibm-cloud/platform-services/iam-identity/v1.js';
import { expect } from '@jest/globals';
import { account } from '../helpers/platform.ts';
import { conformance, type Row, type Scene } from './conformance.ts';

type Sdk = IamIdentityV1;
type Given = Scene<Sdk>;

const unknown = '00000000-0000-4000-8000-000000000000';
const me = 'IBMid-3100000001';
const refusal = (errorCode: string) => ({
  context: { requestId: expect.any(String) },
  errorCode,
  errorMessage: expect.any(String),
});
const bad = refusal('BXNIM0106E');
const missing = refusal('not_found');
const conflict = refusal('conflict');

const service = async ({ sdk }: Given) => (await sdk.createServiceId({ accountId: account, name: 'robot' })).result;
const key = async ({ sdk }: Given) => (await sdk.createApiKey({ name: 'ci', iamId: me, accountId: account })).result;
const profile = async ({ sdk }: Given) => (await sdk.createProfile({ name: 'deployer', accountId: account })).result;

const saml = {
  type: 'Profile-SAML',
  name: 'staff',
  realmName: 'https://idp.example',
  expiration: 3600,
  conditions: [{ claim: 'groups', operator: 'CONTAINS', value: '"dev"' }],
};
const server = { crType: 'VSI', link: { crn: `crn:v1:bluemix:public:is:us-south:a/${account}::instance:1` } };

async function rule(given: Given) {
  const { id } = await profile(given);
  const { result } = await given.sdk.createClaimRule({ profileId: id, ...saml });
  return { profileId: id, ruleId: result.id, ifMatch: result.entity_tag };
}

async function link(given: Given) {
  const { id } = await profile(given);
  return { profileId: id, linkId: (await given.sdk.createLink({ profileId: id, ...server })).result.id };
}

async function trusting(given: Given) {
  const { id } = await profile(given);
  const identifier = (await service(given)).id;
  await given.sdk.setProfileIdentity({ profileId: id, identityType: 'serviceid', type: 'serviceid', identifier });
  return { profileId: id, identityType: 'serviceid', identifierId: identifier };
}

const absent = (call: (sdk: Sdk) => ReturnType<Row<Sdk>[2]>): Row<Sdk> => [404, 'an unknown id', call, missing];

conformance({
  name: 'IAM Identity',
  prototype: IamIdentityV1.prototype,
  open: (options) => new IamIdentityV1(options),
  rows: {
    listServiceIds: [
      [
        200,
        'by name',
        async (sdk, given) => {
          await service(given);
          return await sdk.listServiceIds({ accountId: account, name: 'robot' });
        },
        { offset: 0, limit: 20, serviceids: [{ name: 'robot', locked: false }] },
      ],
      [
        200,
        'a page of one, and where the next is',
        async (sdk, given) => {
          await service(given);
          await service(given);
          return await sdk.listServiceIds({ accountId: account, pagesize: 1 });
        },
        { limit: 1, next: expect.stringContaining('pagetoken='), serviceids: [{ name: 'robot' }] },
      ],
      [400, 'too many at once', (sdk) => sdk.listServiceIds({ pagesize: 101 }), bad],
      [400, 'a token that is none', (sdk) => sdk.listServiceIds({ pagetoken: 'x' }), bad],
    ],
    createServiceId: [
      [
        201,
        'with an API key',
        (sdk) => sdk.createServiceId({ accountId: account, name: 'robot', apikey: { name: 'first' } }),
        {
          iam_id: expect.stringMatching(/^iam-ServiceId-/),
          crn: expect.stringContaining(':serviceid:ServiceId-'),
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d\+0000$/),
          apikey: { name: 'first', apikey: expect.stringMatching(/^\S{44}$/) },
        },
      ],
      [400, 'another account', (sdk) => sdk.createServiceId({ accountId: unknown, name: 'robot' }), bad],
    ],
    getServiceId: [
      [200, 'by its id', async (sdk, given) => sdk.getServiceId({ id: (await service(given)).id }), { name: 'robot' }],
      absent((sdk) => sdk.getServiceId({ id: unknown })),
    ],
    updateServiceId: [
      [
        200,
        'a new name',
        async (sdk, given) => {
          const { id, entity_tag: ifMatch } = await service(given);
          return await sdk.updateServiceId({ id, ifMatch, name: 'droid' });
        },
        { name: 'droid', entity_tag: expect.stringMatching(/^2-/) },
      ],
      absent((sdk) => sdk.updateServiceId({ id: unknown, ifMatch: '*', name: 'droid' })),
      [
        409,
        'an old entity tag',
        async (sdk, given) => sdk.updateServiceId({ id: (await service(given)).id, ifMatch: '0-0', name: 'droid' }),
        conflict,
      ],
    ],
    deleteServiceId: [
      [204, 'with its keys', async (sdk, given) => sdk.deleteServiceId({ id: (await service(given)).id })],
      absent((sdk) => sdk.deleteServiceId({ id: unknown })),
      [
        409,
        'a locked one',
        async (sdk, given) => {
          const { id } = await service(given);
          await given.sdk.lockServiceId({ id });
          return await sdk.deleteServiceId({ id });
        },
        conflict,
      ],
    ],
    lockServiceId: [
      [204, 'an open one', async (sdk, given) => sdk.lockServiceId({ id: (await service(given)).id })],
      absent((sdk) => sdk.lockServiceId({ id: unknown })),
    ],
    unlockServiceId: [
      [204, 'a locked one', async (sdk, given) => sdk.unlockServiceId({ id: (await service(given)).id })],
      absent((sdk) => sdk.unlockServiceId({ id: unknown })),
    ],
    listApiKeys: [
      [
        200,
        "the caller's own",
        async (sdk, given) => {
          await key(given);
          return await sdk.listApiKeys({ accountId: account, includeHistory: false });
        },
        { apikeys: [{ name: 'keystead' }, { name: 'ci', apikey: '' }] },
      ],
      [
        200,
        "everybody's that is no person",
        async (sdk, given) => {
          await given.sdk.createServiceId({ accountId: account, name: 'robot', apikey: { name: 'first' } });
          return await sdk.listApiKeys({ accountId: account, scope: 'account', type: 'serviceid' });
        },
        { apikeys: [{ name: 'first' }] },
      ],
      [400, 'an unknown type', (sdk) => sdk.listApiKeys({ type: 'robot' }), bad],
    ],
    createApiKey: [
      [
        201,
        'shown once',
        (sdk) => sdk.createApiKey({ name: 'ci', iamId: me, accountId: account, expiresAt: '2099-01-01T00:00+0000' }),
        { apikey: expect.stringMatching(/^\S{44}$/), disabled: false, iam_id: me, expires_at: expect.any(String) },
      ],
      [400, 'an end that is no date', (sdk) => sdk.createApiKey({ name: 'ci', iamId: me, expiresAt: 'never' }), bad],
      [400, 'another account', (sdk) => sdk.createApiKey({ name: 'ci', iamId: me, accountId: unknown }), bad],
      [404, 'an unknown identity', (sdk) => sdk.createApiKey({ name: 'ci', iamId: unknown }), missing],
      [
        409,
        'a value that is taken',
        (sdk) => sdk.createApiKey({ name: 'ci', iamId: me, apikey: 'keystead-emulator' }),
        conflict,
      ],
    ],
    getApiKeysDetails: [
      [
        200,
        'whose key it is',
        async (sdk, given) => sdk.getApiKeysDetails({ iamApiKey: (await key(given)).apikey }),
        { name: 'ci', iam_id: me, account_id: account, apikey: '' },
      ],
      [
        404,
        'a disabled key',
        async (sdk, given) => {
          const { id, apikey } = await key(given);
          await given.sdk.disableApiKey({ id });
          return await sdk.getApiKeysDetails({ iamApiKey: apikey });
        },
        refusal('BXNIM0415E'),
      ],
    ],
    getAccountSettings: [
      [
        200,
        'all of them unset',
        (sdk) => sdk.getAccountSettings({ accountId: account, includeHistory: true }),
        { account_id: account, mfa: 'NONE', history: [{ iam_id: me }] },
      ],
      absent((sdk) => sdk.getAccountSettings({ accountId: unknown })),
    ],
    getApiKey: [
      [
        200,
        'by its id',
        async (sdk, given) => sdk.getApiKey({ id: (await key(given)).id }),
        { name: 'ci', apikey: '', support_sessions: false, action_when_leaked: 'none' },
      ],
      absent((sdk) => sdk.getApiKey({ id: unknown })),
    ],
    updateApiKey: [
      [
        200,
        'another description',
        async (sdk, given) => sdk.updateApiKey({ id: (await key(given)).id, ifMatch: '*', description: 'for CI' }),
        { name: 'ci', description: 'for CI' },
      ],
      absent((sdk) => sdk.updateApiKey({ id: unknown, ifMatch: '*' })),
      [
        409,
        'an old entity tag',
        async (sdk, given) => sdk.updateApiKey({ id: (await key(given)).id, ifMatch: '0-0' }),
        conflict,
      ],
    ],
    deleteApiKey: [
      [204, 'an own one', async (sdk, given) => sdk.deleteApiKey({ id: (await key(given)).id })],
      [
        403,
        'the one that comes with the emulator',
        (sdk) => sdk.deleteApiKey({ id: `ApiKey-${unknown.slice(0, -1)}1` }),
        refusal('forbidden'),
      ],
      absent((sdk) => sdk.deleteApiKey({ id: unknown })),
      [
        409,
        'a locked one',
        async (sdk, given) => {
          const { id } = await key(given);
          await given.sdk.lockApiKey({ id });
          return await sdk.deleteApiKey({ id });
        },
        conflict,
      ],
    ],
    lockApiKey: [
      [204, 'an open one', async (sdk, given) => sdk.lockApiKey({ id: (await key(given)).id })],
      absent((sdk) => sdk.lockApiKey({ id: unknown })),
    ],
    unlockApiKey: [
      [204, 'a locked one', async (sdk, given) => sdk.unlockApiKey({ id: (await key(given)).id })],
      absent((sdk) => sdk.unlockApiKey({ id: unknown })),
    ],
    disableApiKey: [
      [204, 'a good one', async (sdk, given) => sdk.disableApiKey({ id: (await key(given)).id })],
      absent((sdk) => sdk.disableApiKey({ id: unknown })),
    ],
    enableApiKey: [
      [204, 'a disabled one', async (sdk, given) => sdk.enableApiKey({ id: (await key(given)).id })],
      absent((sdk) => sdk.enableApiKey({ id: unknown })),
    ],
    createProfile: [
      [
        201,
        'a new one',
        (sdk) => sdk.createProfile({ name: 'deployer', accountId: account, description: 'deploys' }),
        {
          id: expect.stringMatching(/^Profile-/),
          iam_id: expect.stringMatching(/^iam-Profile-/),
          crn: expect.stringContaining(':profile:Profile-'),
        },
      ],
      [400, 'another account', (sdk) => sdk.createProfile({ name: 'deployer', accountId: unknown }), bad],
      [
        409,
        'a name that is taken',
        async (sdk, given) => {
          await profile(given);
          return await sdk.createProfile({ name: 'deployer', accountId: account });
        },
        conflict,
      ],
    ],
    listProfiles: [
      [
        200,
        'by name',
        async (sdk, given) => {
          await profile(given);
          return await sdk.listProfiles({ accountId: account, name: 'deployer' });
        },
        { profiles: [{ name: 'deployer' }] },
      ],
      [400, 'too many at once', (sdk) => sdk.listProfiles({ accountId: account, pagesize: 0 }), bad],
    ],
    getProfile: [
      [
        200,
        'by its id',
        async (sdk, given) => sdk.getProfile({ profileId: (await profile(given)).id }),
        { name: 'deployer' },
      ],
      absent((sdk) => sdk.getProfile({ profileId: unknown })),
    ],
    updateProfile: [
      [
        200,
        'a new name',
        async (sdk, given) => {
          const { id, entity_tag: ifMatch } = await profile(given);
          return await sdk.updateProfile({ profileId: id, ifMatch, name: 'releaser' });
        },
        { name: 'releaser' },
      ],
      absent((sdk) => sdk.updateProfile({ profileId: unknown, ifMatch: '*' })),
      [
        409,
        'an old entity tag',
        async (sdk, given) => sdk.updateProfile({ profileId: (await profile(given)).id, ifMatch: '0-0' }),
        conflict,
      ],
    ],
    deleteProfile: [
      [204, 'with its rules', async (sdk, given) => sdk.deleteProfile({ profileId: (await rule(given)).profileId })],
      absent((sdk) => sdk.deleteProfile({ profileId: unknown })),
    ],
    createClaimRule: [
      [
        201,
        'for people',
        async (sdk, given) => sdk.createClaimRule({ profileId: (await profile(given)).id, ...saml }),
        { type: 'Profile-SAML', realm_name: saml.realmName, conditions: saml.conditions },
      ],
      [
        400,
        'an unknown compute resource',
        async (sdk, given) =>
          sdk.createClaimRule({
            profileId: (await profile(given)).id,
            type: 'Profile-CR',
            crType: 'ZX81',
            conditions: saml.conditions,
          }),
        bad,
      ],
      absent((sdk) => sdk.createClaimRule({ profileId: unknown, ...saml })),
    ],
    listClaimRules: [
      [
        200,
        'one rule',
        async (sdk, given) => sdk.listClaimRules({ profileId: (await rule(given)).profileId }),
        { rules: [{ name: 'staff' }] },
      ],
      absent((sdk) => sdk.listClaimRules({ profileId: unknown })),
    ],
    getClaimRule: [
      [
        200,
        'by its id',
        async (sdk, given) => {
          const { profileId, ruleId } = await rule(given);
          return await sdk.getClaimRule({ profileId, ruleId });
        },
        { name: 'staff', expiration: 3600 },
      ],
      [
        404,
        'a rule of no profile',
        async (sdk, given) => sdk.getClaimRule({ profileId: (await profile(given)).id, ruleId: unknown }),
        missing,
      ],
    ],
    updateClaimRule: [
      [
        200,
        'another name',
        async (sdk, given) => sdk.updateClaimRule({ ...(await rule(given)), ...saml, name: 'crew' }),
        { name: 'crew' },
      ],
      [
        404,
        'a rule of no profile',
        async (sdk, given) =>
          sdk.updateClaimRule({ ...saml, profileId: (await profile(given)).id, ruleId: unknown, ifMatch: '*' }),
        missing,
      ],
      [
        409,
        'an old entity tag',
        async (sdk, given) => sdk.updateClaimRule({ ...(await rule(given)), ...saml, ifMatch: '0-0' }),
        conflict,
      ],
    ],
    deleteClaimRule: [
      [
        204,
        'by its id',
        async (sdk, given) => {
          const { profileId, ruleId } = await rule(given);
          return await sdk.deleteClaimRule({ profileId, ruleId });
        },
      ],
      [
        404,
        'a rule of no profile',
        async (sdk, given) => sdk.deleteClaimRule({ profileId: (await profile(given)).id, ruleId: unknown }),
        missing,
      ],
    ],
    createLink: [
      [
        201,
        'to a virtual server',
        async (sdk, given) => sdk.createLink({ profileId: (await profile(given)).id, ...server }),
        { cr_type: 'VSI', link: server.link },
      ],
      [
        400,
        'to something else',
        async (sdk, given) => sdk.createLink({ profileId: (await profile(given)).id, ...server, crType: 'ZX81' }),
        bad,
      ],
      absent((sdk) => sdk.createLink({ profileId: unknown, ...server })),
    ],
    listLinks: [
      [
        200,
        'one link',
        async (sdk, given) => sdk.listLinks({ profileId: (await link(given)).profileId }),
        { links: [{ cr_type: 'VSI' }] },
      ],
      absent((sdk) => sdk.listLinks({ profileId: unknown })),
    ],
    deleteLinkByParameters: [
      [
        204,
        'by type and CRN',
        async (sdk, given) =>
          sdk.deleteLinkByParameters({ profileId: (await link(given)).profileId, type: 'VSI', crn: server.link.crn }),
      ],
      [
        404,
        'of another type',
        async (sdk, given) =>
          sdk.deleteLinkByParameters({ profileId: (await link(given)).profileId, type: 'CE', crn: server.link.crn }),
        missing,
      ],
    ],
    getLink: [
      [200, 'by its id', async (sdk, given) => sdk.getLink(await link(given)), { link: server.link }],
      [
        404,
        'a link of no profile',
        async (sdk, given) => sdk.getLink({ profileId: (await profile(given)).id, linkId: unknown }),
        missing,
      ],
    ],
    deleteLink: [
      [204, 'by its id', async (sdk, given) => sdk.deleteLink(await link(given))],
      [
        404,
        'a link of no profile',
        async (sdk, given) => sdk.deleteLink({ profileId: (await profile(given)).id, linkId: unknown }),
        missing,
      ],
    ],
    getProfileIdentities: [
      [
        200,
        'one service ID',
        async (sdk, given) => sdk.getProfileIdentities({ profileId: (await trusting(given)).profileId }),
        { identities: [{ type: 'serviceid', iam_id: expect.stringMatching(/^iam-ServiceId-/) }] },
      ],
      absent((sdk) => sdk.getProfileIdentities({ profileId: unknown })),
    ],
    setProfileIdentities: [
      [
        200,
        'the whole list',
        async (sdk, given) => {
          const { profileId } = await trusting(given);
          const identities = [{ iam_id: me, identifier: me, type: 'user', accounts: [account] }];
          return await sdk.setProfileIdentities({ profileId, ifMatch: '*', identities });
        },
        { identities: [{ identifier: me, type: 'user', accounts: [account] }] },
      ],
      absent((sdk) => sdk.setProfileIdentities({ profileId: unknown, ifMatch: '*', identities: [] })),
      [
        409,
        'an old entity tag',
        async (sdk, given) =>
          sdk.setProfileIdentities({ profileId: (await profile(given)).id, ifMatch: '0-0', identities: [] }),
        conflict,
      ],
    ],
    setProfileIdentity: [
      [
        200,
        'one more',
        async (sdk, given) =>
          sdk.setProfileIdentity({
            profileId: (await profile(given)).id,
            identityType: 'user',
            type: 'user',
            identifier: me,
          }),
        { iam_id: me, type: 'user' },
      ],
      [
        400,
        'of an unknown type',
        async (sdk, given) =>
          sdk.setProfileIdentity({
            profileId: (await profile(given)).id,
            identityType: 'robot',
            type: 'robot',
            identifier: me,
          }),
        bad,
      ],
      absent((sdk) =>
        sdk.setProfileIdentity({ profileId: unknown, identityType: 'user', type: 'user', identifier: me }),
      ),
    ],
    getProfileIdentity: [
      [200, 'by its id', async (sdk, given) => sdk.getProfileIdentity(await trusting(given)), { type: 'serviceid' }],
      [
        404,
        'somebody else',
        async (sdk, given) => sdk.getProfileIdentity({ ...(await trusting(given)), identifierId: unknown }),
        missing,
      ],
    ],
    deleteProfileIdentity: [
      [204, 'by its id', async (sdk, given) => sdk.deleteProfileIdentity(await trusting(given))],
      [
        404,
        'somebody else',
        async (sdk, given) => sdk.deleteProfileIdentity({ ...(await trusting(given)), identifierId: unknown }),
        missing,
      ],
    ],
  },
});
