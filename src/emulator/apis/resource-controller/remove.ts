import { type Instance, instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { isObject } from '../../core/json.ts';
import { brokerRefuses, refuse } from '../../core/words/resources.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { removeDependants } from './children.ts';
import { dependants } from './children-view.ts';
import { addressed, requireRole } from './reads.ts';
import { changeInstance, isBusy, operation, type Reclamation, reclamations, recordInstance } from './state.ts';
import { reclamationView } from './view.ts';

/** Kinds of the timers that bring an instance into reclamation, and out of it when retention is over. */
export const deletedTimer = 'resource-controller/deleted';
/** The retention of a deleted instance is over. */
export const retentionTimer = 'resource-controller/retention-over';

/**
 * `DELETE /v2/resource_instances/{id}` → 204. A reclaimable instance is then `pending_reclamation`, with a reclamation
 * row; what failed or has nothing to reclaim is `removed`. With `recursive` its keys, aliases and bindings go too, for
 * good: a restore does not bring them back (UNSURE in the reference).
 * @throws ApiError 422 while locked, busy or in reclamation and for a Key Protect instance with keys, 410 when removed,
 * 400 for one with dependants without `recursive`.
 * Source: platform reference, "Delete and reclamation"; design 9 where traces differ (204, and 422 for the second).
 */
export function deleteInstance(world: World, call: Call): Reply {
  const instance = addressed(world, call, 'Editor');
  requireDeletable(world, call, instance);
  const by = call.identity.iamId;
  const service = world.ports.serviceNamed(world.store, instance.serviceName);
  removeDependants(world, instance.crn, by);
  world.emit('instance.deleted', { guid: instance.guid });
  if (instance.state === 'failed' || service.unreclaimable.includes(instance.planId)) {
    recordInstance(world, instance, 'delete', by);
    remove(world, instance, by, operation('delete', 'succeeded'));
  } else if (world.settings.deletionSettleMs === 0) {
    intoReclamation(world, instance, by);
  } else {
    const description = 'Started delete instance operation';
    changeInstance(world, instance, by, {
      lastOperation: operation('delete', 'in progress', { async: true, description }),
    });
    world.scheduleIn(world.settings.deletionSettleMs, { kind: deletedTimer, payload: instance.guid });
  }
  return { status: 204 };
}

/** Timer: the deletion has settled. */
export function finishDeletion(world: World, payload: Json): void {
  const instance = instances(world.store).get(String(payload));
  if (instance?.state === 'active') intoReclamation(world, instance, instance.updatedBy);
}

/** Timer: retention is over; the platform reclaims what is still there. */
export function endRetention(world: World, payload: Json): void {
  const reclamation = reclamations(world.store).get(String(payload));
  if (reclamation?.state === 'SCHEDULED') reclaim(world, reclamation, 'resource-controller');
}

/**
 * Ends a reclamation for good: the instance is `removed`, its tags and the row are gone.
 * @param initiator who shows in the activity log; the instance itself names whoever the reclamation does
 */
function reclaim(world: World, reclamation: Reclamation, initiator: string): void {
  const instance = instances(world.store).get(reclamation.instanceGuid);
  reclamations(world.store).delete(reclamation.id);
  if (instance?.state !== 'pending_reclamation') return;
  const lastOperation = operation('reclamation', 'succeeded', { subType: 'delete' });
  recordInstance(world, instance, 'delete', initiator);
  remove(world, instance, reclamation.updatedBy, lastOperation);
}

/** Makes an instance `removed`, with what hung on it. */
export function remove(world: World, instance: Instance, by: string, lastOperation: Instance['lastOperation']): void {
  const deletedAt = world.now().toISOString();
  changeInstance(world, instance, by, { state: 'removed', deletedAt, deletedBy: by, lastOperation });
  world.emit('instance.removed', { guid: instance.guid });
}

function intoReclamation(world: World, instance: Instance, by: string): void {
  const now = world.now();
  const at = now.toISOString();
  const until = new Date(now.getTime() + world.ports.serviceNamed(world.store, instance.serviceName).reclamationMs);
  const id = world.newId().replaceAll('-', '');
  reclamations(world.store).put(id, {
    id,
    instanceGuid: instance.guid,
    state: 'SCHEDULED',
    targetTime: until.toISOString(),
    policyId: world.newId().replaceAll('-', ''),
    ...{ createdAt: at, createdBy: by, updatedAt: at, updatedBy: by, actedBy: by },
  });
  recordInstance(world, instance, 'schedule_reclaim', by);
  world.schedule(until, { kind: retentionTimer, payload: id });
  const lastOperation = operation('reclamation', 'succeeded', { subType: 'pending' });
  const scheduled = { scheduledReclaimAt: until.toISOString(), scheduledReclaimBy: by };
  changeInstance(world, instance, by, { state: 'pending_reclamation', ...scheduled, lastOperation });
}

function requireDeletable(world: World, call: Call, instance: Instance): void {
  if (instance.state === 'removed') throw refuse(call, 410, 'The instance was removed.');
  if (instance.state === 'pending_reclamation') {
    const use = 'please use the API to the delete the resource reclamation for the instance.';
    throw refuse(call, 422, `Instance is in reclamation, ${use}`);
  }
  if (instance.locked) throw refuse(call, 422, 'The instance is locked.');
  if (isBusy(instance)) throw refuse(call, 422, 'The instance has an operation in progress.');
  if (dependants(world, instance.crn).length > 0 && call.query.get('recursive') !== 'true') {
    throw refuse(call, 400, 'The instance has keys, aliases or bindings. Delete them first, or use recursive=true.');
  }
  const refused = world.ports.refusesDeletion(world, instance);
  if (refused !== undefined) throw brokerRefuses(call, refused, 422);
}

/** Kind of the timer that ends a reclaim or restore that was asked for. */
export const reclamationTimer = 'resource-controller/reclamation-acted';

/** `GET /v1/reclamations`: unpaged; `resource_instance_id` takes the GUID. */
export function listReclamations(world: World, call: Call): Reply {
  const account = call.query.get('account_id') ?? world.account;
  const guid = call.query.get('resource_instance_id');
  const group = call.query.get('resource_group_id');
  const table = reclamations(world.store);
  const rows = (guid === null ? table.all() : table.by('instance', guid)).flatMap((reclamation) => {
    const instance = instances(world.store).get(reclamation.instanceGuid);
    const isWanted =
      instance !== undefined &&
      instance.accountId === account &&
      (group === null || instance.resourceGroupId === group) &&
      mayOnPlatform(world, call.identity.iamId, 'Viewer', instance);
    return isWanted ? [reclamationView(instance, reclamation)] : [];
  });
  return { status: 200, body: { resources: rows } };
}

/**
 * `POST /v1/reclamations/{id}/actions/{reclaim|restore}` → 200 with `RECLAIMING` or `RESTORING`; the effect follows
 * after `deletionSettleMs`.
 * Source: platform reference, "Delete and reclamation"; the state's name after reclaim is UNSURE.
 */
export function actOnReclamation(world: World, call: Call): Reply {
  const { id = '', action = '' } = call.params;
  const reclamation = reclamations(world.store).get(id);
  const instance = reclamation === undefined ? undefined : instances(world.store).get(reclamation.instanceGuid);
  if (reclamation === undefined || instance === undefined) throw refuse(call, 404, `Reclamation '${id}' not found.`);
  requireRole(world, call, 'Editor', instance);
  if (action !== 'reclaim' && action !== 'restore')
    throw refuse(call, 400, `The action '${action}' is neither reclaim nor restore.`);
  if (reclamation.state !== 'SCHEDULED') throw refuse(call, 422, `The reclamation is ${reclamation.state} already.`);
  const now = world.now();
  const acting: Reclamation = {
    ...reclamation,
    state: action === 'reclaim' ? 'RECLAIMING' : 'RESTORING',
    updatedAt: now.toISOString(),
    updatedBy: requester(call),
    actedBy: call.identity.iamId,
  };
  reclamations(world.store).put(id, acting);
  const settleMs = world.settings.deletionSettleMs;
  if (settleMs === 0) finish(world, acting);
  else world.schedule(new Date(now.getTime() + settleMs), { kind: reclamationTimer, payload: id });
  return { status: 200, body: reclamationView(instance, acting) };
}

/** Timer: the action takes effect. */
export function finishAction(world: World, payload: Json): void {
  const acting = reclamations(world.store).get(String(payload));
  if (acting !== undefined) finish(world, acting);
}

function finish(world: World, acting: Reclamation): void {
  if (acting.state === 'RECLAIMING') reclaim(world, acting, acting.actedBy);
  else restore(world, acting);
}

/** Same CRN, GUID, parameters and registrations; the row is gone. */
function restore(world: World, acting: Reclamation): void {
  const instance = instances(world.store).get(acting.instanceGuid);
  reclamations(world.store).delete(acting.id);
  if (instance?.state !== 'pending_reclamation') return;
  const at = world.now().toISOString();
  world.emit('instance.restored', { guid: instance.guid });
  recordInstance(world, instance, 'restore', acting.actedBy);
  const lastOperation = operation('reclamation', 'succeeded', { subType: 'restore' });
  const restored = {
    scheduledReclaimAt: undefined,
    scheduledReclaimBy: '',
    restoredAt: at,
    restoredBy: acting.updatedBy,
  };
  changeInstance(world, instance, instance.updatedBy, { state: 'active', ...restored, lastOperation });
}

/** The body may name on whose behalf (`request_by`). */
function requester(call: Call): string {
  const named = isObject(call.body) ? call.body['request_by'] : undefined;
  return typeof named === 'string' && named !== '' ? named : call.identity.iamId;
}
