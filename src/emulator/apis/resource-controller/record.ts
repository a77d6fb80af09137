import type { Instance } from '../../core/account/instances.ts';
import type { World } from '../../core/world.ts';

/**
 * Tells the activity log what happened to an instance: `<service>.instance.<verb>`.
 * Source: IBM Cloud docs, "Auditing events for service instances" (the five verbs); severities are judged.
 *
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
    at: world.now().toISOString(),
    target: instance.crn,
    initiator,
    outcome: 'success',
    severity: verb === 'delete' ? 'critical' : verb === 'create' ? 'normal' : 'warning',
    data: { instanceID: instance.guid, name: instance.name, resourceGroupId: instance.resourceGroupId },
  });
}
