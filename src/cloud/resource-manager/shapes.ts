import { flag, listOrNone, object, optional, type Shape, text } from '../shape.ts';

/** Resource Manager API, "Get a list of all resource groups". */
export type RmGroup = Shape<typeof group>;
const group = object({ id: text, name: text, default: optional(flag), state: optional(text) });

export const groupList = object({ resources: listOrNone(group) });
