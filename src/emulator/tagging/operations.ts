import { findInstance } from '../resource-controller/state.ts';
import { publishInstance } from '../search/publish.ts';
import type { Call, Operation, Reply, World } from '../world.ts';
import { readBody, readTag, requireUserTags } from './body.ts';
import { badRequest, dialect } from './errors.ts';
import { mostTagsOnResource, setTags, taggedResources, tagsOf } from './state.ts';

/** UNSURE in the reference: default page. */
const defaultPage = 100;
const largestPage = 1000;

/** `GET /v3/tags`: the tags of one resource (`attached_to`) or of the account. Unlike Search it does not lag. */
function listTags(world: World, call: Call): Reply {
  requireUserTags(call);
  const crn = call.query.get('attached_to');
  const tags =
    crn === null
      ? taggedResources(world.store)
          .all()
          .flatMap((resource) => resource.tags)
      : tagsOf(world.store, crn);
  const names = [...new Set(tags)].sort();
  if (call.query.get('order_by_name') === 'desc') names.reverse();
  const offset = readNumber(call, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = readNumber(call, 'limit', defaultPage, largestPage);
  const items = names.slice(offset, offset + limit).map((name) => ({ name }));
  return { status: 200, body: { total_count: names.length, offset, limit, items } };
}

/**
 * `POST /v3/tags/attach`: attaching what is attached succeeds. `replace=true` sets the whole set; `update=true` drops
 * other `key:*` tags.
 */
function attachTags(world: World, call: Call): Reply {
  return forEachResource(world, call, (before, given) => {
    if (call.query.get('replace') === 'true') return given;
    const keys = given.filter((tag) => tag.includes(':')).map((tag) => tag.slice(0, tag.indexOf(':') + 1));
    const upsert = call.query.get('update') === 'true';
    const kept = upsert ? before.filter((tag) => !keys.some((key) => tag.startsWith(key))) : before;
    return [...kept, ...given];
  });
}

/** `POST /v3/tags/detach`: detaching what is not attached succeeds. */
function detachTags(world: World, call: Call): Reply {
  return forEachResource(world, call, (before, given) => before.filter((tag) => !given.includes(tag)));
}

/**
 * 200 whatever happens; what fails for one resource is said beside its CRN. Instances only: what else can be tagged is
 * UNSURE.
 */
function forEachResource(
  world: World,
  call: Call,
  change: (before: readonly string[], given: readonly string[]) => readonly string[],
): Reply {
  requireUserTags(call);
  const { resources, tags } = readBody(call);
  const results = resources.map((crn) => {
    const instance = findInstance(world, crn);
    if (instance === undefined || instance.crn !== crn || instance.state === 'removed') {
      return { resource_id: crn, is_error: true, message: 'The resource was not found, or it cannot be tagged.' };
    }
    const after = change(tagsOf(world.store, crn), tags);
    if (new Set(after).size > mostTagsOnResource) {
      return {
        resource_id: crn,
        is_error: true,
        message: `A resource can have at most ${mostTagsOnResource} user tags.`,
      };
    }
    setTags(world.store, crn, after);
    publishInstance(world, instance);
    return { resource_id: crn, is_error: false };
  });
  return { status: 200, body: { results } };
}

/**
 * `DELETE /v3/tags/{name}`: a user tag goes by itself with its last resource, so this finds either a tag in use or
 * none, both `is_error`.
 * Source: platform reference, "Tagging" (from an integration test of platform-services-go-sdk); terraform-provider-ibm
 * calls it after every detach.
 */
function deleteTag(world: World, call: Call): Reply {
  requireUserTags(call);
  const tag = readTag(call, call.params['name'] ?? '');
  const attached = taggedResources(world.store)
    .all()
    .some((resource) => resource.tags.includes(tag));
  const message = attached ? `The tag ${tag} is attached to at least one resource.` : `The tag ${tag} does not exist.`;
  return { status: 200, body: { results: [{ provider: 'ghost', is_error: true, message }] } };
}

/** `DELETE /v3/tags`: deletes unused tags; a user tag is never unused. */
function deleteUnusedTags(_world: World, call: Call): Reply {
  requireUserTags(call);
  return { status: 200, body: { total_count: 0, errors: false, items: [] } };
}

function readNumber(call: Call, name: string, absent: number, largest: number): number {
  const text = call.query.get(name);
  const value = text === null ? absent : Number(text);
  if (!Number.isInteger(value) || value < 0 || value > largest)
    throw badRequest(call, `${name} must be a whole number up to ${largest}.`);
  return value;
}

/** Global Tagging, for user tags. Source: platform reference, "Tagging". */
export const operations: readonly Operation[] = [
  { name: 'listTags', method: 'GET', path: '/v3/tags', auth: 'bearer', dialect, handle: listTags },
  { name: 'deleteTagAll', method: 'DELETE', path: '/v3/tags', auth: 'bearer', dialect, handle: deleteUnusedTags },
  { name: 'attachTag', method: 'POST', path: '/v3/tags/attach', auth: 'bearer', dialect, handle: attachTags },
  { name: 'detachTag', method: 'POST', path: '/v3/tags/detach', auth: 'bearer', dialect, handle: detachTags },
  { name: 'deleteTag', method: 'DELETE', path: '/v3/tags/{name}', auth: 'bearer', dialect, handle: deleteTag },
];
