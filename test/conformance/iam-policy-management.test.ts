import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import { expect } from '@jest/globals';
import { account, readerRole } from '../helpers/platform.ts';
import { conformance, type Scene } from './conformance.ts';

type Sdk = IamPolicyManagementV1;
type Given = Scene<Sdk>;

const unknown = '00000000-0000-4000-8000-000000000000';
const viewer = 'crn:v1:bluemix:public:iam::::role:Viewer';
const editor = 'crn:v1:bluemix:public:iam::::role:Editor';
const user = 'IBMid-SDKNode1';

const refusal = (status: number, code: string) => ({
  trace: expect.any(String),
  errors: [{ code, message: expect.any(String) }],
  status_code: status,
});
const conflict = {
  errors: [
    {
      code: 'policy_conflict_error',
      details: { conflicts_with: { etag: expect.stringMatching(/^1-[0-9a-f]{32}$/), policy: { state: 'active' } } },
    },
  ],
};

const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });

/** Data Virtualization may read Key Protect. */
const v2 = {
  type: 'authorization',
  subject: { attributes: [equals('serviceName', 'data-virtualization'), equals('accountId', account)] },
  resource: { attributes: [equals('serviceName', 'kms'), equals('accountId', account)] },
  control: { grant: { roles: [{ role_id: readerRole }] } },
};

/** The same in v1's words. */
const v1 = {
  type: 'authorization',
  subjects: [
    {
      attributes: [
        { name: 'serviceName', value: 'data-virtualization' },
        { name: 'accountId', value: account },
      ],
    },
  ],
  resources: [
    {
      attributes: [
        { name: 'serviceName', value: 'kms', operator: 'stringEquals' },
        { name: 'accountId', value: account, operator: 'stringEquals' },
      ],
    },
  ],
  roles: [{ role_id: readerRole }],
};

/** A user may view the account's services that carry a tag. */
const access = {
  type: 'access',
  subjects: [{ attributes: [{ name: 'iam_id', value: user }] }],
  roles: [{ role_id: viewer }],
  resources: [
    {
      attributes: [
        { name: 'accountId', value: account, operator: 'stringEquals' },
        { name: 'serviceType', value: 'service', operator: 'stringEquals' },
      ],
      tags: [{ name: 'project', value: 'prototype', operator: 'stringEquals' }],
    },
  ],
};

const inOfficeHours = {
  type: 'access',
  subject: { attributes: [equals('iam_id', user)] },
  resource: { attributes: [equals('accountId', account), equals('serviceType', 'service')] },
  control: { grant: { roles: [{ role_id: viewer }] } },
  pattern: 'time-based-conditions:weekly:custom-hours',
  rule: {
    operator: 'and',
    conditions: [
      { key: '{{environment.attributes.day_of_week}}', operator: 'dayOfWeekAnyOf', value: ['1+00:00', '2+00:00'] },
    ],
  },
};

const changeable = { displayName: 'Key Auditor', actions: ['kms.secrets.list'], description: 'Lists keys.' };
const role = { ...changeable, name: 'KeyAuditor', accountId: account, serviceName: 'kms' };

/** An authorization, its id and its ETag. */
async function standing({ sdk }: Given): Promise<{ readonly id: string; readonly ifMatch: string }> {
  const { result, headers } = await sdk.createV2Policy(v2);
  return { id: result.id ?? '', ifMatch: etagOf(headers) };
}

async function deleted(given: Given): Promise<{ readonly id: string; readonly ifMatch: string }> {
  const { id } = await standing(given);
  await given.sdk.deleteV2Policy({ id });
  return { id, ifMatch: etagOf((await given.sdk.getV2Policy({ id })).headers) };
}

async function auditor({ sdk }: Given): Promise<{ readonly roleId: string; readonly ifMatch: string }> {
  const { result, headers } = await sdk.createRole(role);
  return { roleId: result.id ?? '', ifMatch: etagOf(headers) };
}

const etagOf = (headers: unknown): string => String(Reflect.get(Object(headers), 'etag'));

const withoutAccount = { subject: { attributes: [equals('serviceName', 'data-virtualization')] } };
const badQuery = refusal(400, 'invalid_query_parameter');
const noPolicy = refusal(404, 'policy_not_found');
const noRole = refusal(404, 'role_not_found');
const notMatching = { errors: [{ code: 'policy_conflict_error', message: expect.stringContaining('If-Match') }] };

