import { describe, expect, test } from '@jest/globals';
import type { PlatformAccess, PlatformRole } from '../../src/emulator/core/account/identities.ts';
import { type Api, apiOf, withEmulator } from '../helpers/emulator.ts';
import {
  account,
  at,
  createVault,
  defaultGroup,
  list,
  namesIn,
  someone,
  text,
  tieredPricing,
} from '../helpers/platform.ts';

const ladder: readonly PlatformRole[] = ['Viewer', 'Operator', 'Editor', 'Administrator'];

/** What is there to be read, changed and deleted. */
interface Account {
  readonly group: string;
  readonly serviceId: string;
  readonly profile: string;
  /** An API key of the service ID. */
  readonly key: string;
  readonly rule: string;
  readonly link: string;
  readonly trusted: string;
  readonly role: string;
}

async function furnish(api: Api): Promise<Account> {
  const made = async (path: string, body: unknown, ...where: readonly (string | number)[]) =>
    text((await api('POST', path, { body })).body, ...where);
  const serviceId = await made('/v1/serviceids', { name: 'robot', account_id: account }, 'id');
  const profile = await made('/v1/profiles', { name: 'ci', account_id: account }, 'id');
  const condition = { claim: 'namespace', operator: 'EQUALS', value: '"ci"' };
  const rule = { type: 'Profile-CR', cr_type: 'CE', conditions: [condition] };
  const link = { cr_type: 'CE', link: { crn: 'crn:v1:bluemix:public:codeengine:us-south:a/1:2::' } };
  await api('POST', `/v1/profiles/${profile}/identities/serviceid`, { body: { identifier: serviceId } });
  return {
    group: await made('/v2/resource_groups', { name: 'staging', account_id: account }, 'id'),
    serviceId,
    profile,
    key: await made('/v1/apikeys', { name: 'of-robot', iam_id: `iam-${serviceId}` }, 'id'),
    rule: await made(`/v1/profiles/${profile}/rules`, rule, 'id'),
    link: await made(`/v1/profiles/${profile}/links`, link, 'id'),
    trusted: `/v1/profiles/${profile}/identities/serviceid/${serviceId}`,
    role: await made('/v2/roles', customRole('Standing'), 'id'),
  };
}

const customRole = (name: string) => ({
  name,
  display_name: name,
  account_id: account,
  service_name: 'kms',
  actions: ['kms.secrets.list'],
});

/** One call, and how to ask for it. */
type Ask = (who: Api, given: Account) => ReturnType<Api>;

const any = { 'If-Match': '*' };

