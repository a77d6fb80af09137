import GlobalSearchV2 from '@ibm-cloud/platform-services/global-search/v2.js';
import GlobalTaggingV1 from '@ibm-cloud/platform-services/global-tagging/v1.js';
import IamIdentityV1 from '@ibm-cloud/platform-services/iam-identity/v1.js';
import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import ResourceManagerV2 from '@ibm-cloud/platform-services/resource-manager/v2.js';
import { describe, expect, test } from '@jest/globals';
import { IamAuthenticator } from 'ibm-cloud-sdk-core';
import type { Emulator } from '../../src/emulator/start.ts';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { account, createVault, defaultGroup, tieredPricing } from '../helpers/platform.ts';
import { answerOf } from './conformance.ts';

/** The stories that platform-services-node-sdk's integration tests tell of each service, from one call to the next. */
const withCloud = (
  work: (given: { readonly emulator: Emulator; readonly api: Api; readonly options: Options }) => Promise<void>,
) =>
  withEmulator(async ({ emulator, api }) => {
    const authenticator = new IamAuthenticator({ apikey: 'keystead-emulator', url: emulator.url });
    await work({ emulator, api, options: { authenticator, serviceUrl: emulator.url } });
  });

interface Options {
  readonly authenticator: IamAuthenticator;
  readonly serviceUrl: string;
}

const lite = '2fdf0c08-2d32-4f46-84b5-32e0c92fffd8';
const user = 'IBMid-SDKNode1';
const role = (name: string) => ({ role_id: `crn:v1:bluemix:public:iam::::role:${name}` });
const etagOf = (headers: unknown): string => String(Reflect.get(Object(headers), 'etag'));

