import type { Finding } from '../kind.ts';
import { isMarkTag } from './marks.ts';

/** A user tag that is, or looks like, an ownership mark would make an instance somebody's. */
export function checkTags(tags: readonly string[] = []): readonly Finding[] {
  return tags.flatMap((tag, index) =>
    isMarkTag(tag)
      ? [
          {
            pointer: `/tags/${index}`,
            code: 'RESERVED_NAME' as const,
            message: 'tags that start with keystead: are ownership marks',
            remedy: 'choose another tag',
          },
        ]
      : [],
  );
}