/** Least role · service · operation · the call. */
const rows: readonly (readonly [PlatformRole, string, string, Ask])[] = [
  ['Viewer', 'resource-controller', 'getResourceGroup', (who, { group }) => who('GET', `/v2/resource_groups/${group}`)],
  [
    'Editor',
    'resource-controller',
    'createResourceGroup',
    (who) => who('POST', '/v2/resource_groups', { body: { name: 'new', account_id: account } }),
  ],
  [
    'Editor',
    'resource-controller',
    'updateResourceGroup',
    (who, { group }) => who('PATCH', `/v2/resource_groups/${group}`, { body: { name: 'renamed' } }),
  ],
  [
    'Editor',
    'resource-controller',
    'deleteResourceGroup',
    (who, { group }) => who('DELETE', `/v2/resource_groups/${group}`),
  ],
  ['Viewer', 'iam-identity', 'getServiceId', (who, { serviceId }) => who('GET', `/v1/serviceids/${serviceId}`)],
  [
    'Operator',
    'iam-identity',
    'createServiceId',
    (who) => who('POST', '/v1/serviceids', { body: { name: 'new', account_id: account } }),
  ],
  [
    'Operator',
    'iam-identity',
    'updateServiceId',
    (who, { serviceId }) => who('PUT', `/v1/serviceids/${serviceId}`, { body: { name: 'renamed' }, headers: any }),
  ],
  [
    'Operator',
    'iam-identity',
    'lockServiceId',
    (who, { serviceId }) => who('POST', `/v1/serviceids/${serviceId}/lock`),
  ],
  [
    'Operator',
    'iam-identity',
    'unlockServiceId',
    (who, { serviceId }) => who('DELETE', `/v1/serviceids/${serviceId}/lock`),
  ],
  ['Operator', 'iam-identity', 'deleteServiceId', (who, { serviceId }) => who('DELETE', `/v1/serviceids/${serviceId}`)],
  ['Operator', 'iam-identity', 'getApiKey', (who, { key }) => who('GET', `/v1/apikeys/${key}`)],
  [
    'Operator',
    'iam-identity',
    'createApiKey',
    (who, { serviceId }) => who('POST', '/v1/apikeys', { body: { name: 'new', iam_id: `iam-${serviceId}` } }),
  ],
  [
    'Operator',
    'iam-identity',
    'updateApiKey',
    (who, { key }) => who('PUT', `/v1/apikeys/${key}`, { body: { name: 'renamed' }, headers: any }),
  ],
  ['Operator', 'iam-identity', 'lockApiKey', (who, { key }) => who('POST', `/v1/apikeys/${key}/lock`)],
  ['Operator', 'iam-identity', 'unlockApiKey', (who, { key }) => who('DELETE', `/v1/apikeys/${key}/lock`)],
  ['Operator', 'iam-identity', 'disableApiKey', (who, { key }) => who('POST', `/v1/apikeys/${key}/disable`)],
  ['Operator', 'iam-identity', 'enableApiKey', (who, { key }) => who('DELETE', `/v1/apikeys/${key}/disable`)],
  ['Operator', 'iam-identity', 'deleteApiKey', (who, { key }) => who('DELETE', `/v1/apikeys/${key}`)],
  ['Viewer', 'iam-identity', 'getProfile', (who, { profile }) => who('GET', `/v1/profiles/${profile}`)],
  [
    'Administrator',
    'iam-identity',
    'createProfile',
    (who) => who('POST', '/v1/profiles', { body: { name: 'new', account_id: account } }),
  ],
  [
    'Editor',
    'iam-identity',
    'updateProfile',
    (who, { profile }) => who('PUT', `/v1/profiles/${profile}`, { body: { name: 'renamed' }, headers: any }),
  ],
  ['Operator', 'iam-identity', 'deleteProfile', (who, { profile }) => who('DELETE', `/v1/profiles/${profile}`)],
  ['Viewer', 'iam-identity', 'listClaimRules', (who, { profile }) => who('GET', `/v1/profiles/${profile}/rules`)],
  [
    'Viewer',
    'iam-identity',
    'getClaimRule',
    (who, { profile, rule }) => who('GET', `/v1/profiles/${profile}/rules/${rule}`),
  ],
  [
    'Editor',
    'iam-identity',
    'createClaimRule',
    (who, { profile }) =>
      who('POST', `/v1/profiles/${profile}/rules`, {
        body: {
          type: 'Profile-CR',
          cr_type: 'CE',
          conditions: [{ claim: 'name', operator: 'EQUALS', value: '"new"' }],
        },
      }),
  ],
  [
    'Editor',
    'iam-identity',
    'updateClaimRule',
    (who, { profile, rule }) =>
      who('PUT', `/v1/profiles/${profile}/rules/${rule}`, {
        headers: any,
        body: {
          type: 'Profile-CR',
          cr_type: 'VSI',
          conditions: [{ claim: 'name', operator: 'EQUALS', value: '"other"' }],
        },
      }),
  ],
  [
    'Editor',
    'iam-identity',
    'deleteClaimRule',
    (who, { profile, rule }) => who('DELETE', `/v1/profiles/${profile}/rules/${rule}`),
  ],
  ['Viewer', 'iam-identity', 'listLinks', (who, { profile }) => who('GET', `/v1/profiles/${profile}/links`)],
  [
    'Viewer',
    'iam-identity',
    'getLink',
    (who, { profile, link }) => who('GET', `/v1/profiles/${profile}/links/${link}`),
  ],
  [
    'Editor',
    'iam-identity',
    'createLink',
    (who, { profile }) =>
      who('POST', `/v1/profiles/${profile}/links`, {
        body: { cr_type: 'CE', link: { crn: 'crn:v1:bluemix:public:codeengine:us-south:a/1:3::' } },
      }),
  ],
  [
    'Editor',
    'iam-identity',
    'deleteLink',
    (who, { profile, link }) => who('DELETE', `/v1/profiles/${profile}/links/${link}`),
  ],
  [
    'Editor',
    'iam-identity',
    'deleteLinkByParameters',
    (who, { profile }) =>
      who('DELETE', `/v1/profiles/${profile}/links?type=CE&crn=crn:v1:bluemix:public:codeengine:us-south:a/1:2::`),
  ],
  [
    'Viewer',
    'iam-identity',
    'getProfileIdentities',
    (who, { profile }) => who('GET', `/v1/profiles/${profile}/identities`),
  ],
  ['Viewer', 'iam-identity', 'getProfileIdentity', (who, { trusted }) => who('GET', trusted)],
  [
    'Editor',
    'iam-identity',
    'setProfileIdentities',
    (who, { profile }) => who('PUT', `/v1/profiles/${profile}/identities`, { headers: any, body: { identities: [] } }),
  ],
  [
    'Editor',
    'iam-identity',
    'setProfileIdentity',
    (who, { profile }) =>
      who('POST', `/v1/profiles/${profile}/identities/serviceid`, { body: { identifier: 'ServiceId-other' } }),
  ],
  ['Editor', 'iam-identity', 'deleteProfileIdentity', (who, { trusted }) => who('DELETE', trusted)],
  ['Viewer', 'iam-access-management', 'getRole', (who, { role }) => who('GET', `/v2/roles/${role}`)],
  [
    'Administrator',
    'iam-access-management',
    'createRole',
    (who) => who('POST', '/v2/roles', { body: customRole('New') }),
  ],
  ['Administrator', 'iam-access-management', 'deleteRole', (who, { role }) => who('DELETE', `/v2/roles/${role}`)],
];