describe('Resource Controller', () => {
  const space = 'crn:v1:bluemix:public:bluemix:us-south:o/org::cf-space:space';
  const application = 'crn:v1:staging:public:bluemix:us-south:s/space::cf-application:app';

  test('an instance of a plan without reclamation, with alias, binding and keys, to its end', async () => {
    await withCloud(async ({ api, options }) => {
      const sdk = new ResourceControllerV2(options);
      const group = await defaultGroup(api);
      const made = await sdk.createResourceInstance({
        name: 'one',
        target: 'global',
        resourceGroup: group,
        resourcePlanId: lite,
      });
      expect(made).toMatchObject({
        status: 201,
        result: {
          name: 'one',
          account_id: account,
          resource_group_id: group,
          state: 'active',
          last_operation: { type: 'create', async: false, state: 'succeeded' },
        },
      });
      const { guid: id = '', crn } = made.result;
      expect(made.result.id).toBe(crn);
      const updated = await sdk.updateResourceInstance({ id, name: 'two', parameters: { hello: 'bye' } });
      expect(updated.result).toMatchObject({ name: 'two', last_operation: { type: 'update', state: 'succeeded' } });
      for (const filter of [{ guid: id }, { name: 'two' }]) {
        expect((await sdk.listResourceInstances(filter)).result).toMatchObject({
          rows_count: 1,
          resources: [{ id: crn }],
        });
      }

      const alias = (await sdk.createResourceAlias({ name: 'alias', source: id, target: space })).result;
      expect(alias).toMatchObject({ resource_instance_id: crn, target_crn: space.replace('bluemix:us', 'cf:us') });
      const source = alias.guid ?? '';
      const parameters = { parameter1: 'value1' };
      const bound = (await sdk.createResourceBinding({ name: 'bound', source, target: application, parameters }))
        .result;
      expect(bound).toMatchObject({ source_crn: alias.crn, target_crn: application.replace('bluemix:us', 'cf:us') });
      const ofInstance = (await sdk.createResourceKey({ name: 'key', source: id, parameters })).result;
      const ofAlias = (await sdk.createResourceKey({ name: 'key2', source })).result;
      expect([ofInstance.source_crn, ofAlias.source_crn]).toEqual([crn, alias.crn]);
      const aliases = new ResourceControllerV2.ResourceAliasesForInstancePager(sdk, { id });
      expect(await aliases.getAll()).toHaveLength(1);
      const bindings = new ResourceControllerV2.ResourceBindingsForAliasPager(sdk, { id: source });
      expect(await bindings.getAll()).toHaveLength(1);
      const keys = new ResourceControllerV2.ResourceKeysPager(sdk, { limit: 1 });
      expect((await keys.getAll()).map(({ name }) => name)).toEqual(['key', 'key2']);

      // With dependencies neither the alias nor the instance goes.
      expect(await answerOf(sdk.deleteResourceAlias({ id: source }))).toMatchObject({ status: 400 });
      expect(await answerOf(sdk.deleteResourceInstance({ id }))).toMatchObject({ status: 400 });
      expect((await sdk.deleteResourceBinding({ id: bound.guid ?? '' })).status).toBe(204);
      expect((await sdk.getResourceBinding({ id: bound.guid ?? '' })).result.state).toBe('removed');
      for (const key of [ofInstance, ofAlias]) {
        expect((await sdk.deleteResourceKey({ id: key.guid ?? '' })).status).toBe(204);
        expect((await sdk.getResourceKey({ id: key.guid ?? '' })).result.state).toBe('removed');
      }
      expect((await sdk.deleteResourceAlias({ id: source })).status).toBe(204);
      expect((await sdk.getResourceAlias({ id: source })).result.state).toBe('removed');

      expect((await sdk.lockResourceInstance({ id })).result).toMatchObject({
        locked: true,
        last_operation: { type: 'lock' },
      });
      expect(await answerOf(sdk.updateResourceInstance({ id, name: 'three' }))).toMatchObject({ status: 422 });
      expect(await answerOf(sdk.deleteResourceInstance({ id }))).toMatchObject({ status: 422 });
      expect((await sdk.unlockResourceInstance({ id })).result).toMatchObject({ locked: false });
      expect((await sdk.deleteResourceInstance({ id, recursive: false })).status).toBe(204);
      expect((await sdk.getResourceInstance({ id })).result).toMatchObject({
        state: 'removed',
        last_operation: { type: 'delete', async: false, state: 'succeeded' },
      });
    });
  });

  test('reclamations: restored, scheduled again, and reclaimed', async () => {
    await withCloud(async ({ api, options }) => {
      const sdk = new ResourceControllerV2(options);
      const resourceGroup = await defaultGroup(api);
      const wanted = { name: 'kept', target: 'us-south', resourceGroup, resourcePlanId: tieredPricing };
      const id = (await sdk.createResourceInstance(wanted)).result.guid ?? '';
      for (const [actionName, acting, state] of [
        ['restore', 'RESTORING', 'active'],
        ['reclaim', 'RECLAIMING', 'removed'],
      ] as const) {
        expect((await sdk.deleteResourceInstance({ id })).status).toBe(204);
        const rows = await sdk.listReclamations({ accountId: account, resourceInstanceId: id });
        expect(rows.result.resources).toMatchObject([{ resource_instance_id: id, state: 'SCHEDULED' }]);
        const row = rows.result.resources?.[0]?.id ?? '';
        expect((await sdk.runReclamationAction({ id: row, actionName })).result.state).toBe(acting);
        expect((await sdk.getResourceInstance({ id })).result).toMatchObject({
          state,
          last_operation: { type: 'reclamation', async: false, state: 'succeeded' },
        });
      }
    });
  });
});

describe('Resource Manager', () => {
  test('a group is made, listed, changed, read and deleted; quotas are read', async () => {
    await withCloud(async ({ options }) => {
      const sdk = new ResourceManagerV2(options);
      const made = await sdk.createResourceGroup({ accountId: account, name: 'TestGroup' });
      const id = made.result.id ?? '';
      const names = (await sdk.listResourceGroups({ accountId: account })).result.resources.map(({ name }) => name);
      expect([made.status, names]).toEqual([201, ['Default', 'production', 'TestGroup']]);
      expect((await sdk.updateResourceGroup({ id, name: 'TestGroup2', state: 'ACTIVE' })).status).toBe(200);
      expect((await sdk.getResourceGroup({ id })).result.name).toBe('TestGroup2');
      expect((await sdk.deleteResourceGroup({ id })).status).toBe(204);
      const quota = (await sdk.listQuotaDefinitions({})).result.resources[0]?.id ?? '';
      expect((await sdk.getQuotaDefinition({ id: quota })).status).toBe(200);
    });
  });
});

