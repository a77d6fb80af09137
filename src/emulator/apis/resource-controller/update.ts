import { isDeepStrictEqual } from 'node:util';
import { findPlan } from '../../core/account/catalog.ts';
import { type Instance, instances } from '../../core/account/instances.ts';
import { brokerRefuses, refuse } from '../../core/words/resources.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { type Patch, readPatch } from './body.ts';
import { addressed } from './reads.ts';
import { changeInstance, isBusy, operation, provisioningMs, recordInstance, saveInstance } from './state.ts';
import { instanceView, shownParameters } from './view.ts';

/** Kind of the timer that ends an asynchronous update. */
export const updatedTimer = 'resource-controller/updated';

/**
 * `PATCH /v2/resource_instances/{id}` → 200, or 202 where the service works asynchronously: a name changes at once,
 * parameters and plan when the update is done. Given parameters are set, others stay as they are; shown are those of
 * the last request alone. One that asks for the parameters of the last and nothing else is answered and dropped, where
 * the disposition is harsh.
 * @throws ApiError 422 while locked, or while an operation runs (UNSURE in the reference: could be 409); 400 for what
 * the service refuses.
 * Source: platform reference, "Update, lock"; deployments reference, "RC update, delete" (it stays `active` meanwhile);
 * IBM Quantum docs, "Instances" through the platform API, revised 2026-07 (`parameters` hold the most recent request; an
 * identical one is ignored). The API's own description says "current configuration parameters".
 */
export function updateInstance(world: World, call: Call): Reply {
  const instance = addressed(world, call, 'Editor');
  requireChangeable(call, instance);
  const patch = readPatch(world, call);
  if (isRepeated(world, instance, patch)) return { status: 200, body: instanceView(world, call, instance) };
  if (patch.plan !== undefined) requireSamePlanFamily(world, call, instance, patch.plan.id);
  // A name is the platform's own; what else is changed, the service has to do.
  if (patch.parameters !== undefined || patch.plan !== undefined) {
    const refused = world.ports.admitUpdate(world, instance, patch.parameters ?? {});
    if (refused !== undefined) throw brokerRefuses(call, refused);
  }
  recordInstance(world, instance, 'update', call.identity.iamId);
  const isAsync = world.ports.serviceNamed(world.store, instance.serviceName).provisions === 'async';
  const description = 'Started update instance operation';
  const started: Instance = {
    ...instance,
    name: patch.name ?? instance.name,
    allowCleanup: patch.allowCleanup ?? instance.allowCleanup,
    updatedAt: world.now().toISOString(),
    updatedBy: call.identity.iamId,
    updating: {
      parameters: { ...instance.parameters, ...patch.parameters },
      lastParameters: patch.parameters ?? instance.lastParameters,
      planId: patch.plan?.id ?? instance.planId,
    },
    lastOperation: operation('update', 'in progress', { async: isAsync, description }),
  };
  if (!isAsync) return { status: 200, body: instanceView(world, call, saveInstance(world, updated(world, started))) };
  world.scheduleIn(provisioningMs(world, instance), { kind: updatedTimer, payload: instance.guid });
  return { status: 202, body: instanceView(world, call, saveInstance(world, started)) };
}

function isRepeated(world: World, instance: Instance, { parameters, ...others }: Patch): boolean {
  const isAlone = Object.values(others).every((value) => value === undefined);
  return world.settings.disposition === 'harsh' && isAlone && isDeepStrictEqual(parameters, shownParameters(instance));
}

/** Timer: the update is done. */
export function finishUpdate(world: World, payload: Json): void {
  const instance = instances(world.store).get(String(payload));
  if (instance?.updating !== undefined) saveInstance(world, updated(world, instance));
}

/**
 * `POST` and `DELETE /v2/resource_instances/{id}/lock` → 200. A locked instance refuses PATCH and DELETE, but not what is
 * done inside it.
 */
export function setLock(world: World, call: Call): Reply {
  const locked = call.method === 'POST';
  const instance = addressed(world, call, 'Editor');
  if (isBusy(instance)) throw refuse(call, 422, 'The instance has an operation in progress.');
  if (instance.state !== 'active')
    throw refuse(call, 422, `The instance is in state ${instance.state} and cannot be locked or unlocked.`);
  const lastOperation = operation(locked ? 'lock' : 'unlock', 'succeeded');
  const written = changeInstance(world, instance, call.identity.iamId, { locked, lastOperation });
  return { status: 200, body: instanceView(world, call, written) };
}

function updated(world: World, instance: Instance): Instance {
  const { parameters, lastParameters, planId } = instance.updating ?? instance;
  const at = world.now().toISOString();
  const row = { planId, startDate: at, requestorId: instance.updatedBy };
  return {
    ...instance,
    parameters,
    lastParameters,
    planId,
    targetCrn: instance.targetCrn.replace(encodeURIComponent(instance.planId), encodeURIComponent(planId)),
    updating: undefined,
    updatedAt: at,
    planHistory: planId === instance.planId ? instance.planHistory : [...instance.planHistory, row],
    lastOperation: { ...instance.lastOperation, state: 'succeeded', description: 'Update completed successfully' },
  };
}

function requireChangeable(call: Call, instance: Instance): void {
  if (instance.locked) throw refuse(call, 422, 'The instance is locked.');
  if (isBusy(instance)) throw refuse(call, 422, 'The instance has an operation in progress.');
  if (instance.state === 'removed') throw refuse(call, 410, 'The instance was removed.');
  if (instance.state !== 'active')
    throw refuse(call, 422, `The instance is in state ${instance.state} and cannot be updated.`);
}

function requireSamePlanFamily(world: World, call: Call, instance: Instance, planId: string): void {
  const found = findPlan(world.store, planId);
  if (found?.offering.name !== instance.serviceName || !found.plan.locations.includes(instance.region)) {
    const where = `${instance.serviceName} in ${instance.region}`;
    throw refuse(call, 400, `The resource plan '${planId}' is not a plan of ${where}.`);
  }
}
