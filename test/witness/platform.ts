import { groupList } from '../../src/cloud/resource-manager/shapes.ts';
import { searchPage } from '../../src/cloud/search/shapes.ts';
import { tagList } from '../../src/cloud/tagging/shapes.ts';
import { account, type Call, crn, group, guid } from './witness.ts';

const MANAGEIQ = 'ManageIQ/manageiq-providers-ibm_cloud spec/vcr_cassettes';
const RUBY = 'IBM-Cloud/ibm-cloud-sdk-ruby spec/vcr/IBM_Cloud_SDK_Tags';

const resourceGroup = (id: string, name: string, isDefault: boolean) => ({
  id,
  crn: `crn:v1:bluemix:public:resource-controller::a/${account}::resource-group:${id}`,
  account_id: account,
  name,
  state: 'ACTIVE',
  default: isDefault,
  enable_reclamation: false,
  quota_id: group,
  quota_url: `/v2/quota_definitions/${group}`,
  payment_methods_url: `/v2/resource_groups/${id}/payment_methods`,
  resource_linkages: [],
  teams_url: `/v2/resource_groups/${id}/teams`,
  created_at: '2019-01-22T12:50:50.278Z',
  updated_at: '2019-01-22T12:50:50.278Z',
});

/** Answers of Resource Manager, Global Tagging and Global Search. */
export const platform: readonly Call[] = [
  {
    call: 'GET /v2/resource_groups',
    shape: groupList,
    emulated: [({ api }) => api('GET', '/v2/resource_groups')],
    witnesses: [
      {
        source: `${MANAGEIQ}/ManageIQ_Providers_IbmCloud_CloudTool/Can_get_resource_manager.yml`,
        date: '2021-04-26',
        shows: 'three groups in no order, states in capitals',
        status: 200,
        headers: { 'X-Ratelimit-Limit': '500', 'X-Ratelimit-Remaining': '499', 'X-Ratelimit-Reset': '0' },
        waitMs: 0,
        body: {
          resources: [
            resourceGroup('b1'.repeat(16), 'one', false),
            resourceGroup(group, 'default', true),
            resourceGroup('b2'.repeat(16), 'two', false),
          ],
        },
      },
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/vpc/cloud_manager/refresher.yml`,
        date: '2021-10-26',
        shows: 'the default group may be named "default" or "Default"',
        status: 200,
        body: { resources: [resourceGroup(group, 'default', true)] },
      },
    ],
  },
  {
    call: 'GET /v3/tags',
    shape: tagList,
    emulated: [({ api }) => api('GET', '/v3/tags?providers=ghost')],
    witnesses: [
      {
        source: `${MANAGEIQ}/manageiq/providers/ibm_cloud/vpc/cloud_manager/refresher.yml, ?attached_to=…&providers=ghost`,
        date: '2021-10-26',
        shows: 'none',
        status: 200,
        body: { total_count: 0, offset: 0, limit: 100, items: [] },
      },
      {
        source: `${MANAGEIQ}/ManageIQ_Providers_IbmCloud_CloudTool/can_get_a_Tagging_client.yml, ?limit=1`,
        date: '2021-04-21',
        shows: 'the first of many',
        status: 200,
        body: { total_count: 431, offset: 0, limit: 1, items: [{ name: 'a-b:c_e4.32:6784' }] },
      },
      {
        source: `${RUBY}/can_get_all.yml, ?offset=200`,
        date: '2020-10-07',
        shows: 'a full page in the middle; a tag with a space behind its colon',
        status: 200,
        body: { total_count: 357, offset: 200, limit: 100, items: [{ name: 'environment: dev' }, { name: 'two' }] },
      },
      {
        source: `${RUBY}/can_get_all.yml, ?offset=400`,
        date: '2020-10-07',
        shows: 'an offset behind the end is no error',
        status: 200,
        body: { total_count: 357, offset: 400, limit: 100, items: [] },
      },
    ],
  },
  {
    call: 'POST /v3/resources/search',
    shape: searchPage,
    emulated: [
      ({ api }) =>
        api('POST', '/v3/resources/search', { body: { query: 'service_name:kms AND family:resource_controller' } }),
    ],
    known: {},
    witnesses: [
      {
        source: 'public notes on Global Search ("Find all Database for Etcd instances with a specific tag")',
        date: '2022-01-01',
        shows: 'a cursor comes with a page that is not full; no tags where none were asked for',
        status: 200,
        body: {
          items: [
            {
              ...{ account_id: account, name: 'etcd', type: 'resource-instance', family: 'resource_controller' },
              crn: crn('databases-for-etcd', 'us-south', guid(1)),
            },
          ],
          ...{ limit: 10, search_cursor: 'nobodys-cursor' },
        },
      },
    ],
  },
];