conformance({
  name: 'IAM Policy Management',
  prototype: IamPolicyManagementV1.prototype,
  open: (options) => new IamPolicyManagementV1(options),
  rows: {
    listPolicies: [
      [
        200,
        'what v2 wrote, in the words of v1',
        async (sdk, given) => {
          await standing(given);
          return await sdk.listPolicies({ accountId: account, type: 'authorization' });
        },
        { policies: [{ subjects: v1.subjects, resources: v1.resources }] },
      ],
      [
        200,
        'access of one user, by tag',
        async (sdk, given) => {
          await given.sdk.createPolicy(access);
          await standing(given);
          return await sdk.listPolicies({
            accountId: account,
            iamId: user,
            tagName: 'project',
            tagValue: 'prototype',
            serviceType: 'service',
          });
        },
        { policies: [{ type: 'access' }] },
      ],
      [200, 'an account that cannot be read', (sdk) => sdk.listPolicies({ accountId: unknown }), { policies: [] }],
      [400, 'a state that is none', (sdk) => sdk.listPolicies({ accountId: account, state: 'gone' }), badQuery],
    ],
    createPolicy: [
      [
        201,
        'an authorization',
        (sdk) => sdk.createPolicy(v1),
        {
          subjects: v1.subjects,
          resources: v1.resources,
          roles: [{ role_id: readerRole, display_name: 'Reader' }],
          state: 'active',
        },
      ],
      [201, 'access, with tags', (sdk) => sdk.createPolicy(access), { ...access, state: 'active' }],
      [
        400,
        'two subjects',
        (sdk) => sdk.createPolicy({ ...v1, subjects: [...v1.subjects, ...v1.subjects] }),
        refusal(400, 'invalid_body'),
      ],
      [
        409,
        'a twin of what v2 wrote',
        async (sdk, given) => {
          await standing(given);
          return await sdk.createPolicy(v1);
        },
        conflict,
      ],
    ],
    replacePolicy: [
      [
        200,
        'other roles',
        async (sdk, given) => {
          const { id, ifMatch } = await standing(given);
          return await sdk.replacePolicy({ ...v1, roles: [{ role_id: editor }], policyId: id, ifMatch });
        },
        { roles: [{ role_id: editor, display_name: 'Editor' }] },
      ],
      [
        400,
        'another type',
        async (sdk, given) => {
          const { id, ifMatch } = await standing(given);
          return await sdk.replacePolicy({ ...access, policyId: id, ifMatch });
        },
        refusal(400, 'invalid_body'),
      ],
      [404, 'an unknown id', (sdk) => sdk.replacePolicy({ ...v1, policyId: unknown, ifMatch: '1-0' }), noPolicy],
      [
        409,
        'an old ETag',
        async (sdk, given) => sdk.replacePolicy({ ...v1, policyId: (await standing(given)).id, ifMatch: '1-0' }),
        notMatching,
      ],
    ],
    getPolicy: [
      [
        200,
        'what v2 wrote',
        async (sdk, given) => sdk.getPolicy({ policyId: (await standing(given)).id }),
        { resources: v1.resources },
      ],
      [
        200,
        'a placeholder for what v1 cannot say',
        async (sdk, given) => {
          const { result } = await given.sdk.createV2Policy(inOfficeHours);
          return await sdk.getPolicy({ policyId: result.id ?? '' });
        },
        {
          roles: [{ role_id: 'crn:v1:bluemix:public:iam::::role:UnsupportedVersion' }],
          href: expect.stringContaining('/v2/policies/'),
        },
      ],
      [
        200,
        'a tombstone',
        async (sdk, given) => sdk.getPolicy({ policyId: (await deleted(given)).id }),
        { state: 'deleted' },
      ],
      [404, 'an unknown id', (sdk) => sdk.getPolicy({ policyId: unknown }), noPolicy],
    ],
    deletePolicy: [
      [204, 'what v2 wrote', async (sdk, given) => sdk.deletePolicy({ policyId: (await standing(given)).id })],
      [
        404,
        'the second time',
        async (sdk, given) => sdk.deletePolicy({ policyId: (await deleted(given)).id }),
        noPolicy,
      ],
    ],
    updatePolicyState: [
      [
        200,
        'a deleted one stands again',
        async (sdk, given) => {
          const { id, ifMatch } = await deleted(given);
          return await sdk.updatePolicyState({ policyId: id, ifMatch, state: 'active' });
        },
        { state: 'active' },
      ],
      [
        400,
        'another state',
        async (sdk, given) => {
          const { id, ifMatch } = await standing(given);
          return await sdk.updatePolicyState({ policyId: id, ifMatch, state: 'asleep' });
        },
        refusal(400, 'invalid_body'),
      ],
      [
        404,
        'an unknown id',
        (sdk) => sdk.updatePolicyState({ policyId: unknown, ifMatch: '1-0', state: 'active' }),
        noPolicy,
      ],
      [
        409,
        'a twin was made meanwhile',
        async (sdk, given) => {
          const { id, ifMatch } = await deleted(given);
          await standing(given);
          return await sdk.updatePolicyState({ policyId: id, ifMatch, state: 'active' });
        },
        conflict,
      ],
    ],
    listV2Policies: [
      [
        200,
        'by the target service',
        async (sdk, given) => {
          await standing(given);
          return await sdk.listV2Policies({ accountId: account, type: 'authorization', serviceName: 'kms' });
        },
        { policies: [{ ...v2 }] },
      ],
      [
        200,
        'deleted ones',
        async (sdk, given) => {
          await deleted(given);
          return await sdk.listV2Policies({ accountId: account, state: 'deleted' });
        },
        { policies: [{ state: 'deleted' }] },
      ],
      [
        400,
        'an unknown field to sort by',
        (sdk) => sdk.listV2Policies({ accountId: account, sort: 'colour' }),
        badQuery,
      ],
    ],
    createV2Policy: [
      [
        201,
        'an authorization',
        (sdk) => sdk.createV2Policy(v2),
        { ...v2, state: 'active', created_by_id: expect.stringMatching(/^IBMid-/) },
      ],
      [201, 'access in office hours', (sdk) => sdk.createV2Policy(inOfficeHours), inOfficeHours],
      [
        400,
        'a subject without an account',
        (sdk) => sdk.createV2Policy({ ...v2, ...withoutAccount }),
        refusal(400, 'invalid_body'),
      ],
      [
        403,
        'a target in another account',
        (sdk) =>
          sdk.createV2Policy({
            ...v2,
            resource: { attributes: [equals('serviceName', 'kms'), equals('accountId', unknown)] },
          }),
        refusal(403, 'insufficent_permissions'),
      ],
      [
        409,
        'a twin',
        async (sdk, given) => {
          await standing(given);
          return await sdk.createV2Policy({ ...v2, description: 'mine' });
        },
        conflict,
      ],
      [
        415,
        'not sent as JSON',
        (sdk) => sdk.createV2Policy({ ...v2, headers: { 'Content-Type': 'text/plain' } }),
        refusal(415, 'unsupported_content_type'),
      ],
    ],
    replaceV2Policy: [
      [
        200,
        'another role',
        async (sdk, given) => {
          const found = await standing(given);
          return await sdk.replaceV2Policy({ ...v2, ...found, control: { grant: { roles: [{ role_id: editor }] } } });
        },
        { control: { grant: { roles: [{ role_id: editor }] } } },
      ],
      [
        400,
        'no If-Match',
        async (sdk, given) => sdk.replaceV2Policy({ ...v2, ...(await standing(given)), headers: { 'If-Match': '' } }),
        refusal(400, 'missing_required_header'),
      ],
      [404, 'an unknown id', (sdk) => sdk.replaceV2Policy({ ...v2, id: unknown, ifMatch: '1-0' }), noPolicy],
      [
        409,
        'an old ETag',
        async (sdk, given) => sdk.replaceV2Policy({ ...v2, ...(await standing(given)), ifMatch: '1-0' }),
        notMatching,
      ],
    ],
    getV2Policy: [
      [
        200,
        'what v1 wrote',
        async (sdk, given) => {
          const { result } = await given.sdk.createPolicy(v1);
          return await sdk.getV2Policy({ id: result.id ?? '' });
        },
        v2,
      ],
      [404, 'an unknown id', (sdk) => sdk.getV2Policy({ id: unknown }), noPolicy],
      [
        404,
        'read after write',
        async (sdk, given) => {
          given.emulator.settings.change({ policyReadAfterWriteMs: 60_000 });
          return await sdk.getV2Policy({ id: (await standing(given)).id });
        },
        noPolicy,
      ],
    ],
    deleteV2Policy: [
      [
        204,
        'what v1 wrote',
        async (sdk, given) => {
          const { result } = await given.sdk.createPolicy(v1);
          return await sdk.deleteV2Policy({ id: result.id ?? '' });
        },
      ],
      [404, 'an unknown id', (sdk) => sdk.deleteV2Policy({ id: unknown }), noPolicy],
    ],
    listRoles: [
      [
        200,
        'of a pair of services',
        (sdk) =>
          sdk.listRoles({
            accountId: account,
            serviceName: 'kms',
            sourceServiceName: 'databases-for-postgresql',
            policyType: 'authorization',
          }),
        {
          custom_roles: [],
          service_roles: expect.arrayContaining([expect.objectContaining({ display_name: 'Reader', crn: readerRole })]),
          system_roles: expect.arrayContaining([expect.objectContaining({ display_name: 'Authorization Delegator' })]),
        },
      ],
      [
        200,
        'of a group of services',
        (sdk) => sdk.listRoles({ accountId: account, serviceGroupId: 'IAM' }),
        {
          service_roles: [{ crn: 'crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator' }],
        },
      ],
      [
        200,
        'with a custom one',
        async (sdk, given) => {
          await auditor(given);
          return await sdk.listRoles({ accountId: account, serviceName: 'kms' });
        },
        { custom_roles: [{ name: 'KeyAuditor' }] },
      ],
      [400, 'an unknown type of policy', (sdk) => sdk.listRoles({ policyType: 'wish' }), refusal(400, 'invalid_body')],
    ],
    createRole: [
      [
        201,
        'a new one',
        (sdk) => sdk.createRole(role),
        {
          name: 'KeyAuditor',
          display_name: 'Key Auditor',
          crn: `crn:v1:bluemix:public:iam-access-management::a/${account}::customRole:KeyAuditor`,
        },
      ],
      [
        400,
        'a name in small letters',
        (sdk) => sdk.createRole({ ...role, name: 'auditor' }),
        refusal(400, 'invalid_body'),
      ],
      [
        403,
        'another account',
        (sdk) => sdk.createRole({ ...role, accountId: unknown }),
        refusal(403, 'insufficent_permissions'),
      ],
      [
        409,
        'a twin',
        async (sdk, given) => {
          await auditor(given);
          return await sdk.createRole(role);
        },
        refusal(409, 'role_conflict_error'),
      ],
    ],
    replaceRole: [
      [
        200,
        'another description',
        async (sdk, given) =>
          sdk.replaceRole({ ...changeable, ...(await auditor(given)), description: 'Counts keys.' }),
        { description: 'Counts keys.' },
      ],
      [
        400,
        'no actions',
        async (sdk, given) => sdk.replaceRole({ ...changeable, ...(await auditor(given)), actions: [] }),
        refusal(400, 'invalid_body'),
      ],
      [404, 'an unknown id', (sdk) => sdk.replaceRole({ ...changeable, roleId: unknown, ifMatch: '1-0' }), noRole],
      [
        409,
        'an old ETag',
        async (sdk, given) => sdk.replaceRole({ ...changeable, ...(await auditor(given)), ifMatch: '1-0' }),
        refusal(409, 'role_conflict_error'),
      ],
    ],
    getRole: [
      [
        200,
        'by its id',
        async (sdk, given) => sdk.getRole({ roleId: (await auditor(given)).roleId }),
        { service_name: 'kms', actions: role.actions },
      ],
      [404, 'an unknown id', (sdk) => sdk.getRole({ roleId: unknown }), noRole],
    ],
    deleteRole: [
      [204, 'of no policy', async (sdk, given) => sdk.deleteRole({ roleId: (await auditor(given)).roleId })],
      [404, 'an unknown id', (sdk) => sdk.deleteRole({ roleId: unknown }), noRole],
      [
        409,
        'of a policy',
        async (sdk, given) => {
          const { roleId } = await auditor(given);
          const { result } = await given.sdk.getRole({ roleId });
          await given.sdk.createV2Policy({ ...v2, control: { grant: { roles: [{ role_id: result.crn ?? '' }] } } });
          return await sdk.deleteRole({ roleId });
        },
        refusal(409, 'role_conflict_error'),
      ],
    ],
  },
});
