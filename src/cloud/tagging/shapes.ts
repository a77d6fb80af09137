import { flag, listOrNone, number, object, optional, text } from '../shape.ts';

export const tagList = object({ items: listOrNone(object({ name: text })), total_count: optional(number) });

/** What became of one resource; a refusal among them stands inside a 200. */
const tagResult = object({ resource_id: optional(text), is_error: optional(flag), message: optional(text) });

export const resultList = object({ results: listOrNone(tagResult) });
