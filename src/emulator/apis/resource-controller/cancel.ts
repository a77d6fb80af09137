import { instances } from '../../core/account/instances.ts';
import { refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { addressed } from './reads.ts';
import { recordInstance } from './record.ts';
import { remove } from './remove.ts';
import { operation } from './save.ts';
import { isCancelable } from './state.ts';
import { instanceView } from './view.ts';

/**
 * `DELETE /v2/resource_instances/{id}/last_operation` → 200: a create that still runs is taken back.
 *
 * @throws ApiError 422 for what cannot be cancelled.
 * Source: platform reference, "Operations" (Resource Controller); that the instance is then `removed`:
 * platform-services-node-sdk ("the resource instance is removed"); its last operation is judged.
 */
export function cancelLastOperation(world: World, call: Call): Reply {
  const instance = addressed(world, call, 'Editor');
  if (!isCancelable(instance.lastOperation)) throw refuse(call, 422, 'The last operation cannot be cancelled.');
  const by = call.identity.iamId;
  world.emit('instance.failed', { guid: instance.guid });
  recordInstance(world, instance, 'delete', by);
  const description = 'The create was cancelled';
  remove(world, instance, by, operation('create', 'failed', { async: true, description }));
  return { status: 200, body: instanceView(world, call, instances(world.store).get(instance.guid) ?? instance) };
}