describe('IAM Policy Management', () => {
  test('an access policy in v1: made, read, replaced, patched, listed and deleted', async () => {
    await withCloud(async ({ options }) => {
      const sdk = new IamPolicyManagementV1(options);
      const attributes = [
        { name: 'accountId', value: account, operator: 'stringEquals' },
        { name: 'serviceType', value: 'service', operator: 'stringEquals' },
      ];
      const tags = [{ name: 'project', operator: 'stringEquals', value: 'prototype' }];
      const wanted = {
        type: 'access',
        subjects: [{ attributes: [{ name: 'iam_id', value: user }] }],
        roles: [role('Viewer')],
        resources: [{ attributes, tags }],
      };
      const policyId = (await sdk.createPolicy(wanted)).result.id ?? '';
      const read = await sdk.getPolicy({ policyId });
      expect(read.result).toMatchObject({ ...wanted, id: policyId });
      const ifMatch = etagOf(read.headers);
      const replaced = await sdk.replacePolicy({ ...wanted, policyId, ifMatch, roles: [role('Editor')] });
      expect(replaced.result).toMatchObject({
        subjects: wanted.subjects,
        resources: wanted.resources,
        roles: [role('Editor')],
      });
      const patch = { policyId, ifMatch: etagOf(replaced.headers), state: 'active' };
      expect((await sdk.updatePolicyState(patch)).result).toMatchObject({ state: 'active' });
      const mine = { accountId: account, iamId: user };
      expect((await sdk.listPolicies(mine)).result.policies).toHaveLength(1);
      expect((await sdk.deletePolicy({ policyId })).status).toBe(204);
      expect((await sdk.listPolicies(mine)).result.policies).toEqual([]);
    });
  });

  test('an access policy in v2 with hours, a custom role, and the roles of a group of services', async () => {
    await withCloud(async ({ options }) => {
      const sdk = new IamPolicyManagementV1(options);
      const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
      const wanted = {
        type: 'access',
        subject: { attributes: [equals('iam_id', user)] },
        control: { grant: { roles: [role('Viewer')] } },
        resource: { attributes: [equals('accountId', account), equals('serviceType', 'service')] },
        rule: {
          operator: 'and',
          conditions: [
            {
              key: '{{environment.attributes.current_time}}',
              operator: 'timeLessThanOrEquals',
              value: '17:00:00+00:00',
            },
          ],
        },
        pattern: 'time-based-conditions:weekly:custom-hours',
      };
      const id = (await sdk.createV2Policy(wanted)).result.id ?? '';
      const read = await sdk.getV2Policy({ id });
      expect(read.result).toMatchObject(wanted);
      const control = { grant: { roles: [role('Editor')] } };
      const replaced = await sdk.replaceV2Policy({ ...wanted, id, ifMatch: etagOf(read.headers), control });
      expect(replaced.result.control).toEqual(control);
      expect((await sdk.listV2Policies({ accountId: account, iamId: user })).result.policies).toHaveLength(1);
      expect((await sdk.deleteV2Policy({ id })).status).toBe(204);

      const named = { name: 'TestRole', accountId: account, serviceName: 'iam-groups' };
      const about = { displayName: 'SDK TestRole', actions: ['iam-groups.groups.read'], description: 'SDK TestRole' };
      const roleId = (await sdk.createRole({ ...named, ...about })).result.id ?? '';
      const found = await sdk.getRole({ roleId });
      const changed = { roleId, ifMatch: etagOf(found.headers), ...about, displayName: 'Updated' };
      expect((await sdk.replaceRole(changed)).result).toMatchObject({
        display_name: 'Updated',
        service_name: 'iam-groups',
      });
      const listed = await sdk.listRoles({ accountId: account, serviceName: 'iam-groups' });
      expect(listed.result.custom_roles).toMatchObject([{ id: roleId }]);
      expect((await sdk.deleteRole({ roleId })).status).toBe(204);
      const ofGroup = (await sdk.listRoles({ accountId: account, serviceGroupId: 'IAM' })).result;
      expect(ofGroup.service_roles?.map(({ crn }) => crn)).toContain(
        'crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator',
      );
      expect(ofGroup.system_roles?.map(({ crn }) => crn)).toContain(role('Viewer').role_id);
    });
  });
});

