import { listOrNone, number, object, optional, type Shape, text } from '../shape.ts';

/** Global Catalog API: a service or a plan. */
export type CatalogEntry = Shape<typeof entry>;
const entry = object({ id: text, name: text, kind: text });

export const entryList = object({ resources: listOrNone(entry), count: optional(number) });
