import { dialect } from '../../core/words/resources.ts';
import type { Operation, Timers } from '../../core/world.ts';
import { cancelLastOperation } from './cancel.ts';
import { handlersOf, listOfAlias, listOfInstance } from './children.ts';
import { createAlias, createBinding, createKey } from './children-create.ts';
import { createInstance, finishProvisioning, provisionedTimer } from './create.ts';
import { getInstance, listInstances } from './reads.ts';
import { actOnReclamation, finishAction, listReclamations, reclamationTimer } from './reclamations.ts';
import { deletedTimer, deleteInstance, endRetention, finishDeletion, retentionTimer } from './remove.ts';
import { finishUpdate, lockInstance, unlockInstance, updatedTimer, updateInstance } from './update.ts';

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
export const operations: readonly Operation[] = [
  { name: 'listResourceInstances', method: 'GET', path: all, handle: listInstances },
  { name: 'createResourceInstance', method: 'POST', path: all, handle: createInstance },
  { name: 'getResourceInstance', method: 'GET', path: one, handle: getInstance },
  { name: 'updateResourceInstance', method: 'PATCH', path: one, handle: updateInstance },
  { name: 'deleteResourceInstance', method: 'DELETE', path: one, handle: deleteInstance },
  { name: 'lockResourceInstance', method: 'POST', path: `${one}/lock`, handle: lockInstance },
  { name: 'unlockResourceInstance', method: 'DELETE', path: `${one}/lock`, handle: unlockInstance },
  {
    name: 'cancelLastopResourceInstance',
    method: 'DELETE',
    path: `${one}/last_operation`,
    handle: cancelLastOperation,
    judged: 'what a cancelled create leaves',
  },
  {
    name: 'listResourceAliasesForInstance',
    method: 'GET',
    path: `${one}/resource_aliases`,
    handle: listOfInstance('alias'),
    judged: bySdk,
  },
  { name: 'listResourceKeysForInstance', method: 'GET', path: `${one}/resource_keys`, handle: listOfInstance('key') },
  {
    name: 'listResourceBindingsForInstance',
    method: 'GET',
    path: `${one}/resource_bindings`,
    handle: listOfInstance('binding'),
    judged: bySdk,
  },
  { name: 'listResourceKeys', method: 'GET', path: keys, handle: key.list },
  { name: 'createResourceKey', method: 'POST', path: keys, handle: createKey },
  { name: 'getResourceKey', method: 'GET', path: `${keys}/{id}`, handle: key.get },
  { name: 'updateResourceKey', method: 'PATCH', path: `${keys}/{id}`, handle: key.rename },
  { name: 'deleteResourceKey', method: 'DELETE', path: `${keys}/{id}`, handle: key.remove },
  { name: 'listResourceBindings', method: 'GET', path: bindings, handle: binding.list, judged: bySdk },
  { name: 'createResourceBinding', method: 'POST', path: bindings, handle: createBinding, judged: bySdk },
  { name: 'getResourceBinding', method: 'GET', path: `${bindings}/{id}`, handle: binding.get, judged: bySdk },
  { name: 'updateResourceBinding', method: 'PATCH', path: `${bindings}/{id}`, handle: binding.rename, judged: bySdk },
  { name: 'deleteResourceBinding', method: 'DELETE', path: `${bindings}/{id}`, handle: binding.remove, judged: bySdk },
  { name: 'listResourceAliases', method: 'GET', path: aliases, handle: alias.list, judged: bySdk },
  { name: 'createResourceAlias', method: 'POST', path: aliases, handle: createAlias, judged: bySdk },
  { name: 'getResourceAlias', method: 'GET', path: `${aliases}/{id}`, handle: alias.get, judged: bySdk },
  { name: 'updateResourceAlias', method: 'PATCH', path: `${aliases}/{id}`, handle: alias.rename, judged: bySdk },
  { name: 'deleteResourceAlias', method: 'DELETE', path: `${aliases}/{id}`, handle: alias.remove, judged: bySdk },
  {
    name: 'listResourceBindingsForAlias',
    method: 'GET',
    path: `${aliases}/{id}/resource_bindings`,
    handle: listOfAlias('binding'),
    judged: bySdk,
  },
  {
    name: 'listResourceKeysForAlias',
    method: 'GET',
    path: `${aliases}/{id}/resource_keys`,
    handle: listOfAlias('key'),
    judged: bySdk,
  },
  { name: 'listReclamations', method: 'GET', path: '/v1/reclamations', handle: listReclamations },
  {
    name: 'runReclamationAction',
    method: 'POST',
    path: '/v1/reclamations/{id}/actions/{action}',
    handle: actOnReclamation,
  },
].map((row) => ({ ...row, auth: 'bearer', dialect }) as const);

/** What Resource Controller does later. */
export const timers: Timers = {
  [provisionedTimer]: finishProvisioning,
  [updatedTimer]: finishUpdate,
  [deletedTimer]: finishDeletion,
  [retentionTimer]: endRetention,
  [reclamationTimer]: finishAction,
};
