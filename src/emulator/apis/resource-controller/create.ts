import type { Service } from '../../core/account/catalog.ts';
import { findGroup } from '../../core/account/groups.ts';
import { type Instance, instances } from '../../core/account/instances.ts';
import { requireOnGroup } from '../../core/account/platform.ts';
import { brokerRefuses, refuse } from '../../core/words/resources.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { readCreate, type Wanted } from './body.ts';
import { addressed, requireRole } from './reads.ts';
import { remove } from './remove.ts';
import { isCancelable, operation, provisioningMs, recordInstance, saveInstance } from './state.ts';
import { instanceView } from './view.ts';

/** Kind of the timer that ends an asynchronous create. */
export const provisionedTimer = 'resource-controller/provisioned';

/**
 * `POST /v2/resource_instances` → 201 and `active`, or 202 and `provisioning`. Names are not unique: the same call
 * twice makes two. The service may refuse (400) before anything is written. Tags are attached by the platform, and so
 * seen in Search after its lag.
 * Source: platform reference, "Create"; that async creates answer 202 is UNSURE (201 is possible).
 */
export function createInstance(world: World, call: Call): Reply {
  const wanted = readCreate(world, call);
  const { resourceGroupId } = wanted;
  requireRole(world, call, 'Editor', { serviceName: wanted.offering.name, resourceGroupId });
  requireOnGroup(world, call, 'Viewer', findGroup(world, resourceGroupId));
  const service = world.ports.serviceNamed(world.store, wanted.offering.name);
  const instance = newInstance(world, call, wanted, service);
  const refused = world.ports.admit(world, instance);
  if (refused !== undefined) throw brokerRefuses(call, refused);
  world.emit('instance.created', { crn: instance.crn, tags: wanted.tags });
  saveInstance(world, instance);
  recordInstance(world, instance, 'create', call.identity.iamId);
  if (service.provisions === 'sync') {
    finishProvisioning(world, instance.guid);
    return { status: 201, body: instanceView(world, call, instances(world.store).get(instance.guid) ?? instance) };
  }
  world.scheduleIn(provisioningMs(world, instance), { kind: provisionedTimer, payload: instance.guid });
  return { status: 202, body: instanceView(world, call, instance) };
}

/** Timer: the instance is `active`, or `failed` where the settings say that its service's provisioning fails. */
export function finishProvisioning(world: World, payload: Json): void {
  const instance = instances(world.store).get(String(payload));
  if (instance?.state !== 'provisioning') return;
  const { async } = instance.lastOperation;
  const fails = world.settings.failProvisioning.includes(instance.serviceName);
  const lastOperation = fails
    ? operation('create', 'failed', { async, description: `Provision of ${instance.serviceName} failed` })
    : operation('create', 'succeeded', { async, description: 'Provision completed successfully' });
  const updatedAt = world.now().toISOString();
  saveInstance(world, { ...instance, state: fails ? 'failed' : 'active', lastOperation, updatedAt });
  if (fails) world.emit('instance.failed', { guid: instance.guid });
}

const unset = { lastParameters: undefined, updating: undefined, updatedBy: '', deletedAt: undefined, deletedBy: '' };
const neverReclaimed = { scheduledReclaimAt: undefined, scheduledReclaimBy: '', restoredAt: undefined, restoredBy: '' };

function newInstance(world: World, call: Call, wanted: Wanted, { provisions }: Service): Instance {
  const { name, region, resourceGroupId, targetCrn, parameters, allowCleanup, offering, plan } = wanted;
  const guid = world.newId();
  const at = world.now().toISOString();
  const by = call.identity.iamId;
  const description = 'Started create instance operation';
  return {
    ...{ guid, name, region, resourceGroupId, targetCrn, parameters, allowCleanup, ...unset, ...neverReclaimed },
    crn: `crn:v1:bluemix:public:${offering.name}:${region}:a/${world.account}:${guid}::`,
    state: 'provisioning',
    serviceName: offering.name,
    resourceId: offering.id,
    planId: plan.id,
    accountId: world.account,
    locked: call.header('Entity-Lock') === 'true',
    createdAt: at,
    createdBy: by,
    updatedAt: at,
    lastOperation: operation('create', 'in progress', { async: provisions === 'async', description }),
    planHistory: [{ planId: plan.id, startDate: at, requestorId: by }],
  };
}

/**
 * `DELETE /v2/resource_instances/{id}/last_operation` → 200: a create that still runs is taken back.
 * @throws ApiError 422 for what cannot be cancelled.
 * Source: platform reference, "Operations" (Resource Controller); that the instance is then `removed`:
 * platform-services-node-sdk ("the resource instance is removed"); its last operation is judged. The refusal's words:
 * platform-services-go-sdk, integration test 53.
 */
export function cancelLastOperation(world: World, call: Call): Reply {
  const instance = addressed(world, call, 'Editor');
  if (!isCancelable(instance.lastOperation)) throw refuse(call, 422, 'The instance is not cancelable.');
  const by = call.identity.iamId;
  world.emit('instance.failed', { guid: instance.guid });
  recordInstance(world, instance, 'delete', by);
  const description = 'The create was cancelled';
  remove(world, instance, by, operation('create', 'failed', { async: true, description }));
  return { status: 200, body: instanceView(world, call, instances(world.store).get(instance.guid) ?? instance) };
}
