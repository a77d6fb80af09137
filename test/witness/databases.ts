import { type Call, crn, guid } from './witness.ts';

const CASSETTE =
  'ManageIQ/manageiq-providers-ibm_cloud spec/vcr_cassettes/manageiq/providers/ibm_cloud/vpc/cloud_manager/refresher.yml';
const id = crn('databases-for-postgresql', 'us-south', guid(1));

const deployment = (endpoints: 'private' | 'public', version: string) => ({
  deployment: {
    id,
    name: id,
    type: 'postgresql',
    platform: 'classic',
    platform_options: { disk_encryption_key_crn: '', backup_encryption_key_crn: '' },
    version,
    admin_usernames: { database: 'admin' },
    enable_private_endpoints: endpoints === 'private',
    enable_public_endpoints: endpoints === 'public',
    disablements: [],
  },
});

/** Answers and refusals of the Cloud Databases API. */
export const databases: readonly Call[] = [
  {
    call: 'GET /v5/ibm/deployments/{id}',
    emulated: [({ api, database }) => api('GET', `/v5/ibm/deployments/${encodeURIComponent(database)}`)],
    known: {
      'adds deployment.platform_options.key_protect_key_id': 'Cloud Databases API reference; not in the recording',
    },
    witnesses: [
      {
        source: CASSETTE,
        date: '2021-10-26',
        shows: 'IBM keys are empty texts; asked of the ca-tor host about a deployment in us-south',
        status: 200,
        body: deployment('public', '11'),
      },
      {
        source: CASSETTE,
        date: '2021-10-26',
        shows: 'the same with private endpoints',
        status: 200,
        body: deployment('private', '10'),
      },
    ],
  },
  {
    call: 'GET /v5/ibm/deployments/{id}/groups',
    emulated: [({ api, database }) => api('GET', `/v5/ibm/deployments/${encodeURIComponent(database)}/groups`)],
    known: {
      'adds groups[].host_flavor': 'of 2023 and later: isolated compute',
      'adds groups[].memory.cpu_enforcement_ratio_ceiling_mb': 'of 2023 and later: ratio of CPU and memory',
      'adds groups[].memory.cpu_enforcement_ratio_mb': 'of 2023 and later: ratio of CPU and memory',
      'lacks groups[].disk.storage_class': 'in no SDK and no reference; nobody is known to read it',
    },
    witnesses: [
      {
        source: CASSETTE,
        date: '2021-10-26',
        shows: 'a PostgreSQL of two members, shared CPU',
        status: 200,
        body: {
          groups: [
            {
              id: 'member',
              count: 2,
              members: {
                ...{ units: 'count', allocation_count: 2, minimum_count: 2, maximum_count: 20, step_size_count: 1 },
                ...{ is_adjustable: true, is_optional: false, can_scale_down: false },
              },
              memory: {
                ...{ units: 'mb', allocation_mb: 2048, minimum_mb: 2048, maximum_mb: 229_376, step_size_mb: 256 },
                ...{ is_adjustable: true, is_optional: false, can_scale_down: true },
              },
              disk: {
                ...{ units: 'mb', allocation_mb: 10_240, minimum_mb: 10_240, maximum_mb: 8_388_608 },
                ...{ step_size_mb: 1024, is_adjustable: true, is_optional: false, can_scale_down: false },
                storage_class: { id: 'icd-block-gold', iops_per_allocation_gb: 10 },
              },
              cpu: {
                ...{ units: 'count', allocation_count: 0, minimum_count: 6, maximum_count: 56, step_size_count: 2 },
                ...{ is_adjustable: true, is_optional: true, can_scale_down: true },
              },
            },
          ],
        },
      },
    ],
  },
  {
    call: 'a refusal of Cloud Databases',
    witnesses: [
      {
        source: `${CASSETTE} (groups of a deployment in us-south, asked of the ca-tor host)`,
        date: '2021-10-26',
        shows: '`errors` is a text',
        status: 404,
        body: { errors: 'not_found' },
        words: { message: 'not_found' },
        again: ({ api, database }) =>
          api('GET', `/v5/ibm/deployments/${encodeURIComponent(database)}/groups/other/autoscaling`),
      },
      {
        source: 'IBM-Cloud/terraform-provider-ibm issue #6116',
        date: '2025-04-01',
        shows: '`errors` is an object, with a hint',
        status: 404,
        body: { errors: { errors: 'not_found', hint: 'You may need to URL-encode the deployment id.' } },
        words: { message: 'not_found; You may need to URL-encode the deployment id.' },
        again: ({ api, deployment: other }) => api('GET', `/v5/ibm/deployments/${encodeURIComponent(other)}`),
      },
    ],
  },
];
