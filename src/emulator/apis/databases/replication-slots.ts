import type { Call, Reply, World } from '../../core/world.ts';
import { notFound, unprocessable } from './errors.ts';
import { addressed, type Deployment, objectIn } from './state.ts';
import { start } from './tasks.ts';

/**
 * `POST /deployments/{id}/postgresql/logical_replication_slots`. What PostgreSQL must be configured to first is not looked
 * at (judged).
 *
 * @throws ApiError 404 for another type of database, 422 for what is missing, and for a name that is taken (both judged)
 */
export function createSlot(world: World, call: Call): Reply {
  const deployment = postgresql(world, call);
  const given = objectIn(call, 'logical_replication_slot') ?? {};
  for (const member of ['name', 'database_name', 'plugin_type']) {
    if (typeof given[member] !== 'string' || given[member] === '') throw unprocessable(member, "can't be blank");
  }
  const name = String(given['name']);
  const slots = deployment.database.slots ?? [];
  if (slots.includes(name)) throw unprocessable('name', 'has already been taken');
  return start(world, deployment, 'configuration', `Creating replication slot ${name}`, { slots: [...slots, name] });
}

/** `DELETE …/{name}`. @throws ApiError 404 */
export function deleteSlot(world: World, call: Call): Reply {
  const deployment = postgresql(world, call);
  const name = call.params['name'] ?? '';
  const slots = deployment.database.slots ?? [];
  if (!slots.includes(name)) throw notFound();
  const left = slots.filter((slot) => slot !== name);
  return start(world, deployment, 'configuration', `Deleting replication slot ${name}`, { slots: left });
}

function postgresql(world: World, call: Call): Deployment {
  const deployment = addressed(world, call);
  if (deployment.type.type !== 'postgresql') throw notFound();
  return deployment;
}
