import type { Operation, Timers } from '../world.ts';
import { createInstance, finishProvisioning, provisionedTimer } from './create.ts';
import { dialect } from './errors.ts';
import { getInstance, listInstances } from './reads.ts';
import { actOnReclamation, finishAction, listReclamations, reclamationTimer } from './reclamations.ts';
import { deletedTimer, deleteInstance, endRetention, finishDeletion, retentionTimer } from './remove.ts';
import { finishUpdate, lockInstance, unlockInstance, updatedTimer, updateInstance } from './update.ts';

const all = '/v2/resource_instances';
const one = `${all}/{id}`;

/**
 * Resource Controller: instances and reclamations. Keys, bindings and aliases are not emulated (501).
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
