import { anything, listOf, listOrNone, Misshapen, object, optional, type Read, type Shape, text } from '../shape.ts';

/** A string; a boolean for `stringExists`; a list for the `…AnyOf` operators. */
const attributeValue: Read<string | boolean | readonly string[]> = (value) => {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return listOf(text)(value);
  throw new Misshapen('a string, true, false or a list of strings');
};

export type IamAttribute = Shape<typeof attribute>;
const attribute = object({ key: text, operator: text, value: attributeValue });
const attributes = object({ attributes: listOrNone(attribute) });
const grant = object({ roles: listOrNone(object({ role_id: text })) });

/** IAM Policy Management API v2, "Get a v2 policy", with the response's ETag where one came (a list carries none). */
export type IamPolicy = Shape<typeof policy> & { readonly etag?: string };
export const policy = object({
  id: text,
  type: text,
  description: optional(text),
  state: optional(text),
  subject: optional(attributes),
  resource: optional(attributes),
  control: object({ grant }),
  created_at: optional(text),
  created_by_id: optional(text),
  last_modified_at: optional(text),
  last_modified_by_id: optional(text),
  template: optional(anything),
});

export const policyList = object({
  policies: listOrNone(policy),
  next: optional(object({ start: optional(text), href: optional(text) })),
});

export interface IamPolicyWrite {
  readonly type: 'authorization';
  readonly description: string;
  readonly subject: Shape<typeof attributes>;
  readonly resource: Shape<typeof attributes>;
  readonly control: { readonly grant: Shape<typeof grant> };
}

/** IAM Policy Management API, "List roles by filters"; service, system and custom roles together. */
export type IamRole = Shape<typeof role>;
const role = object({ display_name: text, crn: text });

export const roleList = object({
  service_roles: listOrNone(role),
  system_roles: listOrNone(role),
  custom_roles: listOrNone(role),
});
