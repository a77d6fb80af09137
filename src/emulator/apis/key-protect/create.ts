import { randomBytes } from 'node:crypto';
import { type Members, wordsOf } from '../../core/json.ts';
import type { Reply } from '../../core/world.ts';
import { assertAliasFree, assertAliasQuota, assertAliasText, putAlias } from './aliases.ts';
import { assertAllowed, assertRing, type Desk, recordAction } from './desk.ts';
import { badBody, badField, envelope, mediaType, readResources, wantsRepresentation } from './envelope.ts';
import { bitSizeOf, materialMembers, readMaterial } from './import-token.ts';
import { assertMayMake, attributesInForce } from './instance-policies.ts';
import { expireLater } from './lifecycle.ts';
import { type PolicyType, stampPolicy, withPolicy } from './policies.ts';
import { scheduleRotation } from './rotate.ts';
import { dateOf, type Key, keys, materials } from './state.ts';
import { viewKey } from './view.ts';

/** `POST /keys`: a generated or an imported key, with the policies that its instance prescribes. */
export function createKey(desk: Desk): Reply {
  return create(desk, []);
}

/**
 * `POST /keys_with_policy_overrides`: the policies of the request take the place of all that the instance prescribes.
 * Source: keyprotect-go-client, integration_test.go (TestCreateKeyWithPolicyOverrides): without any in the request the key has
 * none. That a request with one of the two says as much of the other is judged.
 */
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
  const prescribed = withPrescribed(desk, plain);
  const key = overridable.reduce((one, type) => override(desk, one, type, given[type]), prescribed);
  const base64 = material.toString('base64');
  save(desk, key, base64);
  recordAction(desk, action, key.crn, { keyId: key.id, keyRingId: ring, keyState: 1 });
  // Without `Prefer` the docs are unclear; Terraform needs id and crn. Source: Key Protect reference, "Create".
  const withPayload = key.extractable && wantsRepresentation(desk);
  return envelope(201, 'key', [{ ...viewKey(key, world.now()), ...(withPayload ? { payload: base64 } : {}) }]);
}

/** A prescribed dual authorization cannot be turned off, only left out; a prescribed interval stands if none is given. */
function override(desk: Desk, key: Key, type: PolicyType, value: unknown): Key {
  if (value === undefined) return { ...key, [type]: undefined };
  return withPolicy(desk, type === 'dualAuthDelete' ? { ...key, dualAuthDelete: undefined } : key, type, value);
}

function save(desk: Desk, key: Key, base64: string): void {
  const { world } = desk;
  keys(world.store).put(key.id, key);
  materials(world.store).put(key.id, { base64 });
  for (const alias of key.aliases) putAlias(desk, key.id, alias);
  expireLater(world, key);
  scheduleRotation(world, key);
}

function newKey({ world, call, instance }: Desk, wanted: WantedKey, ring: string): Key {
  const id = world.newId();
  const date = dateOf(world.now());
  const never = { deletionDate: undefined, deletedBy: undefined, setForDeletion: undefined, notified: undefined };
  return {
    ...{ ...wanted, ...never, id, lastRotateDate: undefined, rotation: undefined, dualAuthDelete: undefined },
    instanceGuid: instance.guid,
    crn: `${instance.crn.split(':').slice(0, 8).join(':')}:key:${id}`,
    state: 1,
    imported: false,
    keyRingId: ring,
    creationDate: date,
    createdBy: call.identity.iamId,
    lastUpdateDate: date,
    // The first version's id is the key's. Source: Key Protect reference, "Key object" (`keyVersion`).
    versions: [{ id, creationDate: date }],
    stateChangedAt: world.now().toISOString(),
  };
}

const members = [...wordsOf('type name description tags expirationDate extractable aliases'), ...materialMembers];

/** What a create says of the key, its material apart. */
export type WantedKey = Pick<Key, 'name' | 'description' | 'tags' | 'aliases' | 'extractable' | 'expirationDate'>;

/** The one resource of a create. @throws ApiError 400 `BAD_BODY_ERR` */
function readOneResource(desk: Desk, more: readonly string[] = []): Members {
  const [given, ...others] = readResources(desk, [...members, ...more]);
  if (given === undefined || others.length > 0) throw badBody(desk, 'exactly one resource is expected');
  return given;
}

/** Source: Key Protect reference, "Key object", "Create". @throws ApiError 400 `INVALID_FIELD_ERR` */
function readKey(desk: Desk, given: Members): WantedKey {
  const { type, name, description, extractable = true } = given;
  if (type !== mediaType('key')) throw badField(desk, 'type', mediaType('key'));
  if (!isText(name, 2, 90)) throw badField(desk, 'name', 'between 2 and 90 characters');
  if (typeof extractable !== 'boolean') throw badField(desk, 'extractable', 'true or false');
  if (description !== undefined && !isText(description, 2, 240)) {
    throw badField(desk, 'description', 'between 2 and 240 characters');
  }
  const tags = readTexts(desk, given, 'tags');
  if (tags.length > 30 || tags.some((tag) => tag.length > 30 || /[<>,:&|]/.test(tag))) {
    throw badField(desk, 'tags', 'at most 30, of at most 30 characters, without < > , : & |');
  }
  const wantedAliases = readTexts(desk, given, 'aliases');
  for (const alias of wantedAliases) assertAliasText(desk, alias);
  if (new Set(wantedAliases).size !== wantedAliases.length)
    throw badField(desk, 'aliases', 'different from each other');
  return { name, description, tags, aliases: wantedAliases, extractable, expirationDate: readExpiration(desk, given) };
}

function readExpiration(desk: Desk, { expirationDate }: Members): string | undefined {
  if (expirationDate === undefined) return undefined;
  const isDate = typeof expirationDate === 'string' && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(expirationDate);
  const moment = isDate ? new Date(expirationDate) : new Date(Number.NaN);
  if (!(moment > desk.world.now())) throw badField(desk, 'expirationDate', 'a date and time of RFC 3339 in the future');
  return dateOf(moment);
}

function readTexts(desk: Desk, given: Members, name: string): readonly string[] {
  const value = given[name] ?? [];
  const isTexts = Array.isArray(value) && value.every((item): item is string => typeof item === 'string');
  if (!isTexts) throw badField(desk, name, 'an array of strings');
  return value;
}

function isText(value: unknown, least: number, most: number): value is string {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

/** A new key with the policies that its instance prescribes. Rotation is for generated root keys. */
function withPrescribed(desk: Desk, key: Key): Key {
  const { store } = desk.world;
  const months = attributesInForce(store, desk.instance.guid, 'rotation')?.['interval_month'];
  const rotates = typeof months === 'number' && !key.extractable && !key.imported;
  const dual = attributesInForce(store, desk.instance.guid, 'dualAuthDelete') !== undefined;
  return {
    ...key,
    ...(rotates ? { rotation: stampPolicy(desk, undefined, { enabled: true, interval_month: months }) } : {}),
    ...(dual ? { dualAuthDelete: stampPolicy(desk, undefined, { enabled: true }) } : {}),
  };
}
