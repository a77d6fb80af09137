import { findInstance, instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { plainDialect as dialect } from '../../core/words/words.ts';
import type { Call, Operation, Reactions, Reply, World } from '../../core/world.ts';
import { readBody, readType } from './body.ts';
import { createTags, deleteTag, deleteUnusedTags, listTags } from './lists.ts';
import { accessTags, dropTags, mostOnResource, setTags, storedTag, type TagType, tagsOf } from './state.ts';

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
 *
 * @param change the tags as they are to be, or why that cannot be
 */
function forEachResource(
  world: World,
  call: Call,
  type: TagType,
  change: (before: readonly string[], given: readonly string[]) => readonly string[] | string,
): Reply {
  const { resources, tags } = readBody(world, call);
  const results = resources.map((crn) => {
    const fails = (message: string) => ({ resource_id: crn, is_error: true, message });
    const instance = findInstance(world, crn);
    if (instance === undefined || instance.crn !== crn || instance.state === 'removed') {
      return fails('The resource was not found, or it cannot be tagged.');
    }
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

/** Global Tagging. Source: platform reference, "Tagging". */
export const operations: readonly Operation[] = [
  { name: 'listTags', method: 'GET', path: '/v3/tags', handle: listTags },
  { name: 'createTag', method: 'POST', path: '/v3/tags', handle: createTags },
  { name: 'deleteTagAll', method: 'DELETE', path: '/v3/tags', handle: deleteUnusedTags },
  { name: 'attachTag', method: 'POST', path: '/v3/tags/attach', handle: attachTags },
  { name: 'detachTag', method: 'POST', path: '/v3/tags/detach', handle: detachTags },
  { name: 'deleteTag', method: 'DELETE', path: '/v3/tags/{name}', handle: deleteTag },
].map((row) => ({ ...row, auth: 'bearer', dialect }) as const);

/**
 * What Tagging does when something happens elsewhere: the platform attaches the tags of a create. How it takes a bad one is
 * UNSURE: swallowed, says the reference.
 */
export const reactions: Reactions = {
  'instance.created': ({ store }, { crn, tags }) =>
    setTags(
      store,
      crn,
      tags.map(storedTag).filter((tag) => tag !== undefined),
    ),
  'instance.removed': ({ store }, { guid }) => dropTags(store, instances(store).get(guid)?.crn ?? ''),
};
