import { listOrNone, number, object, optional, type Shape, text } from '../shape.ts';

/** Tags have no case; they are compared as they are stored. */
const tagName = (value: unknown): string => text(value).toLowerCase();

/** Global Search API: one indexed instance. The index lags. */
export type TaggedInstance = Shape<typeof taggedInstance>;
const taggedInstance = object({ crn: text, tags: listOrNone(tagName) });

export const searchPage = object({
  items: listOrNone(taggedInstance),
  limit: optional(number),
  search_cursor: optional(text),
});