describe('Global Tagging and Search', () => {
  test('user and access tags, by id and by query, to the last; and a search page by page', async () => {
    await withCloud(async ({ api, options }) => {
      const sdk = new GlobalTaggingV1(options);
      const { crn } = await createVault(api, 'GST-sdk-vault');
      const resources = [{ resource_id: crn }];
      const query = { query_string: `crn:"${crn}"` };
      const tagsOf = async (tagType: string) =>
        (await sdk.listTags({ attachedTo: crn, tagType, offset: 0, limit: 1000 })).result.items?.map(
          ({ name }) => name,
        );
      const ok = { result: { results: [{ is_error: false }] } };
      const access = ['env:a', 'env:b', 'env:c'];
      for (const { is_error } of (await sdk.createTag({ tagNames: access, tagType: 'access' })).result.results ?? []) {
        expect(is_error).toBe(false);
      }
      expect(await sdk.attachTag({ resources, tagNames: ['one', 'two'], tagType: 'user' })).toMatchObject(ok);
      expect(await sdk.attachTag({ query, tagNames: ['three'], tagType: 'user' })).toMatchObject(ok);
      expect(await sdk.attachTag({ resources, tagNames: ['env:a'], tagType: 'access' })).toMatchObject(ok);
      expect(await sdk.attachTag({ query, tagNames: ['env:b'], tagType: 'access' })).toMatchObject(ok);
      expect([await tagsOf('user'), await tagsOf('access')]).toEqual([
        ['one', 'three', 'two'],
        ['env:a', 'env:b'],
      ]);
      await sdk.detachTag({ resources, tagNames: ['one', 'two'], tagType: 'user' });
      await sdk.detachTag({ query, tagNames: ['three'], tagType: 'user' });
      await sdk.detachTag({ resources, tagNames: ['env:a', 'env:b'], tagType: 'access' });
      expect([await tagsOf('user'), await tagsOf('access')]).toEqual([[], []]);
      // A user tag is gone with its last resource; an access tag is there until it is deleted.
      const gone = (await sdk.deleteTag({ tagName: 'one', tagType: 'user' })).result.results;
      expect(gone).toMatchObject([{ is_error: true }]);
      expect((await sdk.deleteTag({ tagName: 'env:a', tagType: 'access' })).result.results).toMatchObject([
        { is_error: false },
      ]);
      expect((await sdk.deleteTagAll({ tagType: 'user' })).result.items).toEqual([]);
      expect((await sdk.deleteTagAll({ tagType: 'access' })).result).toMatchObject({ total_count: 2, errors: false });

      await createVault(api, 'GST-sdk-other');
      const search = new GlobalSearchV2(options);
      const found: unknown[] = [];
      for (let searchCursor: string | undefined; ; ) {
        const params = { query: 'GST-sdk-*', fields: ['*'], limit: 1 };
        const { result } = await search.search({ ...params, ...(searchCursor === undefined ? {} : { searchCursor }) });
        if (result.items.length === 0) break;
        found.push(...result.items);
        searchCursor = result.search_cursor;
      }
      expect(found).toHaveLength(2);
    });
  });
});

