import { randomBytes } from 'node:crypto';
import type { Reply } from '../../core/world.ts';
import { assertAliasFree, assertAliasQuota } from './aliases.ts';
import { dateOf } from './dates.ts';
import { assertAllowed, assertRing, type Desk, recordAction } from './desk.ts';
import { envelope, wantsRepresentation } from './envelope.ts';
import { readKey, readOneResource, type WantedKey } from './key-body.ts';
import { expireLater } from './lifecycle.ts';
import { bitSizeOf, readMaterial } from './material.ts';
import { type PolicyType, withPolicy } from './policies.ts';
import { assertMayMake, withPrescribed } from './prescriptions.ts';
import { scheduleRotation } from './scheduled-rotation.ts';
import { aliases, type Key, keys, materials } from './state.ts';
import { viewKey } from './view.ts';

/** `POST /keys`: a generated or an imported key, with the policies that its instance prescribes. */
export function createKey(desk: Desk): Reply {
  return create(desk, []);
}

/** `POST /keys_with_policy_overrides`: the same, and policies of the request take the place of the prescribed ones. */
export function createKeyWithOverrides(desk: Desk): Reply {
  return create(desk, ['rotation', 'dualAuthDelete']);
}

/** The key's aliases come with it or the key does not come at all. */
function create(desk: Desk, overridable: readonly PolicyType[]): Reply {
  const { world, call } = desk;
  const action = overridable.length === 0 ? 'kms.secrets.create' : 'kms.secrets-with-policy-overrides.create';
  const ring = call.header('x-kms-key-ring') || 'default';
  assertAllowed(desk, action, { ring });
  const given = readOneResource(desk, overridable);
  const wanted = readKey(desk, given);
  const imported = readMaterial(desk, given, !wanted.extractable);
  assertMayMake(desk, wanted.extractable, imported);
  assertRing(desk, ring);
  assertAliasQuota(desk, wanted.aliases.length);
  for (const alias of wanted.aliases) assertAliasFree(desk, alias);

  const material = imported?.bytes ?? randomBytes(32);
  const size = wanted.extractable ? {} : bitSizeOf(material);
  const plain = { ...newKey(desk, wanted, ring), ...size, imported: imported !== undefined };
  const overrides = overridable.filter((type) => given[type] !== undefined);
  const key = overrides.reduce((one, type) => override(desk, one, type, given[type]), withPrescribed(desk, plain));
  const base64 = material.toString('base64');
  save(desk, key, base64);
  recordAction(desk, action, key.crn, { keyId: key.id, keyRingId: ring, keyState: 1 });
  // Without `Prefer` the docs are unclear; Terraform needs id and crn. Source: Key Protect reference, "Create".
  const withPayload = key.extractable && wantsRepresentation(desk);
  return envelope(201, 'key', [{ ...viewKey(key, world.now()), ...(withPayload ? { payload: base64 } : {}) }]);
}

/** A prescribed dual authorization cannot be turned off, only left out; a prescribed interval stands if none is given. */
function override(desk: Desk, key: Key, type: PolicyType, value: unknown): Key {
  return withPolicy(desk, type === 'dualAuthDelete' ? { ...key, dualAuthDelete: undefined } : key, type, value);
}

function save(desk: Desk, key: Key, base64: string): void {
  const { world } = desk;
  keys(world.store).put(key.id, key);
  materials(world.store).put(key.id, { base64 });
  putAliases(desk, key);
  expireLater(world, key);
  scheduleRotation(world, key);
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
