import { isObject } from '../../core/json.ts';
import { badRequest, refuse } from '../../core/words/words.ts';
import type { Call, World } from '../../core/world.ts';
import { storedTag, type TagType } from './state.ts';

/** What an attach or detach names. */
export interface Named {
  /** CRNs, as sent, or as the index has them for a query. */
  readonly resources: readonly string[];
  /** As stored. */
  readonly tags: readonly string[];
}

/**
 * Reads the body of attach and detach: resources by id, or by a query that the search index answers, as late as it is.
 *
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
 *
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
