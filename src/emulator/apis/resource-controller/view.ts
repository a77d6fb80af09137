import { groupCrn } from '../../core/account/groups.ts';
import type { Instance, LastOperation } from '../../core/account/instances.ts';
import type { Call, World } from '../../core/world.ts';
import { isCancelable, type Reclamation } from './state.ts';

/**
 * An instance as the API shows it: times with nanoseconds, unset ones null, unset subjects empty strings, `id` is the
 * CRN. Tags are not part of it.
 * Source: platform reference, "Instance object (full)".
 */
export function instanceView(world: World, call: Call, instance: Instance): Readonly<Record<string, unknown>> {
  const url = `/v2/resource_instances/${instance.guid}`;
  return {
    id: instance.crn,
    guid: instance.guid,
    url,
    created_at: nanoseconds(instance.createdAt),
    updated_at: nanoseconds(instance.updatedAt),
    deleted_at: nanoseconds(instance.deletedAt),
    created_by: instance.createdBy,
    updated_by: instance.updatedBy,
    deleted_by: instance.deletedBy,
    scheduled_reclaim_at: nanoseconds(instance.scheduledReclaimAt),
    scheduled_reclaim_by: instance.scheduledReclaimBy,
    restored_at: nanoseconds(instance.restoredAt),
    restored_by: instance.restoredBy,
    name: instance.name,
    region_id: instance.region,
    account_id: instance.accountId,
    reseller_channel_id: '',
    resource_plan_id: instance.planId,
    resource_group_id: instance.resourceGroupId,
    resource_group_crn: groupCrn(world, instance.resourceGroupId),
    target_crn: instance.targetCrn,
    parameters: instance.parameters,
    allow_cleanup: instance.allowCleanup,
    crn: instance.crn,
    state: instance.state,
    type: 'service_instance',
    sub_type: 'Public',
    resource_id: instance.resourceId,
    dashboard_url: null,
    last_operation: lastOperationView(instance.lastOperation),
    resource_aliases_url: `${url}/resource_aliases`,
    resource_bindings_url: `${url}/resource_bindings`,
    resource_keys_url: `${url}/resource_keys`,
    plan_history: instance.planHistory.map((row) => ({
      resource_plan_id: row.planId,
      start_date: nanoseconds(row.startDate),
      requestor_id: row.requestorId,
    })),
    migrated: false,
    extensions: extensionsOf(call, instance),
    controlled_by: '',
    locked: instance.locked,
    onetime_credentials: instance.parameters['onetime_credentials'] === true,
  };
}

/** Nine digits of a second, as Resource Controller writes times; an unset one is null. */
export function nanoseconds(time: string | undefined): string | null {
  return time?.replace(/Z$/, '000000Z') ?? null;
}

/** Source: platform reference, "Delete and reclamation". */
export function reclamationView(instance: Instance, reclamation: Reclamation): Readonly<Record<string, unknown>> {
  return {
    id: reclamation.id,
    entity_id: instance.guid,
    entity_type_id: 'resource-instance',
    entity_crn: instance.crn,
    resource_instance_id: instance.guid,
    resource_group_id: instance.resourceGroupId,
    account_id: instance.accountId,
    policy_id: reclamation.policyId,
    state: reclamation.state,
    target_time: reclamation.targetTime,
    custom_properties: {},
    created_at: reclamation.createdAt,
    created_by: reclamation.createdBy,
    updated_at: reclamation.updatedAt,
    updated_by: reclamation.updatedBy,
  };
}

/** Always an object with a string `description`: the provider dereferences it. */
function lastOperationView(operation: LastOperation): Readonly<Record<string, unknown>> {
  return {
    type: operation.type,
    state: operation.state,
    sub_type: operation.subType,
    async: operation.async,
    description: operation.description,
    reason_code: '',
    poll_after: 0,
    cancelable: isCancelable(operation),
    poll: operation.async && operation.state === 'in progress',
  };
}

/** The provider reads a kms instance's endpoints here, unchecked, and takes its API's address from them. */
function extensionsOf(call: Call, instance: Instance): Readonly<Record<string, unknown>> {
  return instance.serviceName === 'kms' ? { endpoints: { public: call.origin, private: call.origin } } : {};
}
