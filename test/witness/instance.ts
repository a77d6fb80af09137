import { account, crn, group, guid, user } from './witness.ts';

/** Cassettes of VCR: whole answers, headers too. */
export const MANAGEIQ = 'ManageIQ/manageiq-providers-ibm_cloud spec/vcr_cassettes';
const groupCrn = `crn:v1:bluemix:public:resource-controller::a/${account}::resource-group:${group}`;

interface Given {
  readonly number: number;
  readonly service?: string;
  readonly region?: string;
  readonly name?: string;
}

/** Members that every recorded instance has. */
export function instance(
  { number, service = 'databases-for-postgresql', region = 'us-south', name = 'pg' }: Given,
  rest: object,
) {
  const id = guid(number);
  const url = `/v2/resource_instances/${id}`;
  const plan = `${service}-standard`;
  return {
    id: crn(service, region, id),
    guid: id,
    url,
    created_at: '2020-03-09T16:49:02.352969434Z',
    updated_at: '2020-03-09T16:59:21.5130821Z',
    deleted_at: null,
    created_by: user,
    updated_by: '',
    deleted_by: '',
    scheduled_reclaim_at: null,
    restored_at: null,
    scheduled_reclaim_by: '',
    restored_by: '',
    name,
    region_id: region,
    account_id: account,
    reseller_channel_id: '',
    resource_plan_id: plan,
    resource_group_id: group,
    resource_group_crn: groupCrn,
    target_crn: `crn:v1:bluemix:public:globalcatalog::::deployment:${plan}%3A${region}`,
    allow_cleanup: false,
    crn: crn(service, region, id),
    state: 'active',
    type: 'service_instance',
    sub_type: 'Public',
    resource_id: service,
    dashboard_url: `https://console.${region}.databases.cloud.ibm.com/?instance_id=x`,
    resource_aliases_url: `${url}/resource_aliases`,
    resource_bindings_url: `${url}/resource_bindings`,
    resource_keys_url: `${url}/resource_keys`,
    plan_history: [{ resource_plan_id: plan, start_date: '2020-03-09T16:49:02.352969434Z', requestor_id: user }],
    migrated: false,
    controlled_by: '',
    locked: false,
    ...rest,
  };
}

/** What `without` leaves of an instance that lacks some members. */
export function without(from: object, ...names: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));
}

export const vpe = {
  virtual_private_endpoints: {
    dns_domain: 'private.databases.appdomain.cloud',
    dns_hosts: [guid(2)],
    endpoints: [{ ip_address: '192.0.2.1', zone: 'dal12' }],
    origin_type: 'cse',
    ports: [{ port_max: 30510, port_min: 30510 }],
  },
};

/** What an instance of today has and the recorded ones do not, or the other way round. */
export const differences = (at: string) => ({
  [`adds ${at}last_operation.reason_code`]: 'UNSURE: the API reference has it, no recording does',
  [`adds ${at}last_operation.sub_type`]: 'the API reference has it, for operations that have one; no recording does',
});