describe('IAM Identity', () => {
  test('API keys: two made, paged, changed by their ETag, locked, disabled and deleted', async () => {
    await withCloud(async ({ options, emulator }) => {
      const sdk = new IamIdentityV1(options);
      const iamId = 'IBMid-3100000001';
      const made = [];
      for (const description of ['#1', '#2']) {
        made.push((await sdk.createApiKey({ name: 'SDK', iamId, accountId: account, description })).result);
      }
      const [id = '', second = ''] = made.map((key) => key.id);
      const read = await sdk.getApiKey({ id, includeHistory: true });
      expect(read.result).toMatchObject({
        id,
        name: 'SDK',
        iam_id: iamId,
        created_by: iamId,
        locked: false,
        disabled: false,
      });
      const names = [];
      for (let pagetoken: string | undefined; ; ) {
        const params = { accountId: account, iamId, pagesize: 1, ...(pagetoken === undefined ? {} : { pagetoken }) };
        const { result } = await sdk.listApiKeys(params);
        names.push(...result.apikeys.map((key) => key.name));
        if (result.next === undefined) break;
        pagetoken = new URL(result.next).searchParams.get('pagetoken') ?? '';
      }
      expect(names).toEqual(['keystead', 'SDK', 'SDK']);
      const update = { id, ifMatch: etagOf(read.headers), description: 'new' };
      expect((await sdk.updateApiKey(update)).result.description).toBe('new');
      expect(await answerOf(sdk.updateApiKey(update))).toMatchObject({ status: 409 });
      expect((await sdk.lockApiKey({ id: second })).status).toBe(204);
      expect((await sdk.getApiKey({ id: second })).result.locked).toBe(true);
      await sdk.unlockApiKey({ id: second });
      expect((await sdk.disableApiKey({ id: second })).status).toBe(204);
      const late = new IamAuthenticator({ apikey: made[1]?.apikey ?? '', url: emulator.url });
      await expect(late.authenticate({})).rejects.toMatchObject({ status: 400 });
      await sdk.enableApiKey({ id: second });
      await late.authenticate({});
      for (const key of [id, second]) expect((await sdk.deleteApiKey({ id: key })).status).toBe(204);
      expect(await answerOf(sdk.getApiKey({ id }))).toMatchObject({ status: 404 });
    });
  });

  test('service IDs and trusted profiles, with rules, links and identities, to the last', async () => {
    await withCloud(async ({ options }) => {
      const sdk = new IamIdentityV1(options);
      const service = (await sdk.createServiceId({ accountId: account, name: 'SDK', description: 'desc' })).result;
      const read = await sdk.getServiceId({ id: service.id });
      const update = { id: service.id, ifMatch: etagOf(read.headers), description: 'new' };
      expect((await sdk.updateServiceId(update)).result).toMatchObject({ name: 'SDK', description: 'new' });
      expect((await sdk.lockServiceId({ id: service.id })).status).toBe(204);
      expect((await sdk.getServiceId({ id: service.id })).result.locked).toBe(true);
      expect((await sdk.unlockServiceId({ id: service.id })).status).toBe(204);

      const profileId = (await sdk.createProfile({ name: 'SDK profile', accountId: account })).result.id;
      const found = await sdk.getProfile({ profileId });
      const changed = { profileId, ifMatch: etagOf(found.headers), description: 'new' };
      expect((await sdk.updateProfile(changed)).result.description).toBe('new');
      const conditions = [{ claim: 'blueGroups', operator: 'CONTAINS', value: '"group"' }];
      const saml = {
        profileId,
        type: 'Profile-SAML',
        realmName: 'https://w3id.sso.ibm.com',
        expiration: 43_200,
        conditions,
      };
      const ruleId = (await sdk.createClaimRule(saml)).result.id;
      const ifMatch = etagOf((await sdk.getClaimRule({ profileId, ruleId })).headers);
      expect((await sdk.updateClaimRule({ ...saml, ruleId, ifMatch, expiration: 33_200 })).result.expiration).toBe(
        33_200,
      );
      expect((await sdk.listClaimRules({ profileId })).result.rules).toHaveLength(1);
      expect((await sdk.deleteClaimRule({ profileId, ruleId })).status).toBe(204);

      const crn = `crn:v1:staging:public:iam-identity::a/${account}::computeresource:Fake-Compute-Resource`;
      const parts = { crn, component_name: 'name', component_type: 'type' };
      const link = { profileId, name: 'Great link', crType: 'CE', link: parts };
      const linkId = (await sdk.createLink(link)).result.id;
      expect((await sdk.getLink({ profileId, linkId })).result).toMatchObject({ name: 'Great link', link: parts });
      expect((await sdk.deleteLink({ profileId, linkId })).status).toBe(204);
      await sdk.createLink(link);
      const by = { profileId, type: 'CE', crn, componentName: 'name', componentType: 'type' };
      expect((await sdk.deleteLinkByParameters(by)).status).toBe(204);
      expect((await sdk.listLinks({ profileId })).result.links).toEqual([]);

      const before = await sdk.getProfileIdentities({ profileId });
      expect(before.result.identities).toEqual([]);
      const me = 'IBMid-3100000001';
      const identities = [{ iam_id: me, identifier: me, type: 'user', accounts: [account], description: 'me' }];
      const set = await sdk.setProfileIdentities({ profileId, identities, ifMatch: etagOf(before.headers) });
      expect(set.result.identities).toMatchObject(identities);
      const one = { profileId, identityType: 'user', identifierId: me };
      expect((await sdk.getProfileIdentity(one)).result.identifier).toBe(me);
      expect((await sdk.deleteProfileIdentity(one)).status).toBe(204);
      expect((await sdk.deleteProfile({ profileId })).status).toBe(204);
      expect((await sdk.deleteServiceId({ id: service.id })).status).toBe(204);
      for (const gone of [sdk.getProfile({ profileId }), sdk.getServiceId({ id: service.id })]) {
        expect(await answerOf(gone)).toMatchObject({ status: 404 });
      }
    });
  });
});
