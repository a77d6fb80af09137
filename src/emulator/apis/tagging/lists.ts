import { findInstance } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { badRequest } from '../../core/words/words.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { readProviders, readTag, readType } from './body.ts';
import { accessTags, isAttached, mostAccessTags, type TagType, taggedResources, tagsOf } from './state.ts';

/** UNSURE in the reference: default page. */
const defaultPage = 100;
const largestPage = 1000;

/**
 * `GET /v3/tags`: the tags of one resource (`attached_to`) or of the account. Unlike Search it does not lag. Service
 * tags can be asked for; there are none.
 */
export function listTags(world: World, call: Call): Reply {
  const { query } = call;
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
 *
 * @throws ApiError 400 for another type of tag, and for a body without names.
 * Source: platform reference, "Tagging".
 */
export function createTags(world: World, call: Call): Reply {
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
export function deleteTag(world: World, call: Call): Reply {
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
export function deleteUnusedTags(world: World, call: Call): Reply {
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