describe('the least platform role', () => {
  test.each(rows)('%s on %s: %s', async (role, service, _name, ask) => {
    await withEmulator(async ({ emulator, api }) => {
      const given = await furnish(api);
      const below = ladder.slice(0, ladder.indexOf(role)).slice(-1);
      const before = emulator.state();
      for (const platform of [
        [],
        [{ service, roles: below }],
        [{ service: 'kms', roles: ['Administrator' as const] }],
      ]) {
        const refused = await ask(someone(emulator, platform), given);
        expect([refused.status, refused.body]).toEqual([403, expect.anything()]);
      }
      someone(emulator, []);
      const { 'iam/identities': _who, ...rest } = before as Readonly<Record<string, unknown>>;
      expect(emulator.state()).toMatchObject(rest);
      expect((await ask(someone(emulator, [{ service, roles: [role] }]), given)).status).toBeLessThan(300);
    });
  });

  test('Editor on iam-access-management: replaceRole', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { role } = await furnish(api);
      const path = `/v2/roles/${role}`;
      const etag = (await api('GET', path)).headers.get('etag') ?? '';
      const replace = async (who: Api) =>
        await who('PUT', path, {
          headers: { 'If-Match': etag },
          body: { display_name: 'Renamed', actions: ['kms.secrets.list'] },
        });
      const operator = someone(emulator, [{ service: 'iam-access-management', roles: ['Operator'] }]);
      expect((await replace(operator)).status).toBe(403);
      const editor = someone(emulator, [{ service: 'iam-access-management', roles: ['Editor'] }]);
      expect((await replace(editor)).status).toBe(200);
    });
  });
});

