import { findInstance, instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { badRequest, plainDialect as dialect, refuse } from '../../core/words/words.ts';
import { type Call, type Operation, operationsOf, type Reactions, type Reply, type World } from '../../core/world.ts';
import {
  accessTags,
  dropTags,
  isAttached,
  isTooNew,
  mostAccessTags,
  mostOnResource,
  readBody,
  readProviders,
  readTag,
  readType,
  setTags,
  storedTag,
  type TagType,
  taggedResources,
  tagsOf,
  welcome,
} from './state.ts';

/**
 * `POST /v3/tags/attach`: attaching what is attached succeeds. `replace=true` sets the whole set; `update=true` drops
 * other `key:*` tags. An access tag must have been made before.
 */
function attachTags(world: World, call: Call): Reply {
  const type = readType(call);
  return forEachResource(world, call, type, (before, given) => {
    const missing = type === 'user' ? undefined : given.find((tag) => accessTags(world.store).get(tag) === undefined);
    if (missing !== undefined) return `The access tag ${missing} does not exist.`;
    if (call.query.get('replace') === 'true') return given;
    const keys = given.filter((tag) => tag.includes(':')).map((tag) => tag.slice(0, tag.indexOf(':') + 1));
    const upsert = call.query.get('update') === 'true';
    const kept = upsert ? before.filter((tag) => !keys.some((key) => tag.startsWith(key))) : before;
    return [...kept, ...given];
  });
}

/** `POST /v3/tags/detach`: detaching what is not attached succeeds. */
function detachTags(world: World, call: Call): Reply {
  return forEachResource(world, call, readType(call), (before, given) => before.filter((tag) => !given.includes(tag)));
}

/**
 * 200 whatever happens; what fails for one resource is said beside its CRN. Instances only: what else can be tagged is
 * UNSURE. It takes an Editor of the instance (judged), an Administrator for access tags.
 * Source: platform reference, "Tagging".
 * @param change the tags as they are to be, or why that cannot be
 */
function forEachResource(
  world: World,
  call: Call,
  type: TagType,
  change: (before: readonly string[], given: readonly string[]) => readonly string[] | string,
): Reply {
  const { resources, tags } = readBody(world, call);
  // Of several, what is known is done and the rest said beside it (judged).
  if (resources.length === 1) refuseNewcomer(world, call, resources[0] ?? '');
  const results = resources.map((crn) => {
    const fails = (message: string) => ({ resource_id: crn, is_error: true, message });
    const instance = findInstance(world, crn);
    if (instance === undefined || instance.crn !== crn || instance.state === 'removed') {
      return fails('The resource was not found, or it cannot be tagged.');
    }
    if (isTooNew(world, crn)) return fails('The resource is not known yet.');
    const role = type === 'access' ? 'Administrator' : 'Editor';
    if (!mayOnPlatform(world, call.identity.iamId, role, instance)) {
      return fails(`You are not authorized: the platform role ${role} on the resource is required.`);
    }
    const after = change(tagsOf(world.store, crn, type), tags);
    if (typeof after === 'string') return fails(after);
    if (new Set(after).size > mostOnResource[type]) {
      return fails(`A resource can have at most ${mostOnResource[type]} ${type} tags.`);
    }
    setTags(world.store, crn, after, type);
    world.emit('tags.changed', { crn });
    return { resource_id: crn, is_error: false };
  });
  return { status: 200, body: { results } };
}

export { timers } from './state.ts';

/** Global Tagging. Source: platform reference, "Tagging". */
export const operations: readonly Operation[] = operationsOf({ auth: 'bearer', dialect }, [
  ['listTags', 'GET /v3/tags', listTags],
  ['createTag', 'POST /v3/tags', createTags],
  ['deleteTagAll', 'DELETE /v3/tags', deleteUnusedTags],
  ['attachTag', 'POST /v3/tags/attach', attachTags],
  ['detachTag', 'POST /v3/tags/detach', detachTags],
  ['deleteTag', 'DELETE /v3/tags/{name}', deleteTag],
]);

/**
 * What Tagging does when something happens elsewhere: the platform attaches the tags of a create. How it takes a bad one is
 * UNSURE: swallowed, says the reference.
 */
export const reactions: Reactions = {
  'instance.created': (world, { crn, tags }) => {
    const stored = tags.map(storedTag).filter((tag) => tag !== undefined);
    welcome(world, crn, stored);
  },
  'instance.removed': ({ store }, { guid }) => dropTags(store, instances(store).get(guid)?.crn ?? ''),
};

/** UNSURE in the reference: default page. */
const defaultPage = 100;
const largestPage = 1000;

/**
 * `GET /v3/tags`: the tags of one resource (`attached_to`) or of the account. Unlike Search it does not lag. Service
 * tags can be asked for; there are none.
 */
function listTags(world: World, call: Call): Reply {
  const { query } = call;
  requireRation(world, call);
  refuseNewcomer(world, call, query.get('attached_to') ?? '');
  const isService = query.get('tag_type') === 'service' && query.has('account_id');
  const isGhost = readProviders(call).includes('ghost');
  const names = isService || !isGhost ? [] : [...namesOf(world, call, readType(call))].sort();
  const order = query.get('order_by_name') ?? 'asc';
  if (order !== 'asc' && order !== 'desc') throw badRequest(call, 'order_by_name must be asc or desc.');
  if (order === 'desc') names.reverse();
  const offset = readNumber(call, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = readNumber(call, 'limit', defaultPage, largestPage);
  // Members of full data: platform-services-node-sdk says what they are and not what they are called (judged).
  const full = query.get('full_data') === 'true' ? { providers: ['ghost'] } : {};
  const items = names.slice(offset, offset + limit).map((name) => ({ name, ...full }));
  return { status: 200, body: { total_count: names.length, offset, limit, items } };
}

/**
 * Source: IBM Cloud docs, "Working with tags" (reads are strictly rate limited, and Search the way to go);
 * platform-services-python-sdk issue 197 (100 a minute and user). The answer says nothing of when there are more: judged.
 * @throws ApiError 429
 */
function requireRation(world: World, call: Call): void {
  if (world.spend(`tags ${call.identity.iamId}`, world.settings.tagReadsPerMinute) === undefined) return;
  throw refuse(call, 429, 'too_many_requests', 'Too many requests.');
}

/** @throws ApiError 403, in the words of terraform-provider-ibm issue 3874 */
function refuseNewcomer(world: World, call: Call, crn: string): void {
  if (!isTooNew(world, crn)) return;
  throw refuse(call, 403, 'forbidden', 'The provided auth token does not have permissions to perform the request');
}

function namesOf(world: World, call: Call, type: TagType): ReadonlySet<string> {
  const crn = call.query.get('attached_to');
  if (crn !== null) return new Set(maySee(world, call, crn) ? tagsOf(world.store, crn, type) : []);
  const attached = taggedResources(world.store, type)
    .all()
    .filter((resource) => maySee(world, call, resource.crn))
    .flatMap((resource) => resource.tags);
  if (type === 'user' || call.query.get('attached_only') === 'true') return new Set(attached);
  return new Set(
    accessTags(world.store)
      .all()
      .map(({ name }) => name),
  );
}

/** Lists leave out what the caller may not see (judged). */
function maySee(world: World, call: Call, crn: string): boolean {
  const instance = findInstance(world, crn);
  return instance !== undefined && mayOnPlatform(world, call.identity.iamId, 'Viewer', instance);
}

/**
 * `POST /v3/tags?tag_type=access`: makes access tags. What cannot be made is `is_error` in the 200: what is there
 * already, what is no `key:value` (judged: the reference says no more than that it must be), and what is too many.
 * @throws ApiError 400 for another type of tag, and for a body without names.
 * Source: platform reference, "Tagging".
 */
function createTags(world: World, call: Call): Reply {
  if (readType(call) !== 'access') throw badRequest(call, 'tag_type must be access: only access tags are created.');
  const written: unknown = Reflect.get(Object(call.body), 'tag_names');
  if (!Array.isArray(written) || written.length === 0) throw badRequest(call, 'tag_names is required.');
  const results = written.map((name: unknown) => {
    const tag = readTag(call, name);
    const made = accessTags(world.store);
    const fails = !/^[^:]+:[^:]+$/.test(tag) || made.get(tag) !== undefined || made.size >= mostAccessTags;
    if (!fails) made.put(tag, { name: tag });
    return { tag_name: tag, is_error: fails };
  });
  return { status: 200, body: { results } };
}

/**
 * `DELETE /v3/tags/{name}`: a user tag goes by itself with its last resource, so this finds either a tag in use or
 * none, both `is_error`; an access tag can be there without a resource, and then goes.
 * Source: platform reference, "Tagging" (from an integration test of platform-services-go-sdk); terraform-provider-ibm
 * calls it after every detach.
 */
function deleteTag(world: World, call: Call): Reply {
  const type = readType(call);
  const tag = readTag(call, call.params['name'] ?? '');
  const results = readProviders(call).map((provider) => {
    if (provider === 'ghost' && isAttached(world.store, tag, type)) {
      return { provider, is_error: true, message: `The tag ${tag} is attached to at least one resource.` };
    }
    if (provider === 'ghost' && type === 'access' && accessTags(world.store).get(tag) !== undefined) {
      accessTags(world.store).delete(tag);
      return { provider, is_error: false };
    }
    return { provider, is_error: true, message: `The tag ${tag} does not exist.` };
  });
  return { status: 200, body: { results } };
}

/** `DELETE /v3/tags`: deletes what is attached to nothing: no user tag ever, but maybe access tags. */
function deleteUnusedTags(world: World, call: Call): Reply {
  const unused =
    readType(call) === 'user'
      ? []
      : accessTags(world.store)
          .all()
          .filter(({ name }) => !isAttached(world.store, name, 'access'));
  for (const { name } of unused) accessTags(world.store).delete(name);
  const items = unused.map(({ name }) => ({ tag_name: name, is_error: false }));
  return { status: 200, body: { total_count: items.length, errors: false, items } };
}

function readNumber(call: Call, name: string, absent: number, largest: number): number {
  const text = call.query.get(name);
  const value = text === null ? absent : Number(text);
  if (!Number.isInteger(value) || value < 0 || value > largest)
    throw badRequest(call, `${name} must be a whole number up to ${largest}.`);
  return value;
}
