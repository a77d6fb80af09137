import type { Mark } from '../../model/address.ts';

const TAG = /^keystead:([a-z0-9-]+)\.([a-z0-9-]+)$/;

/** The user tag that marks an instance as a stack's. Tags are stored in lower case; so are stacks and map keys. */
export function tagOf(mark: Mark): string {
  return `keystead:${mark.stack}.${mark.name}`;
}

/** Whether a tag is kept for marks, in whatever case: tags are stored in lower case. */
export function isMarkTag(tag: string): boolean {
  return tag.toLowerCase().startsWith('keystead:');
}

export function marksOfTags(tags: readonly string[]): readonly Mark[] {
  return tags.flatMap((tag) => {
    const [, stack, name] = TAG.exec(tag) ?? [];
    return stack !== undefined && name !== undefined ? [{ stack, name }] : [];
  });
}
