import { groupCrn } from '../../core/account/groups.ts';
import type { Instance, LastOperation } from '../../core/account/instances.ts';
import { inSnakeCase, type Members } from '../../core/json.ts';
import { privateRoot } from '../../core/router.ts';
import type { Call, World } from '../../core/world.ts';
import { isCancelable, type Reclamation } from './state.ts';

/**
 * An instance as the API shows it: times with nanoseconds, unset ones null, unset subjects empty strings, `id` is the
 * CRN. Tags are not part of it.
 * Source: platform reference, "Instance object (full)".
 */
export function instanceView(world: World, call: Call, instance: Instance): Members {
  const url = `/v2/resource_instances/${instance.guid}`;
  return {
    id: instance.crn,
    url,
    ...stampsOf(instance),
    scheduled_reclaim_at: nanoseconds(instance.scheduledReclaimAt),
    restored_at: nanoseconds(instance.restoredAt),
    ...inSnakeCase(instance, 'scheduledReclaimBy', 'restoredBy', 'accountId', 'resourceGroupId', 'resourceId'),
    ...inSnakeCase(instance, 'guid', 'name', 'targetCrn', 'allowCleanup', 'crn', 'state', 'locked'),
    parameters: shownParameters(instance),
    region_id: instance.region,
    resource_plan_id: instance.planId,
    reseller_channel_id: '',
    resource_group_crn: groupCrn(world, instance.resourceGroupId),
    type: 'service_instance',
    sub_type: 'Public',
    dashboard_url: null,
    last_operation: lastOperationView(instance.lastOperation),
    resource_aliases_url: `${url}/resource_aliases`,
    resource_bindings_url: `${url}/resource_bindings`,
    resource_keys_url: `${url}/resource_keys`,
    plan_history: instance.planHistory.map(({ planId, startDate, requestorId }) => ({
      resource_plan_id: planId,
      start_date: nanoseconds(startDate),
      requestor_id: requestorId,
    })),
    migrated: false,
    extensions: extensionsOf(call, instance),
    controlled_by: '',
    onetime_credentials: instance.parameters['onetime_credentials'] === true,
  };
}

/** The parameters of the last request that gave any. Source: as `updateInstance`. */
export function shownParameters({ parameters, lastParameters }: Instance): Members {
  return lastParameters ?? parameters;
}

type Stamped = Pick<Instance, 'createdAt' | 'createdBy' | 'updatedAt' | 'updatedBy' | 'deletedAt' | 'deletedBy'>;

/** When and by whom it was made, changed and removed. */
export function stampsOf(one: Stamped): Members {
  return {
    created_at: nanoseconds(one.createdAt),
    updated_at: nanoseconds(one.updatedAt),
    deleted_at: nanoseconds(one.deletedAt),
    ...inSnakeCase(one, 'createdBy', 'updatedBy', 'deletedBy'),
  };
}

/** Nine digits of a second, as Resource Controller writes times; an unset one is null. */
function nanoseconds(time: string | undefined): string | null {
  return time?.replace(/Z$/, '000000Z') ?? null;
}

/** Source: platform reference, "Delete and reclamation". */
export function reclamationView(instance: Instance, reclamation: Reclamation): Members {
  return {
    ...inSnakeCase(
      reclamation,
      'id',
      'policyId',
      'state',
      'targetTime',
      'createdAt',
      'createdBy',
      'updatedAt',
      'updatedBy',
    ),
    ...inSnakeCase(instance, 'resourceGroupId', 'accountId'),
    entity_id: instance.guid,
    entity_type_id: 'resource-instance',
    entity_crn: instance.crn,
    resource_instance_id: instance.guid,
    custom_properties: {},
  };
}

/** Always an object with a string `description`: the provider dereferences it. */
function lastOperationView(operation: LastOperation): Members {
  return {
    ...inSnakeCase(operation, 'type', 'state', 'subType', 'async', 'description'),
    reason_code: '',
    poll_after: 0,
    cancelable: isCancelable(operation),
    poll: operation.async && operation.state === 'in progress',
  };
}

/**
 * What a service tells of its instance. The provider reads it unchecked: it takes the address of Key Protect from here, and
 * from the word `private` in it that an endpoint is one; of Event Streams, the brokers.
 * Source: terraform-provider-ibm (resource_ibm_kms_key.go, resource_ibm_event_streams_topic.go); Kafka's hosts and version are
 * judged: there is none here, so that the hosts can never be resolved.
 */
function extensionsOf(call: Call, { serviceName, guid }: Instance): Members {
  switch (serviceName) {
    case 'kms':
      return { endpoints: { public: call.origin, private: `${call.origin}${privateRoot}` } };
    case 'messagehub': {
      const host = `${guid}.eventstreams.invalid`;
      return {
        kafka_admin_url: `https://${host}`,
        kafka_http_url: `https://${host}`,
        kafka_brokers_sasl: [0, 1, 2].map((broker) => `broker-${broker}-${host}:9093`),
        kafka_broker_version: '3.8',
      };
    }
    default:
      return {};
  }
}
