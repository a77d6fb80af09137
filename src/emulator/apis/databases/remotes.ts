import { instances } from '../../core/account/instances.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { addressed, type Deployment, notFound, objectIn, unprocessable } from './deployment.ts';
import { databases } from './state.ts';
import { start } from './tasks.ts';

/** Source: deployments reference, "Parameters (classic plans)" (`remote_leader_id`; recovery to a point in time). */
const withReplicas: readonly string[] = ['postgresql', 'mysql', 'enterprisedb'];

const week = 7 * 86_400_000;

/** `GET /deployments/{id}/remotes`: whose read replica it is, and which ones it has. */
export function listRemotes(world: World, call: Call): Reply {
  const { instance, database } = addressed(world, call);
  const replicas = instances(world.store)
    .by('leader', instance.crn)
    .filter(({ guid, state }) => state === 'active' && databases(world.store).get(guid)?.promoted !== true)
    .map(({ crn }) => crn);
  const leader = database.promoted === true ? '' : String(instance.parameters['remote_leader_id'] ?? '');
  return { status: 200, body: { remotes: { leader, replicas } } };
}

/** `POST /deployments/{id}/remotes/resync`. @throws ApiError 422 for what is no read replica (judged) */
export function resyncReplica(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  requireReplica(deployment);
  return { ...start(world, deployment, 'instance', 'Resyncing with the leader', {}), status: 200 };
}

/**
 * `POST /deployments/{id}/remotes/promotion`: it stands by itself when the task is done.
 * @throws ApiError 422 for what is no read replica, and without `promotion` in the body (both judged)
 */
export function promoteReplica(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  requireReplica(deployment);
  if (objectIn(call, 'promotion') === undefined) throw unprocessable('promotion', "can't be blank");
  return { ...start(world, deployment, 'instance', 'Promoting the read replica', { promoted: true }), status: 200 };
}

/**
 * `GET /deployments/{id}/point_in_time_recovery_data`: from its create on, a week at most.
 * @throws ApiError 422 for a type that cannot be recovered so (judged)
 */
export function getPointInTimeRecovery(world: World, call: Call): Reply {
  const { instance, type } = addressed(world, call);
  if (!withReplicas.includes(type.type)) {
    throw unprocessable('deployment', `${type.type} cannot be recovered to a point in time`);
  }
  const earliest = new Date(Math.max(Date.parse(instance.createdAt), world.now().getTime() - week));
  const time = `${earliest.toISOString().slice(0, 19)}Z`;
  return { status: 200, body: { point_in_time_recovery_data: { earliest_point_in_time_recovery_time: time } } };
}

function requireReplica({ instance, database }: Deployment): void {
  if (instance.parameters['remote_leader_id'] === undefined || database.promoted === true) {
    throw unprocessable('deployment', 'is no read replica');
  }
}

/**
 * `POST /deployments/{id}/postgresql/logical_replication_slots`. What PostgreSQL must be configured to first is not looked
 * at (judged).
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

/**
 * `DELETE …/{name}`; of one that is not there it is a task too.
 * Source: cloud-databases-go-sdk, integration tests (DeleteLogicalReplicationSlot), which delete one that nobody made.
 */
export function deleteSlot(world: World, call: Call): Reply {
  const deployment = postgresql(world, call);
  const name = call.params['name'] ?? '';
  const slots = deployment.database.slots ?? [];
  const left = slots.filter((slot) => slot !== name);
  return start(world, deployment, 'configuration', `Deleting replication slot ${name}`, { slots: left });
}

function postgresql(world: World, call: Call): Deployment {
  const deployment = addressed(world, call);
  if (deployment.type.type !== 'postgresql') throw notFound();
  return deployment;
}
