import type { Instance } from '../../core/account/instances.ts';
import { isObject } from '../../core/json.ts';
import type { Json, Refused, Reply, World } from '../../core/world.ts';
import { after } from './dates.ts';
import { type Desk, openKey, recordAction } from './desk.ts';
import { envelope, wantsRepresentation } from './envelope.ts';
import { eraseToken } from './import-token.ts';
import { eraseInstancePolicies } from './instance-policy.ts';
import { wrongState } from './read.ts';
import { aliases, type Key, keys, materials, registrations, registrationsOn, rings } from './state.ts';
import { purgeableMs, purgedMs, viewKey } from './view.ts';

/** The kind of the timer that purges a destroyed key. */
export const purgeTimer = 'key-protect/purge';

/** `DELETE /keys/{id}/purge`: the record, its registrations, policies, aliases and material are gone. */
export function purgeKey(desk: Desk): Reply {
  const { world } = desk;
  const key = openKey(desk, 'kms.secrets.purge');
  if (key.state !== 5 || key.deletionDate === undefined) throw wrongState(desk, 'destroyed');
  if (world.now() < after(key.deletionDate, purgeableMs)) {
    const message =
      'The key was updated recently: Please wait and try again: Purge operation is allowed 4h0m0s after key is deleted';
    throw desk.refuse({ status: 409, code: 'REQ_TOO_EARLY_ERR', message });
  }
  eraseKey(world, key);
  recordAction(desk, 'kms.secrets.purge', key.crn, { keyId: key.id });
  return wantsRepresentation(desk) ? envelope(200, 'key', [viewKey(key, world.now())]) : { status: 204 };
}

/** Sets the timer of a key that was just destroyed. */
export function purgeLater(world: World, keyId: string, deletionDate: string): void {
  world.schedule(after(deletionDate, purgedMs), { kind: purgeTimer, payload: { keyId, deletionDate } });
}

/** Timer: the key was destroyed 90 days ago, unless it was restored since. */
export function purgeByItself(world: World, payload: Json): void {
  const { keyId, deletionDate } = isObject(payload) ? payload : {};
  const key = keys(world.store).get(String(keyId));
  if (key?.state !== 5 || key.deletionDate !== deletionDate) return;
  eraseKey(world, key);
  world.record({
    action: 'kms.secrets.purge',
    at: world.now().toISOString(),
    target: key.crn,
    initiator: 'kms',
    outcome: 'success',
    severity: 'normal',
    data: { keyId: key.id, instanceID: key.instanceGuid },
  });
}

/** An instance with keys that are not destroyed is not deleted. */
export function refusesDeletion({ store }: World, { guid }: Instance): Refused | undefined {
  const held = keys(store)
    .by('instance', guid)
    .filter(({ state }) => state !== 5);
  if (held.length === 0) return undefined;
  return { text: `The Key Protect instance holds ${held.length} keys that are not destroyed.`, status: 409 };
}

/** What goes when a Key Protect instance is removed: everything in it, restorable keys too. */
export function eraseInstance(world: World, instanceGuid: string): void {
  eraseToken(world.store, instanceGuid);
  eraseInstancePolicies(world.store, instanceGuid);
  for (const key of keys(world.store).by('instance', instanceGuid)) eraseKey(world, key);
  for (const { id } of rings(world.store).by('instance', instanceGuid))
    rings(world.store).delete(`${instanceGuid}/${id}`);
}

function eraseKey({ store }: World, key: Key): void {
  for (const registration of registrationsOn(store, key.id)) {
    registrations(store).delete(`${key.id}/${registration.resourceCrn}`);
  }
  for (const alias of key.aliases) aliases(store).delete(`${key.instanceGuid}/${alias}`);
  for (const version of key.versions) materials(store).delete(version.id);
  keys(store).delete(key.id);
}
