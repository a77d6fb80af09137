import { listOrNone, number, object, optional, type Shape, text } from '../shape.ts';

/** Global Search API: one indexed instance. The index lags. */
export type TaggedInstance = Shape<typeof taggedInstance>;
const taggedInstance = object({ crn: text, tags: listOrNone(text) });

export const searchPage = object({
  items: listOrNone(taggedInstance),
  limit: optional(number),
  search_cursor: optional(text),
});
