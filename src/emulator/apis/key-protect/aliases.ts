import { wordsOf } from '../../core/json.ts';
import type { Reply } from '../../core/world.ts';
import { type Desk, openKey, recordAction } from './desk.ts';
import { badField, envelope } from './envelope.ts';
import { type Alias, aliases, dateOf, formerAliases, keys } from './state.ts';

/** Words that paths need. Source: Key Protect reference, "Aliases". */
const reserved: readonly string[] = wordsOf(`
  allowed_ip key keys metadata policy policies registration registrations ring rings rotate wrap unwrap rewrap
  version versions
`);

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** @throws ApiError 400 `INVALID_FIELD_ERR` for what cannot be an alias */
export function assertAliasText(desk: Desk, alias: string): void {
  if (/^[A-Za-z0-9_-]{2,90}$/.test(alias) && !uuid4.test(alias) && !reserved.includes(alias)) return;
  throw badField(desk, 'alias', '2 to 90 letters, digits, hyphens or underscores, no UUID and no reserved word');
}

/**
 * A name that was taken off a key is free again `aliasReuseMs` later only, for that key too (judged).
 * UNSURE in the reference: that this is a 409.
 * @throws ApiError `KEY_ALIAS_NOT_UNIQUE_ERR`
 */
export function assertAliasFree(desk: Desk, alias: string): void {
  const { store, now } = desk.world;
  const id = `${desk.instance.guid}/${alias}`;
  const freeFrom = formerAliases(store).get(id)?.freeFrom;
  const isHeld = freeFrom !== undefined && now() < new Date(freeFrom);
  if (!isHeld && aliases(store).get(id) === undefined) return;
  throw desk.refuse(409, 'KEY_ALIAS_NOT_UNIQUE_ERR', `The alias ${alias} is already in use in this instance`);
}

/** UNSURE in the reference: that this is a 409. @throws ApiError `KEY_ALIAS_QUOTA_ERR` for more than five on one key */
export function assertAliasQuota(desk: Desk, count: number): void {
  if (count <= 5) return;
  throw desk.refuse(409, 'KEY_ALIAS_QUOTA_ERR', 'A key can have at most 5 aliases');
}

/** `POST /keys/{id}/aliases/{alias}`. */
export function createAlias(desk: Desk): Reply {
  const { world, call } = desk;
  const key = openKey(desk, 'kms.secrets.createalias');
  const alias = call.params['alias'] ?? '';
  assertAliasText(desk, alias);
  assertAliasFree(desk, alias);
  assertAliasQuota(desk, key.aliases.length + 1);
  const { instanceGuid: _, ...shown } = putAlias(desk, key.id, alias);
  keys(world.store).put(key.id, { ...key, aliases: [...key.aliases, alias], lastUpdateDate: shown.creationDate });
  recordAction(desk, 'kms.secrets-alias.create', key.crn, { keyId: key.id, alias });
  return envelope(201, 'alias', [shown]);
}

/** Writes an alias; the key remembers it too. */
export function putAlias({ world, call, instance }: Desk, keyId: string, alias: string): Alias {
  const by = { createdBy: call.identity.iamId, creationDate: dateOf(world.now()) };
  const record: Alias = { alias, instanceGuid: instance.guid, keyId, ...by };
  aliases(world.store).put(`${instance.guid}/${alias}`, record);
  return record;
}

/** `DELETE /keys/{id}/aliases/{alias}`. */
export function deleteAlias(desk: Desk): Reply {
  const { world, call, instance } = desk;
  const key = openKey(desk, 'kms.secrets.deletealias');
  const alias = call.params['alias'] ?? '';
  if (!key.aliases.includes(alias)) {
    // UNSURE in the reference: the code of this 404.
    throw desk.refuse(404, 'KEY_NOT_FOUND_ERR', `The key has no alias ${alias}`);
  }
  const left = key.aliases.filter((other) => other !== alias);
  aliases(world.store).delete(`${instance.guid}/${alias}`);
  holdName(desk, alias);
  keys(world.store).put(key.id, { ...key, aliases: left, lastUpdateDate: dateOf(world.now()) });
  recordAction(desk, 'kms.secrets-alias.delete', key.crn, { keyId: key.id, alias });
  return { status: 204 };
}

function holdName({ world, instance }: Desk, alias: string): void {
  const { aliasReuseMs } = world.settings;
  if (aliasReuseMs === 0) return;
  const freeFrom = new Date(world.now().getTime() + aliasReuseMs).toISOString();
  formerAliases(world.store).put(`${instance.guid}/${alias}`, { freeFrom });
}
