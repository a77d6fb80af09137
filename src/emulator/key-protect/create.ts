import { randomBytes } from 'node:crypto';
import type { Reply } from '../world.ts';
import { assertAliasFree, assertAliasQuota } from './aliases.ts';
import { dateOf } from './dates.ts';
import { assertRing, type Desk, recordAction } from './desk.ts';
import { envelope, wantsRepresentation } from './envelope.ts';
import { readKey, readOneResource, type WantedKey } from './key-body.ts';
import { expireLater } from './lifecycle.ts';
import { bitSizeOf, readMaterial } from './material.ts';
import { aliases, type Key, keys, materials } from './state.ts';
import { viewKey } from './view.ts';

/** `POST /keys`: a generated or an imported key. Its aliases come with it or the key does not come at all. */
export function createKey(desk: Desk): Reply {
  const { world, call } = desk;
  const given = readOneResource(desk);
  const ring = call.header('x-kms-key-ring') || 'default';
  const wanted = readKey(desk, given);
  const imported = readMaterial(desk, given, !wanted.extractable);
  assertRing(desk, ring);
  assertAliasQuota(desk, wanted.aliases.length);
  for (const alias of wanted.aliases) assertAliasFree(desk, alias);

  const material = imported?.bytes ?? randomBytes(32);
  const size = wanted.extractable ? {} : bitSizeOf(material);
  const key: Key = { ...newKey(desk, wanted, ring), ...size, imported: imported !== undefined };
  keys(world.store).put(key.id, key);
  const base64 = material.toString('base64');
  materials(world.store).put(key.id, { base64 });
  putAliases(desk, key);
  expireLater(world, key);
  recordAction(desk, 'kms.secrets.create', key.crn, { keyId: key.id, keyRingId: ring, keyState: 1 });
  // Without `Prefer` the docs are unclear; Terraform needs id and crn. Source: Key Protect reference, "Create".
  const withPayload = key.extractable && wantsRepresentation(desk);
  return envelope(201, 'key', [{ ...viewKey(key, world.now()), ...(withPayload ? { payload: base64 } : {}) }]);
}

function newKey({ world, call, instance }: Desk, wanted: WantedKey, ring: string): Key {
  const id = world.newId();
  const date = dateOf(world.now());
  return {
    ...wanted,
    id,
    instanceGuid: instance.guid,
    crn: `${instance.crn.split(':').slice(0, 8).join(':')}:key:${id}`,
    state: 1,
    imported: false,
    keyRingId: ring,
    creationDate: date,
    createdBy: call.identity.iamId,
    lastUpdateDate: date,
    lastRotateDate: undefined,
    // The first version's id is the key's. Source: Key Protect reference, "Key object" (`keyVersion`).
    versions: [{ id, creationDate: date }],
    rotation: undefined,
    dualAuthDelete: undefined,
    stateChangedAt: world.now().toISOString(),
    deletionDate: undefined,
    deletedBy: undefined,
    setForDeletion: undefined,
    notified: undefined,
  };
}

function putAliases({ world, call, instance }: Desk, key: Key): void {
  for (const alias of key.aliases) {
    const createdBy = call.identity.iamId;
    const record = { alias, instanceGuid: instance.guid, keyId: key.id, createdBy, creationDate: key.creationDate };
    aliases(world.store).put(`${instance.guid}/${alias}`, record);
  }
}
