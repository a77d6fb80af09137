import type { Store, Table } from '../store.ts';

/**
 * The user tags of one resource, lowercase, without repeats. A record without tags is deleted: a user tag exists only
 * where it is attached.
 */
export interface TaggedResource {
  readonly crn: string;
  readonly tags: readonly string[];
}

/** Tagged resources, by CRN. */
export function taggedResources(store: Store): Table<TaggedResource> {
  return store.table<TaggedResource>('tagging/tags');
}

/** The user tags of a resource; empty when it has none. */
export function tagsOf(store: Store, crn: string): readonly string[] {
  return taggedResources(store).get(crn)?.tags ?? [];
}

/** Makes `tags` the whole set of the resource. */
export function setTags(store: Store, crn: string, tags: readonly string[]): void {
  if (tags.length === 0) taggedResources(store).delete(crn);
  else taggedResources(store).put(crn, { crn, tags: [...new Set(tags)] });
}

/**
 * How a user tag is stored, or undefined for what is no tag.
 * Source: platform reference, "Tagging": at most 128 characters; letters, digits, space, `_ - . :`; case is not kept.
 */
export function storedTag(written: unknown): string | undefined {
  return typeof written === 'string' && /^[A-Za-z0-9:_ .-]{1,128}$/.test(written) ? written.toLowerCase() : undefined;
}

/** Source: platform reference, "Tagging", limits. */
export const mostTagsOnResource = 1000;
