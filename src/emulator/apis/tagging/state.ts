import { findInstance } from '../../core/account/instances.ts';
import { isObject } from '../../core/json.ts';
import type { Store, Table } from '../../core/store.ts';
import { badRequest, refuse } from '../../core/words/words.ts';
import type { Call, Json, Timers, World } from '../../core/world.ts';

/** User tags come and go with what they are attached to; access tags are made first, and stay. */
export type TagType = 'user' | 'access';

/**
 * The tags of one resource, lowercase, without repeats. A record without tags is deleted: a user tag exists only where
 * it is attached.
 */
export interface TaggedResource {
  readonly crn: string;
  readonly tags: readonly string[];
}

/** An access tag of the account. */
export interface AccessTag {
  readonly name: string;
}

/** Tagged resources, by CRN. */
export function taggedResources(store: Store, type: TagType = 'user'): Table<TaggedResource, 'tag'> {
  return store.table(type === 'user' ? 'tagging/tags' : 'tagging/access', { tag: ({ tags }: TaggedResource) => tags });
}

/** The access tags that were made, by name, attached or not. */
export function accessTags(store: Store): Table<AccessTag> {
  return store.table<AccessTag>('tagging/access-tags');
}

/** The tags of a resource; empty when it has none. */
export function tagsOf(store: Store, crn: string, type: TagType = 'user'): readonly string[] {
  return taggedResources(store, type).get(crn)?.tags ?? [];
}

/** Makes `tags` the whole set of the resource. */
export function setTags(store: Store, crn: string, tags: readonly string[], type: TagType = 'user'): void {
  if (tags.length === 0) taggedResources(store, type).delete(crn);
  else taggedResources(store, type).put(crn, { crn, tags: [...new Set(tags)] });
}

/** Resources that are too new for anybody to get at their tags, by CRN, each until when (ISO 8601). */
function newcomers(store: Store): Table<{ readonly until: string }> {
  return store.table('tagging/newcomers');
}

/** Whether the index of Tagging does not know the resource yet, and so lets nobody at it. */
export function isTooNew(world: World, crn: string): boolean {
  const until = newcomers(world.store).get(crn)?.until;
  return until !== undefined && world.now() < new Date(until);
}

/**
 * A resource was made with these tags: they are attached once it is no newcomer any more, and those of others kept.
 * Source: terraform-provider-ibm issues 3874 (403 for a while) and 1276 (tags seen some 20 s later).
 */
export function welcome(world: World, crn: string, tags: readonly string[]): void {
  const { tagDenialMs } = world.settings;
  if (tagDenialMs === 0) {
    setTags(world.store, crn, tags);
    return;
  }
  const until = new Date(world.now().getTime() + tagDenialMs).toISOString();
  newcomers(world.store).put(crn, { until });
  world.scheduleIn(tagDenialMs, { kind: knownTimer, payload: { crn, tags } });
}

/** The kind of the timer by which a newcomer becomes known. */
const knownTimer = 'tagging/known';

function becomesKnown(world: World, payload: Json): void {
  const { crn, tags } = isObject(payload) ? payload : {};
  if (typeof crn !== 'string' || !Array.isArray(tags)) return;
  newcomers(world.store).delete(crn);
  const isGone = findInstance(world, crn)?.state === 'removed';
  if (isGone || tags.length === 0) return;
  setTags(world.store, crn, [...tagsOf(world.store, crn), ...tags.map(String)]);
  world.emit('tags.changed', { crn });
}

/** Timers of Tagging. */
export const timers: Timers = { [knownTimer]: becomesKnown };

/** A resource is gone, and with it all its tags. */
export function dropTags(store: Store, crn: string): void {
  setTags(store, crn, [], 'user');
  setTags(store, crn, [], 'access');
}

/** Whether a resource carries the tag, be it one in reclamation. */
export function isAttached(store: Store, tag: string, type: TagType): boolean {
  return taggedResources(store, type).by('tag', tag).length > 0;
}

