import { instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { isObject } from '../../core/json.ts';
import { refuse } from '../../core/words/resources.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { requireRole } from './reads.ts';
import { recordInstance } from './record.ts';
import { reclaim } from './remove.ts';
import { operation, saveInstance } from './save.ts';
import { type Reclamation, reclamations } from './state.ts';
import { reclamationView } from './view.ts';

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
  saveInstance(world, {
    ...instance,
    state: 'active',
    scheduledReclaimAt: undefined,
    scheduledReclaimBy: '',
    restoredAt: at,
    restoredBy: acting.updatedBy,
    updatedAt: at,
    lastOperation: operation('reclamation', 'succeeded', { subType: 'restore' }),
  });
}

/** The body may name on whose behalf (`request_by`). */
function requester(call: Call): string {
  const named = isObject(call.body) ? call.body['request_by'] : undefined;
  return typeof named === 'string' && named !== '' ? named : call.identity.iamId;
}
