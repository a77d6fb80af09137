import type { Store, Table } from '../../core/store.ts';

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
