import { dialect, refuse } from '../../core/words/resources.ts';
import { ApiError, type Operation, operationsOf, type Timers } from '../../core/world.ts';
import { handlersOf, listOfAlias, listOfInstance } from './children.ts';
import { createAlias, createBinding, createKey } from './children-create.ts';
import { cancelLastOperation, createInstance, finishProvisioning, provisionedTimer } from './create.ts';
import { getInstance, listInstances } from './reads.ts';
import * as removal from './remove.ts';
import { finishUpdate, setLock, updatedTimer, updateInstance } from './update.ts';

const all = '/v2/resource_instances';
const one = `${all}/{id}`;

const keys = '/v2/resource_keys';
const bindings = '/v2/resource_bindings';
const aliases = '/v2/resource_aliases';
const key = handlersOf('key');
const binding = handlersOf('binding');
const alias = handlersOf('alias');

/** What their shapes are taken from where the reference says little. */
const bySdk = 'shapes from the SDK';

/**
 * Resource Controller: instances, what hangs on them, and reclamations.
 * Source: platform reference, "Resource Controller v2"; operation ids: platform-services-node-sdk.
 */
export const operations: readonly Operation[] = operationsOf({ auth: 'bearer', dialect }, [
  ['listResourceInstances', `GET ${all}`, listInstances],
  ['createResourceInstance', `POST ${all}`, createInstance],
  ['getResourceInstance', `GET ${one}`, getInstance],
  ['updateResourceInstance', `PATCH ${one}`, updateInstance],
  ['deleteResourceInstance', `DELETE ${one}`, removal.deleteInstance],
  ['lockResourceInstance', `POST ${one}/lock`, setLock],
  ['unlockResourceInstance', `DELETE ${one}/lock`, setLock],
  [
    'cancelLastopResourceInstance',
    `DELETE ${one}/last_operation`,
    cancelLastOperation,
    'what a cancelled create leaves',
  ],
  ['listResourceAliasesForInstance', `GET ${one}/resource_aliases`, listOfInstance('alias'), bySdk],
  ['listResourceKeysForInstance', `GET ${one}/resource_keys`, listOfInstance('key')],
  ['listResourceBindingsForInstance', `GET ${one}/resource_bindings`, listOfInstance('binding'), bySdk],
  ['listResourceKeys', `GET ${keys}`, key.list],
  ['createResourceKey', `POST ${keys}`, createKey],
  ['getResourceKey', `GET ${keys}/{id}`, key.get],
  ['updateResourceKey', `PATCH ${keys}/{id}`, key.rename],
  ['deleteResourceKey', `DELETE ${keys}/{id}`, key.remove],
  ['listResourceBindings', `GET ${bindings}`, binding.list, bySdk],
  ['createResourceBinding', `POST ${bindings}`, createBinding, bySdk],
  ['getResourceBinding', `GET ${bindings}/{id}`, binding.get, bySdk],
  ['updateResourceBinding', `PATCH ${bindings}/{id}`, binding.rename, bySdk],
  ['deleteResourceBinding', `DELETE ${bindings}/{id}`, binding.remove, bySdk],
  ['listResourceAliases', `GET ${aliases}`, alias.list, bySdk],
  ['createResourceAlias', `POST ${aliases}`, createAlias, bySdk],
  ['getResourceAlias', `GET ${aliases}/{id}`, alias.get, bySdk],
  ['updateResourceAlias', `PATCH ${aliases}/{id}`, alias.rename, bySdk],
  ['deleteResourceAlias', `DELETE ${aliases}/{id}`, alias.remove, bySdk],
  ['listResourceBindingsForAlias', `GET ${aliases}/{id}/resource_bindings`, listOfAlias('binding'), bySdk],
  ['listResourceKeysForAlias', `GET ${aliases}/{id}/resource_keys`, listOfAlias('key'), bySdk],
  ['listReclamations', 'GET /v1/reclamations', removal.listReclamations],
  ['runReclamationAction', 'POST /v1/reclamations/{id}/actions/{action}', removal.actOnReclamation],
]).map(rationed);

/**
 * A caller has so many calls of each method in a minute; the answer to one more says when there are others.
 * Source: Resource Controller API, introduction, "Rate limiting" (by method; X-RateLimit-Reset in UNIX epoch time); that
 * there is no Retry-After is judged, and settled by the probe `limits` of `doctor`.
 */
function rationed(operation: Operation): Operation {
  return {
    ...operation,
    handle: (world, call) => {
      const limit = world.settings.controllerCallsPerMinute;
      const over = world.spend(`resource-controller ${call.method} ${call.identity.iamId}`, limit);
      if (over === undefined) return operation.handle(world, call);
      const { reply } = refuse(call, 429, 'Too many requests');
      const reset = String(Math.ceil(over.getTime() / 1000));
      const limits = { 'X-RateLimit-Limit': String(limit), 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': reset };
      throw new ApiError({ ...reply, headers: limits });
    },
  };
}

/** What Resource Controller does later. */
export const timers: Timers = {
  [provisionedTimer]: finishProvisioning,
  [updatedTimer]: finishUpdate,
  [removal.deletedTimer]: removal.finishDeletion,
  [removal.retentionTimer]: removal.endRetention,
  [removal.reclamationTimer]: removal.finishAction,
};
