import { assertAliasText } from './aliases.ts';
import { dateOf } from './dates.ts';
import type { Desk } from './desk.ts';
import { badBody, badField, type Members, mediaType, readResources } from './envelope.ts';
import { materialMembers } from './material.ts';
import type { Key } from './state.ts';

const members: readonly string[] = [
  'type',
  'name',
  'description',
  'tags',
  'expirationDate',
  'extractable',
  'aliases',
  ...materialMembers,
];

/** What a create says of the key, its material apart. */
export type WantedKey = Pick<Key, 'name' | 'description' | 'tags' | 'aliases' | 'extractable' | 'expirationDate'>;

/** The one resource of a create. @throws ApiError 400 `BAD_BODY_ERR` */
export function readOneResource(desk: Desk, more: readonly string[] = []): Members {
  const [given, ...others] = readResources(desk, [...members, ...more]);
  if (given === undefined || others.length > 0) throw badBody(desk, 'exactly one resource is expected');
  return given;
}

/** Source: Key Protect reference, "Key object", "Create". @throws ApiError 400 `INVALID_FIELD_ERR` */
export function readKey(desk: Desk, given: Members): WantedKey {
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
