import { instanceList } from '../../src/cloud/resource-controller/shapes.ts';
import { differences, instance, MANAGEIQ, vpe, without } from './instance.ts';
import { account, type Call, crn, guid } from './witness.ts';

const created = (async: boolean) => ({
  last_operation: { type: 'create', state: 'succeeded', async, description: 'Provisioning (100%)', poll_after: 30 },
});

const oldId = crn('container-registry', 'eu-gb', guid(6));

/** Lists of instances. */
export const instances: readonly Call[] = [
  {
    call: 'GET /v2/resource_instances',
    shape: instanceList,
    emulated: [({ api }) => api('GET', '/v2/resource_instances?limit=2')],
    known: {
      ...differences('resources[].'),
      'lacks resources[].create_time': 'of instances that are older than Resource Controller v2',
      'adds resources[].last_operation.cancelable': 'younger than the lists; recorded with single instances in 2025',
      'adds resources[].last_operation.poll': 'younger than the lists; recorded with single instances in 2025',
      'adds resources[].onetime_credentials': 'younger than the lists; recorded with single instances in 2025',
    },
    witnesses: [
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/vpc/cloud_manager/refresher.yml, ?resource_plan_id=databases-for-*`,
        date: '2021-10-26',
        shows:
          'IBM keys as "none", sizes with their units, one instance that shows no key after a sync, one no parameters',
        status: 200,
        headers: {
          'X-Ratelimit-Limit': '120',
          'X-Ratelimit-Remaining': '-1',
          'X-Ratelimit-Reset': '0.0000000009999999999999999',
          'Retry-After': '0.0000000009999999999999999',
          'Transaction-Id': 'bss-0000000000000000',
        },
        waitMs: 1,
        lives: ['active', 'active', 'active', 'active'],
        body: {
          rows_count: 4,
          next_url: null,
          resources: [
            instance(
              { number: 1 },
              {
                ...created(false),
                parameters: {
                  key_protect_instance: 'none',
                  key_protect_key: 'none',
                  members_cpu_allocation_count: '0 cores',
                  members_disk_allocation_mb: '10240MB',
                  members_memory_allocation_mb: '2048MB',
                  'service-endpoints': 'public',
                  version: '11',
                },
              },
            ),
            instance(
              { number: 2 },
              {
                updated_by: 'iam-ServiceId-00000000-0000-4000-8000-000000000003',
                parameters: { 'service-endpoints': 'private' },
                last_operation: {
                  type: 'sync',
                  state: 'succeeded',
                  async: false,
                  description: 'Synchronized the instance',
                },
                extensions: vpe,
              },
            ),
            instance(
              { number: 3 },
              {
                ...created(true),
                parameters: {
                  disk_encryption_instance_crn: 'none',
                  disk_encryption_key_crn: 'none',
                  members_cpu_allocation_count: '6 cores',
                  members_disk_allocation_mb: '204800MB',
                  members_members_allocation_count: 2,
                  members_memory_allocation_mb: '20480MB',
                  'service-endpoints': 'public',
                  version: '12',
                },
              },
            ),
            instance({ number: 4, region: 'ca-tor' }, created(true)),
          ],
        },
      },
      {
        source: `${MANAGEIQ}/ManageIQ_Providers_IbmCloud_CloudTool/Can_get_resource_controller.yml, ?limit=2`,
        date: '2021-04-26',
        shows: 'a page shorter than its limit that is not the last; a GUID that is a CRN; no last operation',
        status: 200,
        headers: {
          'X-Ratelimit-Limit': '120',
          'X-Ratelimit-Remaining': '119',
          'X-Ratelimit-Reset': '0',
          'Retry-After': '0',
        },
        lives: ['active'],
        body: {
          rows_count: 1,
          next_url: `/v2/resource_instances?start=${Buffer.from(`next_docid=x&limit=2&account_id=${account}`).toString('base64url')}`,
          resources: [
            without(
              {
                ...instance({ number: 6, service: 'container-registry', region: 'eu-gb' }, {}),
                guid: oldId,
                url: `/v2/resource_instances/${encodeURIComponent(oldId)}`,
                created_at: '2018-01-10T14:10:17.405Z',
                create_time: 1_515_593_417_405,
                created_by: '',
                type: 'container-registry_instance',
                resource_id: 'public.bluemix.container.registry',
                dashboard_url: null,
                last_operation: null,
              },
              'resource_group_crn',
              'sub_type',
            ),
          ],
        },
      },
      {
        source: 'ibm-cloud-docs/AnalyticsEngine, "Retrieving details of a serverless instance"',
        date: '2021-11-04',
        shows: 'active after a delete that failed',
        status: 200,
        lives: ['active'],
        body: {
          rows_count: 1,
          next_url: null,
          resources: [
            instance(
              { number: 7, service: 'ibmanalyticsengine' },
              {
                parameters: {
                  default_config: { 'spark.driver.cores': '1' },
                  default_runtime: { additional_packages: ['x'], spark_version: '3.0.0' },
                  'service-endpoints': 'public',
                },
                dashboard_url: null,
                last_operation: {
                  type: 'delete',
                  state: 'failed',
                  async: false,
                  description: '[500, Internal Server Error] The request could not be processed. Try again later.',
                },
              },
            ),
          ],
        },
      },
    ],
  },
];