/**
 * How a tag is stored, or undefined for what is no tag.
 * Source: platform reference, "Tagging": at most 128 characters; letters, digits, space, `_ - . :`; case is not kept.
 */
export function storedTag(written: unknown): string | undefined {
  return typeof written === 'string' && /^[A-Za-z0-9:_ .-]{1,128}$/.test(written) ? written.toLowerCase() : undefined;
}

/** How many tags of a type a resource can have. Source: platform reference, "Tagging", limits. */
export const mostOnResource: Readonly<Record<TagType, number>> = { user: 1000, access: 250 };

/** How many access tags an account can have. Source: as above. */
export const mostAccessTags = 250;

/** What an attach or detach names. */
export interface Named {
  /** CRNs, as sent, or as the index has them for a query. */
  readonly resources: readonly string[];
  /** As stored. */
  readonly tags: readonly string[];
}

/**
 * Reads the body of attach and detach: resources by id, or by a query that the search index answers, as late as it is.
 * @throws ApiError 400 on a malformed body, tag or query (judged: no source shows how a bad tag is refused).
 * Source: platform reference, "Tagging".
 */
export function readBody(world: World, call: Call): Named {
  const body = call.body;
  if (!isObject(body)) throw badRequest(call, 'The body must be an object.');
  const written: unknown = body['tag_names'] ?? (body['tag_name'] === undefined ? [] : [body['tag_name']]);
  // With replace=true an empty list means that all tags go.
  if (!Array.isArray(written) || (written.length === 0 && call.query.get('replace') !== 'true')) {
    throw badRequest(call, 'tag_name or tag_names is required.');
  }
  const tags = written.map((tag: unknown) => readTag(call, tag));
  const resources =
    body['query'] === undefined ? readResources(call, body['resources']) : findResources(world, call, body['query']);
  return { resources, tags };
}

/** A tag as it is stored. */
export function readTag(call: Call, written: unknown): string {
  const tag = storedTag(written);
  if (tag === undefined) throw badRequest(call, `${JSON.stringify(written)} is not a tag.`);
  return tag;
}

/**
 * The type of tag that a request is about; service tags belong to services that IBM has let in, which nobody here is.
 * @throws ApiError 400 for an unknown type, and for `service` without an account; 403 for `service` (judged)
 * Source: platform reference, "Tagging".
 */
export function readType(call: Call): TagType {
  const type = call.query.get('tag_type') ?? 'user';
  if (type === 'user' || type === 'access') return type;
  if (type !== 'service') throw badRequest(call, `tag_type '${type}' is unknown.`);
  if (!call.query.has('account_id')) throw badRequest(call, 'account_id is required for service tags.');
  throw refuse(call, 403, 'forbidden', 'You are not authorized to manage service tags.');
}

/** `providers`, one or more joined by commas: `ghost` is the one that has the tags of what has a CRN. */
export function readProviders(call: Call): readonly string[] {
  const providers = (call.query.get('providers') ?? 'ghost').split(',');
  const unknown = providers.find((provider) => provider !== 'ghost' && provider !== 'ims');
  if (unknown !== undefined) throw badRequest(call, `The provider '${unknown}' is unknown.`);
  return providers;
}

function readResources(call: Call, list: unknown): readonly string[] {
  if (!Array.isArray(list) || list.length === 0) throw badRequest(call, 'resources must be a list with members.');
  return list.map((item: unknown) => {
    const id = isObject(item) ? item['resource_id'] : undefined;
    if (typeof id !== 'string') throw badRequest(call, 'Every member of resources needs a resource_id.');
    return id;
  });
}

function findResources(world: World, call: Call, query: unknown): readonly string[] {
  const text = isObject(query) ? query['query_string'] : undefined;
  if (typeof text !== 'string') throw badRequest(call, 'query needs a query_string.');
  return world.ports.findByQuery(world, call, text);
}