describe('lists leave out silently what the caller may not see', () => {
  test('resource groups, by a role on one of them or on all', async () => {
    await withEmulator(async ({ emulator }) => {
      const seen = async (platform: readonly PlatformAccess[]) => {
        const { status, body } = await someone(emulator, platform)('GET', `/v2/resource_groups?account_id=${account}`);
        return [status, namesIn(body, 'resources')];
      };
      expect(await seen([])).toEqual([200, []]);
      expect(await seen([{ service: 'kms', roles: ['Administrator'] }])).toEqual([200, []]);
      const one = { service: 'resource-controller', instance: 'production', roles: ['Viewer'] } as const;
      expect(await seen([one])).toEqual([200, ['production']]);
      expect(await seen([{ roles: ['Viewer'] }])).toEqual([200, ['Default', 'production']]);
    });
  });

  test('service IDs, profiles, API keys and custom roles', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { serviceId } = await furnish(api);
      const seen = async (who: Api) => [
        namesIn((await who('GET', `/v1/serviceids?account_id=${account}`)).body, 'serviceids'),
        namesIn((await who('GET', `/v1/profiles?account_id=${account}`)).body, 'profiles'),
        namesIn((await who('GET', '/v1/apikeys?scope=account')).body, 'apikeys'),
        namesIn((await who('GET', `/v1/apikeys?iam_id=iam-${serviceId}`)).body, 'apikeys'),
        namesIn((await who('GET', `/v2/roles?account_id=${account}&service_name=kms`)).body, 'custom_roles'),
      ];
      // Oneself, and one's own API key, everybody sees.
      expect(await seen(someone(emulator, []))).toEqual([['someone'], [], ['someone'], [], []]);
      const viewer = someone(emulator, [
        { service: 'iam-identity', roles: ['Viewer'] },
        { service: 'iam-access-management', roles: ['Viewer'] },
      ]);
      expect(await seen(viewer)).toEqual([['robot', 'someone'], ['ci'], ['someone'], [], ['Standing']]);
      const operator = someone(emulator, [{ service: 'iam-identity', roles: ['Operator'] }]);
      const all = ['keystead', 'of-robot', 'someone'];
      expect(await seen(operator)).toEqual([['robot', 'someone'], ['ci'], all, ['of-robot'], []]);
      const ofOne = someone(emulator, [{ service: 'iam-identity', instance: serviceId, roles: ['Operator'] }]);
      expect(await seen(ofOne)).toEqual([['robot', 'someone'], [], ['of-robot', 'someone'], ['of-robot'], []]);
    });
  });
});

describe('without any role', () => {
  test('a user manages its own API keys, and a service ID only sees them', async () => {
    await withEmulator(async ({ emulator, api }) => {
      emulator.identities.add({ name: 'ada', apiKey: 'ada', kind: 'user', access: [], platform: [] });
      const attempts = async (who: Api) => {
        const own = list((await who('GET', '/v1/apikeys')).body, 'apikeys')[0];
        const second = await who('POST', '/v1/apikeys', { body: { name: 'two', iam_id: text(own, 'iam_id') } });
        return [
          (await who('GET', `/v1/apikeys/${text(own, 'id')}`)).status,
          second.status,
          (await who('POST', `/v1/apikeys/${text(own, 'id')}/lock`)).status,
          (await who('DELETE', `/v1/apikeys/${at(second.body, 'id')}`)).status,
        ];
      };
      expect(await attempts(apiOf(emulator.url, 'ada'))).toEqual([200, 201, 204, 204]);
      expect(await attempts(someone(emulator, []))).toEqual([200, 403, 403, 404]);
      expect(list((await api('GET', '/v1/apikeys?scope=account')).body, 'apikeys')).toHaveLength(3);
    });
  });

  test('a user makes service IDs and administers those, and no others', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { serviceId: other } = await furnish(api);
      emulator.identities.add({ name: 'ada', apiKey: 'ada', kind: 'user', access: [], platform: [] });
      const ada = apiOf(emulator.url, 'ada');
      const made = await ada('POST', '/v1/serviceids', { body: { name: 'mine', account_id: account } });
      expect(made.status).toBe(201);
      expect(namesIn((await ada('GET', '/v1/serviceids')).body, 'serviceids')).toEqual(['mine']);
      const id = text(made.body, 'id');
      const body = { name: 'of-mine', iam_id: `iam-${id}` };
      expect((await ada('POST', '/v1/apikeys', { body })).status).toBe(201);
      expect((await ada('POST', '/v1/apikeys', { body: { ...body, iam_id: `iam-${other}` } })).status).toBe(403);
      expect((await ada('DELETE', `/v1/serviceids/${other}`)).status).toBe(403);
      expect((await someone(emulator, [])('DELETE', `/v1/serviceids/${id}`)).status).toBe(403);
      expect((await ada('DELETE', `/v1/serviceids/${id}`)).status).toBe(204);
      expect(namesIn((await api('GET', '/v1/serviceids')).body, 'serviceids')).toEqual(['robot', 'someone']);
    });
  });

  test('a profile or service ID sees itself', async () => {
    await withEmulator(async ({ emulator }) => {
      const who = someone(emulator, []);
      const [self] = list((await who('GET', '/v1/serviceids')).body, 'serviceids');
      expect((await who('GET', `/v1/serviceids/${text(self, 'id')}`)).status).toBe(200);
      expect((await who('DELETE', `/v1/serviceids/${text(self, 'id')}`)).status).toBe(403);
    });
  });

  test('on its group nobody makes an instance there, whatever the roles on the service', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const body = {
        name: 'vault',
        target: 'us-south',
        resource_group: await defaultGroup(api),
        resource_plan_id: tieredPricing,
      };
      const kms = { service: 'kms', roles: ['Editor'] } as const;
      const make = async (platform: readonly PlatformAccess[]) =>
        (await someone(emulator, platform)('POST', '/v2/resource_instances', { body })).status;
      expect(await make([kms])).toBe(403);
      expect(await make([kms, { service: 'resource-controller', instance: 'production', roles: ['Viewer'] }])).toBe(
        403,
      );
      expect(await make([kms, { service: 'resource-controller', instance: 'Default', roles: ['Viewer'] }])).toBe(201);
    });
  });
});

