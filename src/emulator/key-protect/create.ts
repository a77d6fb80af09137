import { randomBytes } from 'node:crypto';
import type { Reply } from '../world.ts';
import { assertAliasFree, assertAliasQuota, assertAliasText } from './aliases.ts';
import { dateOf } from './dates.ts';
import { assertRing, type Desk, notEmulated, recordAction } from './desk.ts';
import {
  badBody,
  badField,
  envelope,
  type Members,
  mediaType,
  readResources,
  wantsRepresentation,
} from './envelope.ts';
import { aliases, type Key, keys, materials } from './state.ts';
import { viewKey } from './view.ts';

const members: readonly string[] = [
  'type',
  'name',
  'description',
  'tags',
  'expirationDate',
  'extractable',
  'aliases',
  'payload',
  'encryptionAlgorithm',
  'encryptedNonce',
  'iv',
];

/** `POST /keys`: a generated key. Its aliases come with it or the key does not come at all. */
export function createKey(desk: Desk): Reply {
  const { world, call, instance } = desk;
  const [given, ...more] = readResources(desk, members);
  if (given === undefined || more.length > 0) throw badBody(desk, 'exactly one resource is expected');
  const imports = ['payload', 'encryptionAlgorithm', 'encryptedNonce', 'iv'].some((name) => given[name] !== undefined);
  if (imports) throw notEmulated(desk);
  const ring = call.header('x-kms-key-ring') || 'default';
  const wanted = readKey(desk, given);
  assertRing(desk, ring);
  assertAliasQuota(desk, wanted.aliases.length);
  for (const alias of wanted.aliases) assertAliasFree(desk, alias);

  const id = world.newId();
  const date = dateOf(world.now());
  const base64 = randomBytes(32).toString('base64');
  const key: Key = {
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
  keys(world.store).put(id, key);
  materials(world.store).put(id, { base64 });
  for (const alias of key.aliases) {
    const createdBy = call.identity.iamId;
    const record = { alias, instanceGuid: instance.guid, keyId: id, createdBy, creationDate: date };
    aliases(world.store).put(`${instance.guid}/${alias}`, record);
  }
  if (key.expirationDate !== undefined) {
    world.schedule(new Date(key.expirationDate), { kind: 'key-protect/expire', payload: { keyId: id } });
  }
  recordAction(desk, 'kms.secrets.create', key.crn, { keyId: id, keyRingId: ring, keyState: 1 });
  // Without `Prefer` the docs are unclear; Terraform needs id and crn. Source: Key Protect reference, "Create".
  const withPayload = key.extractable && wantsRepresentation(desk);
  return envelope(201, 'key', [{ ...viewKey(key, world.now()), ...(withPayload ? { payload: base64 } : {}) }]);
}

type Wanted = Pick<Key, 'name' | 'description' | 'tags' | 'aliases' | 'extractable' | 'expirationDate'>;

function readKey(desk: Desk, given: Members): Wanted {
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
