import { policy } from '../../src/cloud/iam-policies/shapes.ts';
import type { Shape } from '../../src/cloud/shape.ts';
import { account as EMULATED_ACCOUNT } from '../helpers/platform.ts';
import { account, type Call, guid, user } from './witness.ts';

const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
const MANAGEIQ = 'ManageIQ/manageiq-providers-ibm_cloud spec/vcr_cassettes';
const TERRAFORM = 'IBM-Cloud/terraform-provider-ibm';

const stamps = {
  created_at: '2023-09-01T18:52:09.209Z',
  created_by_id: user,
  last_modified_at: '2023-09-01T18:52:09.209Z',
  last_modified_by_id: user,
};
const token = { access_token: 'x.y.z', refresh_token: 'not_supported', token_type: 'Bearer', expires_in: 3600 };

/** What a policy is beside the names of what is not known of it. */
function kept({ unknown: _, ...members }: Shape<typeof policy>): object {
  return members;
}

/** Answers and refusals of IAM: tokens and policies. */
export const iam: readonly Call[] = [
  {
    call: 'POST /identity/token',
    emulated: [
      ({ open }) =>
        open('POST', '/identity/token', {
          body: new URLSearchParams({
            grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
            apikey: 'keystead-emulator',
          }).toString(),
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        }),
    ],
    known: {
      'lacks id_token': 'of 2021; a recording of 2025 has none',
      'lacks refresh_token_expiration': 'of 2021; a recording of 2025 has none',
    },
    witnesses: [
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/vpc/cloud_manager/refresher.yml`,
        date: '2021-10-26',
        shows: 'a login by API key (the user id was made a text when it was redacted)',
        status: 200,
        body: { ...token, ims_user_id: '22222', expiration: 4_102_462_800, scope: 'ibm openid' },
      },
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/power_virtual_servers/cloud_manager/refresher.yml`,
        date: '2025-06-25',
        shows: 'the same four years later, with X-Correlation-Id for Transaction-Id',
        status: 200,
        headers: { 'X-Correlation-Id': 'nobodys-correlation' },
        body: { ...token, ims_user_id: '22222', expiration: 4_102_466_400, scope: 'ibm openid' },
      },
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/container_manager/refresher.yml`,
        date: '2021-09-12',
        shows: 'the user id is a number; a scope of three words',
        status: 200,
        body: {
          ...{ ...token, id_token: 'x.y.z', ims_user_id: 9_000_000, expiration: 1_631_478_421 },
          ...{ refresh_token_expiration: 1_634_066_821, scope: 'ibm openid containers-kubernetes' },
        },
      },
    ],
  },
  {
    call: 'a refusal of the token service',
    known: { 'lacks errorDetails': 'of logins with a password, which are not emulated' },
    witnesses: [
      {
        source: 'a public client of IBM Quantum, measured ("IAM answers 400 for a key it does not recognise")',
        date: '2026-01-01',
        shows: 'an API key that is not there',
        status: 400,
        body: {
          ...{ errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' },
          context: { requestId: 'nobodys-request', url: 'https://iam.cloud.ibm.com' },
        },
        words: { code: 'BXNIM0415E', message: 'Provided API key could not be found.', id: 'nobodys-request' },
        again: ({ open }) =>
          open('POST', '/identity/token', {
            body: new URLSearchParams({
              grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
              apikey: 'no-such-key',
            }).toString(),
            headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          }),
      },
      {
        source: 'a public README on IBM Cloud logins',
        date: '2017-03-15',
        shows: 'wrong credentials, with details and a request id that is digits',
        status: 401,
        body: {
          ...{ errorCode: 'BXNIM0602E', errorMessage: 'The credentials you provided are incorrect' },
          errorDetails: 'The credentials you entered are incorrect',
          context: { requestId: '2512082279', requestType: 'incoming.OIDC_Token', elapsedTime: '299' },
        },
        words: { code: 'BXNIM0602E', message: 'The credentials you provided are incorrect', id: '2512082279' },
      },
    ],
  },
  {
    call: 'POST /v2/policies',
    shape: (body) => kept(policy(body)),
    emulated: [
      ({ api, vault }) =>
        api('POST', '/v2/policies', {
          body: {
            ...{ type: 'authorization', description: 'a policy' },
            subject: {
              attributes: [equals('serviceName', 'cloud-object-storage'), equals('accountId', EMULATED_ACCOUNT)],
            },
            resource: {
              attributes: [
                equals('serviceName', 'kms'),
                equals('accountId', EMULATED_ACCOUNT),
                equals('serviceInstance', vault.guid),
              ],
            },
            control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }] } },
          },
        }),
    ],
    known: {
      'lacks counts': 'shown once, by a test host of IBM',
      'lacks pattern': 'of policies with conditions',
      'lacks rule': 'of policies with conditions',
      'lacks version': 'shown once, by a test host of IBM',
    },
    witnesses: [
      {
        source: 'ibm-cloud-docs/cloud-object-storage, fine-grained access (a second page has another, of 2023-10-09)',
        date: '2023-09-01',
        shows: 'conditions within conditions, lists as values, counts of the account',
        status: 201,
        unknown: ['pattern', 'rule'],
        body: {
          id: guid(70),
          description: 'a policy',
          type: 'access',
          subject: { attributes: [equals('iam_id', user)] },
          resource: {
            attributes: [
              equals('serviceName', 'cloud-object-storage'),
              equals('serviceInstance', guid(20)),
              equals('accountId', account),
              equals('resourceType', 'bucket'),
              equals('resource', 'nobodys-bucket'),
            ],
          },
          pattern: 'attribute-based-condition:resource:literal-and-wildcard',
          rule: {
            operator: 'or',
            conditions: [
              { key: '{{resource.attributes.path}}', operator: 'stringMatch', value: 'folder/*' },
              {
                operator: 'and',
                conditions: [
                  { key: '{{resource.attributes.prefix}}', operator: 'stringMatch', value: 'folder/*' },
                  { key: '{{resource.attributes.delimiter}}', operator: 'stringEqualsAnyOf', value: ['/', ''] },
                ],
              },
            ],
          },
          control: {
            grant: { roles: [{ role_id: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectReader' }] },
          },
          href: `https://iam.test.cloud.ibm.com/v2/policies/${guid(70)}`,
          ...stamps,
          counts: { account: { current: 776, limit: 4020 }, subject: { current: 6, limit: 1000 } },
          state: 'active',
          version: 'v1.0',
        },
      },
    ],
  },
  {
    call: 'a refusal of IAM policies',
    known: {},
    witnesses: [
      {
        source: `${TERRAFORM} pull requests #4554 and #5565, issue #6510 (logs)`,
        date: '2024-08-20',
        shows: 'a policy like it is there: which one, whole, with its ETag',
        status: 409,
        understood: ['errors', 0, 'details', 'conflicts_with', 'policy'],
        body: {
          errors: [
            {
              code: 'policy_conflict_error',
              details: {
                conflicts_with: {
                  etag: '1-00000000000000000000000000000000',
                  policy: {
                    control: {
                      grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }] },
                    },
                    ...stamps,
                    href: `https://iam.cloud.ibm.com/v1/policies/${guid(71)}`,
                    id: guid(71),
                    resource: { attributes: [equals('serviceName', 'kms'), equals('accountId', account)] },
                    state: 'active',
                    subject: { attributes: [equals('serviceName', 'is'), equals('accountId', account)] },
                    type: 'authorization',
                  },
                },
              },
              message: `The policy wasn't created because an access policy with identical attributes and roles already exists. Please update the rule in the existing policy (${guid(71)}).`,
            },
          ],
          ...{ status_code: 409, trace: 'nobodys-trace' },
        },
        words: {
          code: 'policy_conflict_error',
          message: `The policy wasn't created because an access policy with identical attributes and roles already exists. Please update the rule in the existing policy (${guid(71)}).`,
          id: 'nobodys-trace',
        },
      },
      {
        source: 'a public report on reading policies with too few roles (GET /v2/policies/{id})',
        date: '2026-09-30',
        shows: 'the spelling of the code; neither trace nor details',
        status: 403,
        body: {
          errors: [
            { code: 'insufficent_permissions', message: 'You are not allowed to retrieve the requested policy.' },
          ],
          status_code: 403,
        },
        words: {
          code: 'insufficent_permissions',
          message: 'You are not allowed to retrieve the requested policy.',
        },
      },
      {
        source: `${TERRAFORM} issue #2926 (private endpoints)`,
        date: '2021-08-02',
        shows: 'a page of HTML says nothing',
        status: 404,
        body: '<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An 404 error occurred in iam-gateway.</h1>\n</body>\n</html>\n',
        words: {},
      },
    ],
  },
];