describe('access policies', () => {
  const policy = (iamId: string, role: string, attributes: Readonly<Record<string, string>>) => ({
    type: 'access',
    subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: iamId }] },
    control: { grant: { roles: [{ role_id: `crn:v1:bluemix:public:iam::::role:${role}` }] } },
    resource: {
      attributes: Object.entries({ accountId: account, ...attributes }).map(([key, value]) => ({
        key,
        operator: 'stringEquals',
        value,
      })),
    },
  });

  test('open one resource group, one service ID, or all that is account management', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { group, serviceId } = await furnish(api);
      const defaults = await defaultGroup(api);
      const who = someone(emulator, []);
      const [self] = list((await who('GET', '/v1/serviceids')).body, 'serviceids');
      const grant = async (role: string, attributes: Readonly<Record<string, string>>) => {
        const body = policy(text(self, 'iam_id'), role, attributes);
        return text((await api('POST', '/v2/policies', { body })).body, 'id');
      };
      const seen = async () => [
        namesIn((await who('GET', `/v2/resource_groups?account_id=${account}`)).body, 'resources'),
        namesIn((await who('GET', '/v1/serviceids')).body, 'serviceids'),
        namesIn((await who('GET', '/v1/profiles')).body, 'profiles'),
      ];
      const ids = [
        await grant('Viewer', { resourceType: 'resource-group', resource: group }),
        await grant('Viewer', { serviceName: 'iam-identity', resourceType: 'serviceid', resource: serviceId }),
        // For what is in the group, and so to see it.
        await grant('Administrator', { serviceType: 'service', resourceGroupId: defaults }),
        await grant('Administrator', { serviceName: 'kms' }),
      ];
      expect(await seen()).toEqual([['Default', 'staging'], ['robot', 'someone'], []]);
      const rename = { body: { name: 'renamed' } };
      expect((await who('PATCH', `/v2/resource_groups/${defaults}`, rename)).status).toBe(403);
      for (const id of ids) await api('DELETE', `/v2/policies/${id}`);
      expect(await seen()).toEqual([[], ['someone'], []]);
      await grant('Viewer', { serviceType: 'platform_service' });
      expect(await seen()).toEqual([['Default', 'production', 'staging'], ['robot', 'someone'], ['ci']]);
    });
  });

  test('on what is in a group let one make an instance there, and find it by Search, and nowhere else', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { group } = await furnish(api);
      const who = someone(emulator, []);
      const iamId = text(list((await who('GET', '/v1/serviceids')).body, 'serviceids')[0], 'iam_id');
      const grant = async (role: string, attributes: Readonly<Record<string, string>>) =>
        await api('POST', '/v2/policies', { body: policy(iamId, role, attributes) });
      const make = async (resource_group: string) => {
        const body = { name: 'vault', target: 'us-south', resource_group, resource_plan_id: tieredPricing };
        return (await who('POST', '/v2/resource_instances', { body })).status;
      };
      await createVault(api, 'elsewhere');
      await grant('Viewer', { resourceType: 'resource-group' });
      expect(await make(group)).toBe(403);
      await grant('Editor', { serviceName: 'kms', resourceGroupId: group });
      expect([await make(group), await make(await defaultGroup(api))]).toEqual([201, 403]);
      const found = await who('POST', '/v3/resources/search', { body: { query: '*', fields: ['name'] } });
      expect(namesIn(found.body, 'items')).toEqual(['vault']);
    });
  });

  test('of a custom role let one do its actions and no others, whatever it is called', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { guid } = await createVault(api);
      const who = someone(emulator, []);
      const iamId = text(list((await who('GET', '/v1/serviceids')).body, 'serviceids')[0], 'iam_id');
      const made = await api('POST', '/v2/roles', { body: customRole('Administrator') });
      const body = {
        ...policy(iamId, 'Viewer', { serviceName: 'kms' }),
        control: { grant: { roles: [{ role_id: text(made.body, 'crn') }] } },
      };
      const headers = { 'bluemix-instance': guid };
      const attempts = async () => [
        (await who('GET', '/api/v2/keys', { headers })).status,
        (await who('GET', '/api/v2/key_rings', { headers })).status,
        (await who('GET', `/v2/resource_instances/${guid}`)).status,
      ];
      expect(await attempts()).toEqual([401, 401, 403]);
      expect((await api('POST', '/v2/policies', { body })).status).toBe(201);
      expect(await attempts()).toEqual([200, 401, 403]);
    });
  });

  test('on account management are not written by an Administrator of all services, nor read by its Viewer', async () => {
    await withEmulator(async ({ emulator, api }) => {
      const { group, serviceId } = await furnish(api);
      const someones = someone(emulator, []);
      const iamId = text(list((await someones('GET', '/v1/serviceids')).body, 'serviceids')[0], 'iam_id');
      const grant = async (who: Api, role: string, attributes: Readonly<Record<string, string>>) =>
        await who('POST', '/v2/policies', { body: policy(iamId, role, attributes) });
      const itself = { resourceType: 'resource-group', resource: group };
      const targets: readonly Readonly<Record<string, string>>[] = [
        { serviceName: 'iam-identity' },
        { serviceType: 'platform_service' },
        itself,
        {},
        { serviceName: 'kms' },
        { serviceType: 'service', resourceGroupId: group },
      ];
      const attempts = async () => {
        const statuses: number[] = [];
        for (const target of targets) {
          const { status, body } = await grant(someones, 'Viewer', target);
          statuses.push(status);
          if (status === 201) await api('DELETE', `/v2/policies/${text(body, 'id')}`);
        }
        return statuses;
      };
      const having = async (attributes: Readonly<Record<string, string>>) => {
        const id = text((await grant(api, 'Administrator', attributes)).body, 'id');
        const result = await attempts();
        await api('DELETE', `/v2/policies/${id}`);
        return result;
      };
      expect(await having({ serviceName: 'iam-groups' })).toEqual([403, 403, 403, 403, 403, 403]);
      expect(await having({ serviceType: 'service', resourceGroupId: group })).toEqual([403, 403, 403, 403, 403, 409]);
      const robot = policy(`iam-${serviceId}`, 'Viewer', { serviceName: 'iam-identity' });
      const standing = text((await api('POST', '/v2/policies', { body: robot })).body, 'id');
      await grant(api, 'Administrator', { serviceType: 'service' });
      expect(await attempts()).toEqual([403, 403, 403, 403, 201, 201]);
      expect((await someones('GET', `/v2/policies/${standing}`)).status).toBe(403);
      await grant(api, 'Viewer', { serviceName: 'iam-access-management' });
      expect((await someones('GET', `/v2/policies/${standing}`)).status).toBe(200);
      await grant(api, 'Administrator', { ...itself });
      expect(await attempts()).toEqual([403, 403, 409, 403, 201, 201]);
    });
  });
});
