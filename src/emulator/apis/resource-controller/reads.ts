import type { PlatformRole, PlatformTarget } from '../../core/account/identities.ts';
import { findInstance, type Instance, instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { isUpdatedWithin, page } from './page.ts';
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

/**
 * The instance that the path names, by CRN or GUID, in whatever state, for a caller who has that platform role on it.
 *
 * @throws ApiError 404, or 403 (judged: the reference has neither the status nor the text)
 */
export function addressed(world: World, call: Call, role: PlatformRole = 'Viewer'): Instance {
  const id = call.params['id'] ?? '';
  const instance = findInstance(world, id);
  if (instance === undefined) throw refuse(call, 404, `Resource instance '${id}' not found.`);
  requireRole(world, call, role, instance);
  return instance;
}

/** @throws ApiError 403 */
export function requireRole(world: World, call: Call, role: PlatformRole, target: PlatformTarget): void {
  if (mayOnPlatform(world, call.identity.iamId, role, target)) return;
  throw refuse(call, 403, `You are not authorized: the platform role ${role} on ${target.serviceName} is required.`);
}

/** `GET /v2/resource_instances/{id}`: removed instances too, for ever (how long IBM keeps them is UNSURE). */
export function getInstance(world: World, call: Call): Reply {
  return { status: 200, body: instanceView(world, call, addressed(world, call)) };
}

/**
 * `GET /v2/resource_instances`. Without `state` only active and provisioning ones; never what the caller may not see.
 *
 * Source: platform reference, "Operations" (Resource Controller).
 */
export function listInstances(world: World, call: Call): Reply {
  const state = call.query.get('state');
  if (state !== null && !states.includes(state)) throw refuse(call, 400, `The state '${state}' is unknown.`);
  const { iamId } = call.identity;
  const body = page(world, call, {
    path: '/v2/resource_instances',
    filters,
    find: (query) =>
      instances(world.store)
        .all()
        .filter((instance) => isWanted(instance, query) && mayOnPlatform(world, iamId, 'Viewer', instance)),
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
