import { type Instance, instances, type LastOperation } from '../../core/account/instances.ts';
import type { World } from '../../core/world.ts';

/** Writes an instance, and says so. Every write of an instance goes through here. */
export function saveInstance(world: World, instance: Instance): Instance {
  instances(world.store).put(instance.guid, instance);
  world.emit('instance.saved', { guid: instance.guid });
  return instance;
}

/** How long its service takes to make or change an instance. */
export function provisioningMs({ settings }: World, { serviceName }: Pick<Instance, 'serviceName'>): number {
  return settings.provisioningMsOf[serviceName] ?? settings.provisioningMs;
}

/** A last operation; `async` ones are in progress until a timer ends them. */
export function operation(
  type: LastOperation['type'],
  state: LastOperation['state'],
  options: { readonly async?: boolean; readonly description?: string; readonly subType?: string } = {},
): LastOperation {
  return {
    type,
    state,
    subType: options.subType ?? '',
    async: options.async ?? false,
    description: options.description ?? '',
  };
}
