import type { Call, Reply, World } from '../world.ts';
import { refuse } from './errors.ts';
import { isUpdatedWithin, page } from './page.ts';
import { findInstance, type Instance, instances } from './state.ts';
import { instanceView } from './view.ts';

const states = [
  'pre_provisioning',
  'provisioning',
  'active',
  'inactive',
  'failed',
  'pending_reclamation',
  'pending_removal',
  'removed',
];
const filters = [
  'guid',
  'name',
  'resource_group_id',
  'resource_id',
  'resource_plan_id',
  'type',
  'sub_type',
  'state',
  'updated_from',
  'updated_to',
  'account_id',
];

/** The instance that the path names, by CRN or GUID, in whatever state. @throws ApiError 404 */
export function addressed(world: World, call: Call): Instance {
  const id = call.params['id'] ?? '';
  const instance = findInstance(world, id);
  if (instance === undefined) throw refuse(call, 404, `Resource instance '${id}' not found.`);
  return instance;
}

/** `GET /v2/resource_instances/{id}`: removed instances too, for ever (how long IBM keeps them is UNSURE). */
export function getInstance(world: World, call: Call): Reply {
  return { status: 200, body: instanceView(world, call, addressed(world, call)) };
}

/**
 * `GET /v2/resource_instances`. Without `state` only active and provisioning ones.
 *
 * Source: platform reference, "Operations" (Resource Controller).
 */
export function listInstances(world: World, call: Call): Reply {
  const state = call.query.get('state');
  if (state !== null && !states.includes(state)) throw refuse(call, 400, `The state '${state}' is unknown.`);
  const body = page(call, {
    path: '/v2/resource_instances',
    filters,
    find: (query) =>
      instances(world.store)
        .all()
        .filter((instance) => isWanted(instance, query)),
    view: (instance) => instanceView(world, call, instance),
  });
  return { status: 200, body };
}

function isWanted(instance: Instance, query: URLSearchParams): boolean {
  const facts: Readonly<Record<string, string>> = {
    guid: instance.guid,
    name: instance.name,
    resource_group_id: instance.resourceGroupId,
    resource_id: instance.resourceId,
    resource_plan_id: instance.planId,
    type: 'service_instance',
    sub_type: 'Public',
    account_id: instance.accountId,
    state: instance.state,
  };
  const fits = [...query].every(([name, value]) => facts[name] === undefined || facts[name] === value);
  const isStateWanted = query.has('state') || instance.state === 'active' || instance.state === 'provisioning';
  return fits && isStateWanted && isUpdatedWithin(instance.updatedAt, query);
}
