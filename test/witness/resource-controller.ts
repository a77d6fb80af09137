import * as shapes from '../../src/cloud/resource-controller/shapes.ts';
import { differences, instance, MANAGEIQ, vpe, without } from './instance.ts';
import { account, type Call, crn, group, guid, user } from './witness.ts';

/** One instance as Resource Controller shows it. */
export const resourceController: readonly Call[] = [
  {
    call: 'GET /v2/resource_instances/{id}',
    shape: shapes.instance,
    emulated: [({ api, vault }) => api('GET', `/v2/resource_instances/${vault.guid}`)],
    known: {
      ...differences(''),
      'lacks last_operation.updated_at': 'shown once, by the documentation of a beta',
      'lacks account_url': 'shown once, by the documentation of a beta, and empty',
      'lacks create_time': 'of instances that are older than Resource Controller v2',
      'lacks resource_plan_url': 'shown once, by the documentation of a beta, and empty',
      'lacks siblings_url': 'shown once, by the documentation of a beta, and empty',
      'adds last_operation.poll_after': 'recorded with lists',
      'adds parameters': 'recorded with lists; these two show none',
    },
    witnesses: [
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/power_virtual_servers/cloud_manager/refresher.yml`,
        date: '2025-06-25',
        shows: 'no parameters; another type than service_instance; one correlation id',
        status: 200,
        headers: { 'X-Ratelimit-Limit': '100', 'X-Correlation-Id': '626c-0000000000000000', 'Retry-After': '0' },
        waitMs: 0,
        lives: ['active'],
        body: {
          ...without(instance({ number: 8, service: 'power-iaas', region: 'us-east10' }, {}), 'sub_type'),
          type: 'composite_instance',
          dashboard_url: null,
          last_operation: {
            ...{ type: 'create', state: 'succeeded', async: true, description: 'provisioned' },
            ...{ cancelable: false, poll: true },
          },
          extensions: { resourceCRNs: true },
          onetime_credentials: false,
        },
      },
      {
        source: 'IBM-Cloud/terraform-provider-ibm pull request #5352 (a state file; its flat extensions unfolded)',
        date: '2024-05-16',
        shows: 'a Key Protect instance says where it is; its dashboard is a path',
        status: 200,
        lives: ['active'],
        endpoints: {
          public: 'https://us-south.kms.cloud.ibm.com',
          private: 'https://private.us-south.kms.cloud.ibm.com',
        },
        body: {
          ...instance({ number: 61, service: 'kms' }, { sub_type: 'kms' }),
          dashboard_url: `/keyprotect/${encodeURIComponent(crn('kms', 'us-south', guid(61)))}`,
          extensions: {
            endpoints: {
              private: 'https://private.us-south.kms.cloud.ibm.com',
              public: 'https://us-south.kms.cloud.ibm.com',
            },
          },
          last_operation: { type: 'create', state: 'succeeded', async: false, description: 'Completed create' },
          onetime_credentials: false,
        },
      },
      {
        source: 'ibm-cloud-docs/cloud-databases-gen2 api.md',
        date: '2025-10-23',
        shows:
          'a database of the second generation: its key and sizes are in `extensions`; nothing of groups, few stamps',
        status: 200,
        lives: ['active'],
        body: {
          guid: guid(9),
          id: crn('databases-for-postgresql', 'us-east', guid(9)),
          url: `/v2/resource_instances/${guid(9)}`,
          created_at: '2025-08-28T16:35:07.650372748Z',
          updated_at: '2025-08-28T16:41:53.419092609Z',
          deleted_at: null,
          name: 'pg',
          region_id: 'us-east',
          account_id: account,
          resource_plan_id: 'databases-for-postgresql-standard',
          resource_group_id: group,
          crn: crn('databases-for-postgresql', 'us-east', guid(9)),
          extensions: {
            dataservices: {
              resources: { database: { storage_gb: 10, members: 2, host_flavor: 'b3c.8x32.encrypted' } },
              encryption: { disk: crn('kms', 'us-east', guid(1), `key:${guid(10)}`) },
              endpoints: 'private',
              version: '18',
            },
            ...vpe,
          },
          create_time: 0,
          created_by: user,
          state: 'active',
          type: 'service_instance',
          resource_id: guid(60),
          dashboard_url: null,
          allow_cleanup: false,
          locked: false,
          onetime_credentials: true,
          last_operation: {
            ...{ type: 'create', state: 'succeeded', description: 'Provision completed successfully' },
            ...{ updated_at: null, cancelable: true },
          },
          account_url: '',
          resource_plan_url: '',
          resource_bindings_url: `/v2/resource_instances/${guid(9)}/resource_bindings`,
          resource_aliases_url: `/v2/resource_instances/${guid(9)}/resource_aliases`,
          siblings_url: '',
          target_crn: 'crn:v1:bluemix:public:globalcatalog::::deployment:databases-for-postgresql-standard-us-east',
        },
      },
    ],
  },
  {
    call: 'POST /v2/resource_instances',
    shape: shapes.instance,
    emulated: [
      ({ api, group: resource_group }) =>
        api('POST', '/v2/resource_instances', {
          body: {
            ...{ name: 'lake', target: 'us-south', resource_group },
            resource_plan_id: 'data-virtualization-enterprise',
            parameters: { a: 'b' },
          },
        }),
    ],
    known: {
      ...differences(''),
      'adds last_operation.poll_after': 'recorded with lists',
      'adds sub_type': 'recorded with lists, of services that have one',
      'dashboard_url is null': 'of services without one; so recorded in lists',
    },
    witnesses: [
      {
        source: 'ibm-cloud-docs/cephaas, "For administrators"',
        date: '2025-02-28',
        shows: 'provisioning, to be asked again; what was sent comes back as parameters',
        status: 202,
        lives: ['settling'],
        body: without(
          instance(
            { number: 5, service: 'software-defined-storage', region: 'satloc_dal_x' },
            {
              parameters: { order_id: 'an-order', satellite_crn: crn('satellite', 'us-south', 'x') },
              state: 'provisioning',
              last_operation: {
                ...{ type: 'create', state: 'in progress', async: true },
                ...{ description: 'Started create instance operation', cancelable: false, poll: false },
              },
              extensions: { storage_type: 'unified', tenure: 0 },
              onetime_credentials: false,
            },
          ),
          'sub_type',
        ),
      },
    ],
  },
];
