import { isObject } from '../json.ts';
import type { Call } from '../world.ts';
import { badRequest, notEmulated } from './errors.ts';
import { storedTag } from './state.ts';

/** What an attach or detach names. */
export interface Named {
  /** CRNs, as sent. */
  readonly resources: readonly string[];
  /** As stored. */
  readonly tags: readonly string[];
}

/**
 * Reads the body of attach and detach.
 *
 * @throws ApiError 400 on a malformed body or tag (judged: no source shows how a bad tag is refused), 501 for `query`.
 * Source: platform reference, "Tagging".
 */
export function readBody(call: Call): Named {
  const body = call.body;
  if (!isObject(body)) throw badRequest(call, 'The body must be an object.');
  if (body['query'] !== undefined) throw notEmulated(call, 'Naming resources by query');
  const list = body['resources'];
  if (!Array.isArray(list) || list.length === 0) throw badRequest(call, 'resources must be a list with members.');
  const resources = list.map((item: unknown) => {
    const id = isObject(item) ? item['resource_id'] : undefined;
    if (typeof id !== 'string') throw badRequest(call, 'Every member of resources needs a resource_id.');
    return id;
  });
  const written: unknown = body['tag_names'] ?? (body['tag_name'] === undefined ? [] : [body['tag_name']]);
  // With replace=true an empty list means that all tags go.
  if (!Array.isArray(written) || (written.length === 0 && call.query.get('replace') !== 'true')) {
    throw badRequest(call, 'tag_name or tag_names is required.');
  }
  return { resources, tags: written.map((tag: unknown) => readTag(call, tag)) };
}

/** A tag as it is stored. */
export function readTag(call: Call, written: unknown): string {
  const tag = storedTag(written);
  if (tag === undefined) throw badRequest(call, `${JSON.stringify(written)} is not a tag.`);
  return tag;
}

/** Only user tags can be had here: service tags are for IBM's services, access tags are not emulated. */
export function requireUserTags(call: Call): void {
  const type = call.query.get('tag_type') ?? 'user';
  if (type === 'service' || type === 'access') throw notEmulated(call, `The tag type ${type}`);
  if (type !== 'user') throw badRequest(call, `tag_type '${type}' is unknown.`);
}
