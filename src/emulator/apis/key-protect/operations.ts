import type { Operation, Reactions, Timers } from '../../core/world.ts';
import { actOnKey } from './actions.ts';
import { createAlias, deleteAlias } from './aliases.ts';
import { createKey, createKeyWithOverrides } from './create.ts';
import { operation as row } from './desk.ts';
import { createImportToken, getImportToken } from './import-token.ts';
import { adoptNetwork, getAllowedIpPort, getInstancePolicies, putInstancePolicies } from './instance-policies.ts';
import * as lifecycle from './lifecycle.ts';
import { countKeys, listKeys } from './list.ts';
import { getPolicies, putPolicies } from './policies.ts';
import { getKey, getKeyMetadata, listVersions, patchKey } from './read.ts';
import { listKeyRegistrations, listRegistrations, refuseAcknowledgement, refuseRegistration } from './registrations.ts';
import { createRing, deleteRing, listRings } from './rings.ts';
import { rotateByPolicy, rotationTimer } from './rotate.ts';

const created = 'Key could not be created';
const read = 'Key could not be retrieved';
const listed = 'Keys could not be retrieved';
const registered = 'Registrations could not be retrieved';
const acted = 'Action could not be performed on key';

/**
 * Key Protect, as far as design 9 needs it; what is not here answers 501.
 * `/keys/registrations` stands before `/keys/{id}`: `registrations` can be no alias.
 * Source: Key Protect reference, "Keys: CRUD" to "Registrations".
 */
export const operations: readonly Operation[] = [
  row('createKey', 'POST /keys', created, createKey),
  row('createKeyWithPoliciesOverrides', 'POST /keys_with_policy_overrides', created, createKeyWithOverrides),
  row('getKeys', 'GET /keys', listed, listKeys),
  row('getKeyCollectionMetadata', 'HEAD /keys', listed, countKeys),
  row('getRegistrationsAllKeys', 'GET /keys/registrations', registered, listRegistrations),
  row('getKey', 'GET /keys/{id}', read, getKey),
  row('patchKey', 'PATCH /keys/{id}', 'Key could not be updated', patchKey),
  row('deleteKey', 'DELETE /keys/{id}', 'Key could not be deleted', lifecycle.deleteKey),
  row('actionOnKey', 'POST /keys/{id}', acted, actOnKey),
  row('purgeKey', 'DELETE /keys/{id}/purge', 'Key could not be purged', lifecycle.purgeKey),
  row('getKeyMetadata', 'GET /keys/{id}/metadata', read, getKeyMetadata),
  row('getKeyVersions', 'GET /keys/{id}/versions', 'Key versions could not be retrieved', listVersions),
  row('restoreKey', 'POST /keys/{id}/restore', 'Key could not be restored', lifecycle.restoreKey),
  row('actOnKey', 'POST /keys/{id}/actions/{action}', acted, actOnKey),
  row('getPolicy', 'GET /keys/{id}/policies', 'Policies could not be retrieved', getPolicies),
  row('putPolicy', 'PUT /keys/{id}/policies', 'Policy could not be created', putPolicies),
  row('getRegistrations', 'GET /keys/{id}/registrations', registered, listKeyRegistrations),
  ...(['POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
    row(
      `${method.toLowerCase()}Registration`,
      `${method} /keys/{id}/registrations/{crn}`,
      'Registration could not be changed',
      refuseRegistration,
    ),
  ),
  row('eventAck', 'POST /event_ack', 'Event could not be acknowledged', refuseAcknowledgement),
  row('createKeyAlias', 'POST /keys/{id}/aliases/{alias}', 'Key alias could not be created', createAlias),
  row('deleteKeyAlias', 'DELETE /keys/{id}/aliases/{alias}', 'Key alias could not be deleted', deleteAlias),
  row('getInstancePolicy', 'GET /instance/policies', 'Instance policy could not be retrieved', getInstancePolicies),
  row('putInstancePolicy', 'PUT /instance/policies', 'Instance policy could not be created', putInstancePolicies),
  row('getAllowedIPPort', 'GET /instance/allowed_ip_port', 'Allowed IP port could not be retrieved', getAllowedIpPort),
  row('postImportToken', 'POST /import_token', 'Import Token could not be created', createImportToken),
  row('getImportToken', 'GET /import_token', 'Import Token could not be retrieved', getImportToken),
  row('listKeyRings', 'GET /key_rings', 'Key rings could not be retrieved', listRings),
  row('createKeyRing', 'POST /key_rings/{ring}', 'Key ring could not be created', createRing),
  row('deleteKeyRing', 'DELETE /key_rings/{ring}', 'Key ring could not be deleted', deleteRing),
];

/** What happens to keys by itself. */
export const timers: Timers = {
  [lifecycle.expirationTimer]: lifecycle.expireKey,
  [lifecycle.purgeTimer]: lifecycle.purgeByItself,
  [rotationTimer]: rotateByPolicy,
};

/** What Key Protect does when something happens elsewhere. */
export const reactions: Reactions = {
  'instance.saved': (world, { guid }) => adoptNetwork(world, guid),
  'instance.removed': (world, { guid }) => lifecycle.eraseInstance(world, guid),
};
