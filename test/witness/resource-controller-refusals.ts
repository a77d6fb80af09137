import type { Call } from './witness.ts';

/** Refusals of Resource Controller. */
export const resourceControllerRefusals: readonly Call[] = [
  {
    call: 'a refusal of Resource Controller',
    known: {},
    witnesses: [
      {
        source: 'a comment in IBM Code Engine samples (`parseResourceControllerError`)',
        date: '2023-01-01',
        shows: 'an expired token',
        status: 401,
        body: {
          ...{ error_code: 'RC-IamErrorResponse', message: 'Token is expired' },
          ...{ status_code: 401, transaction_id: 'bss-0000000000000001' },
        },
        words: { code: 'RC-IamErrorResponse', message: 'Token is expired', id: 'bss-0000000000000001' },
      },
      {
        source: 'ibm-cloud-docs/security-services, "Error when you try to undeploy key management"',
        date: '2024-01-01',
        shows: "a vault that still has keys: the broker's words are JSON in a text in `details`",
        status: 422,
        body: {
          details: '{"status_code":409,"name":"ConflictError","description":"CONTAINS_ACTIVE_KEYS"}',
          error_code: 'RC-ServiceBrokerErrorResponse',
          message:
            'Please contact the Service Provider for this error. [409, Conflict] CONTAINS_ACTIVE_KEYS: Remove all keys before de-provisioning: Instance contains 4 active keys',
          status_code: 422,
          transaction_id: 'bss-0000000000000002',
        },
        words: {
          code: 'RC-ServiceBrokerErrorResponse',
          message:
            'Please contact the Service Provider for this error. [409, Conflict] CONTAINS_ACTIVE_KEYS: Remove all keys before de-provisioning: Instance contains 4 active keys',
          id: 'bss-0000000000000002',
        },
        again: ({ api, vault }) => api('DELETE', `/v2/resource_instances/${vault.guid}?recursive=true`),
      },
      {
        source: 'IBM/cloud-operators issue #235',
        date: '2020-12-21',
        shows: 'deleted before: no error code',
        status: 400,
        body: {
          message: 'Instance is in pending_reclamation state.  Use API to reclaim the instance.',
          ...{ status_code: 400, transaction_id: 'bss-0000000000000003' },
        },
        words: {
          message: 'Instance is in pending_reclamation state.  Use API to reclaim the instance.',
          id: 'bss-0000000000000003',
        },
      },
      {
        source: 'IBM-Cloud/terraform-provider-ibm pull request #5322 (a test log)',
        date: '2024-05-01',
        shows: 'a plan that costs, in an account that does not pay: no error code',
        status: 400,
        body: {
          message: 'This plan requires a paid account.',
          ...{ status_code: 400, transaction_id: 'bss-0000000000000004' },
        },
        words: { message: 'This plan requires a paid account.', id: 'bss-0000000000000004' },
      },
    ],
  },
];
