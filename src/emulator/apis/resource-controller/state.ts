import { type Instance, instances, type LastOperation } from '../../core/account/instances.ts';
import type { Store, Table } from '../../core/store.ts';
import type { World } from '../../core/world.ts';

/** The soft-delete record of an instance; gone when the instance is restored or removed. */
export interface Reclamation {
  /** 32 hex digits; not the instance's. */
  readonly id: string;
  readonly instanceGuid: string;
  readonly state: 'SCHEDULED' | 'RECLAIMING' | 'RESTORING';
  /** End of retention. */
  readonly targetTime: string;
  readonly policyId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  /** On whose behalf it was changed last; a reclaim or restore may name somebody (`request_by`). */
  readonly updatedBy: string;
  /** IAM id of the caller who changed it last. */
  readonly actedBy: string;
}

/** All reclamations, by their own id. */
export function reclamations(store: Store): Table<Reclamation, 'instance'> {
  return store.table('resource-controller/reclamations', { instance: (one: Reclamation) => one.instanceGuid });
}

/** An asynchronous operation is running: no other may start. */
export function isBusy(instance: Instance): boolean {
  return instance.lastOperation.async && instance.lastOperation.state === 'in progress';
}

/** Only a create that still runs can be taken back (judged: the reference says that some operations cannot). */
export function isCancelable({ type, async, state }: LastOperation): boolean {
  return type === 'create' && async && state === 'in progress';
}

/** Writes an instance, and says so. Every write of an instance goes through here. */
export function saveInstance(world: World, instance: Instance): Instance {
  instances(world.store).put(instance.guid, instance);
  world.emit('instance.saved', { guid: instance.guid });
  return instance;
}

/** Writes what somebody changed of an instance. */
export function changeInstance(world: World, instance: Instance, by: string, change: Partial<Instance>): Instance {
  return saveInstance(world, { ...instance, updatedAt: world.now().toISOString(), updatedBy: by, ...change });
}

/** How long its service takes to make or change an instance. */
export function provisioningMs({ settings }: World, { serviceName }: Pick<Instance, 'serviceName'>): number {
  return settings.provisioningMsOf[serviceName] ?? settings.provisioningMs;
}

/** A last operation; `async` ones are in progress until a timer ends them. */
export function operation(
  type: LastOperation['type'],
  state: LastOperation['state'],
  more: Partial<LastOperation> = {},
): LastOperation {
  return { type, state, subType: '', async: false, description: '', ...more };
}

/**
 * Tells the activity log what happened to an instance: `<service>.instance.<verb>`.
 * Source: IBM Cloud docs, "Auditing events for service instances" (the five verbs); severities are judged.
 * @param initiator IAM id of who did it, or `resource-controller` for what the platform did by itself
 */
export function recordInstance(
  world: World,
  instance: Pick<Instance, 'crn' | 'guid' | 'name' | 'serviceName' | 'resourceGroupId'>,
  verb: 'create' | 'update' | 'schedule_reclaim' | 'restore' | 'delete',
  initiator: string,
): void {
  world.record({
    action: `${instance.serviceName}.instance.${verb}`,
    target: instance.crn,
    initiator,
    severity: verb === 'delete' ? 'critical' : verb === 'create' ? 'normal' : 'warning',
    data: { instanceID: instance.guid, name: instance.name, resourceGroupId: instance.resourceGroupId },
  });
}
