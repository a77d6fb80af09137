import { flag, listOrNone, object, optional, text } from '../shape.ts';

/** Resource Manager API, "Get a list of all resource groups". */
const group = object({ id: text, name: text, default: optional(flag), state: optional(text) });

export const groupList = object({ resources: listOrNone(group) });
