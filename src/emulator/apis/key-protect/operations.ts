import type { Operation, Reactions, Timers } from '../../core/world.ts';
import { actOnKey } from './actions.ts';
import { createAlias, deleteAlias } from './aliases.ts';
import { createKey, createKeyWithOverrides } from './create.ts';
import { operation } from './desk.ts';
import { createImportToken, getImportToken } from './import-token.ts';
import { getAllowedIpPort, getInstancePolicies, putInstancePolicies } from './instance-policies.ts';
import {
  deleteKey,
  eraseInstance,
  expirationTimer,
  expireKey,
  purgeByItself,
  purgeKey,
  purgeTimer,
  restoreKey,
} from './lifecycle.ts';
import { countKeys, listKeys } from './list.ts';
import { getPolicies, putPolicies } from './policies.ts';
import { getKey, getKeyMetadata, listVersions, patchKey } from './read.ts';
import { listKeyRegistrations, listRegistrations, refuseAcknowledgement, refuseRegistration } from './registrations.ts';
import { createRing, deleteRing, listRings } from './rings.ts';
import { rotateByPolicy, rotationTimer } from './rotate.ts';

const created = 'Key could not be created';
const read = 'Key could not be retrieved';
const acted = 'Action could not be performed on key';

/**
 * Key Protect, as far as design 9 needs it; what is not here answers 501.
 * `/keys/registrations` stands before `/keys/{id}`: `registrations` can be no alias.
 * Source: Key Protect reference, "Keys: CRUD" to "Registrations".
 */
export const operations: readonly Operation[] = [
  operation('createKey', 'POST /keys', created, createKey),
  operation('createKeyWithPoliciesOverrides', 'POST /keys_with_policy_overrides', created, createKeyWithOverrides),
  operation('getKeys', 'GET /keys', 'Keys could not be retrieved', listKeys),
  operation('getKeyCollectionMetadata', 'HEAD /keys', 'Keys could not be retrieved', countKeys),
  operation(
    'getRegistrationsAllKeys',
    'GET /keys/registrations',
    'Registrations could not be retrieved',
    listRegistrations,
  ),
  operation('getKey', 'GET /keys/{id}', read, getKey),
  operation('patchKey', 'PATCH /keys/{id}', 'Key could not be updated', patchKey),
  operation('deleteKey', 'DELETE /keys/{id}', 'Key could not be deleted', deleteKey),
  operation('actionOnKey', 'POST /keys/{id}', acted, actOnKey),
  operation('purgeKey', 'DELETE /keys/{id}/purge', 'Key could not be purged', purgeKey),
  operation('getKeyMetadata', 'GET /keys/{id}/metadata', read, getKeyMetadata),
  operation('getKeyVersions', 'GET /keys/{id}/versions', 'Key versions could not be retrieved', listVersions),
  operation('restoreKey', 'POST /keys/{id}/restore', 'Key could not be restored', restoreKey),
  operation('actOnKey', 'POST /keys/{id}/actions/{action}', acted, actOnKey),
  operation('getPolicy', 'GET /keys/{id}/policies', 'Policies could not be retrieved', getPolicies),
  operation('putPolicy', 'PUT /keys/{id}/policies', 'Policy could not be created', putPolicies),
  operation(
    'getRegistrations',
    'GET /keys/{id}/registrations',
    'Registrations could not be retrieved',
    listKeyRegistrations,
  ),
  ...(['POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
    operation(
      `${method.toLowerCase()}Registration`,
      `${method} /keys/{id}/registrations/{crn}`,
      'Registration could not be changed',
      refuseRegistration,
    ),
  ),
  operation('eventAck', 'POST /event_ack', 'Event could not be acknowledged', refuseAcknowledgement),
  operation('createKeyAlias', 'POST /keys/{id}/aliases/{alias}', 'Key alias could not be created', createAlias),
  operation('deleteKeyAlias', 'DELETE /keys/{id}/aliases/{alias}', 'Key alias could not be deleted', deleteAlias),
  operation(
    'getInstancePolicy',
    'GET /instance/policies',
    'Instance policy could not be retrieved',
    getInstancePolicies,
  ),
  operation('putInstancePolicy', 'PUT /instance/policies', 'Instance policy could not be created', putInstancePolicies),
  operation(
    'getAllowedIPPort',
    'GET /instance/allowed_ip_port',
    'Allowed IP port could not be retrieved',
    getAllowedIpPort,
  ),
  operation('postImportToken', 'POST /import_token', 'Import Token could not be created', createImportToken),
  operation('getImportToken', 'GET /import_token', 'Import Token could not be retrieved', getImportToken),
  operation('listKeyRings', 'GET /key_rings', 'Key rings could not be retrieved', listRings),
  operation('createKeyRing', 'POST /key_rings/{ring}', 'Key ring could not be created', createRing),
  operation('deleteKeyRing', 'DELETE /key_rings/{ring}', 'Key ring could not be deleted', deleteRing),
];

/** What happens to keys by itself. */
export const timers: Timers = {
  [expirationTimer]: expireKey,
  [purgeTimer]: purgeByItself,
  [rotationTimer]: rotateByPolicy,
};

/** What Key Protect does when something happens elsewhere. */
export const reactions: Reactions = { 'instance.removed': (world, { guid }) => eraseInstance(world, guid) };
