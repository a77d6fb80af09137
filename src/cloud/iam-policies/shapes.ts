import { isObject } from '../../model/json.ts';
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

/** IAM Policy Management API v2, "Get a v2 policy". */
export interface IamPolicy extends Shape<typeof members> {
  /** Where the answer came with one: a list carries none. */
  readonly etag?: string;
  /** Members that stand in the answer and not here, as paths: what they mean for the policy is not known, and no write keeps them. */
  readonly unknown: readonly string[];
}

const members = object({
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

/**
 * What is known of a policy, by path; `*`: not looked into. Answers hold `counts` of the account and the `version` of the form,
 * which no reference has.
 * Source: IBM Cloud docs, Object Storage, fine-grained access: answers of 2023-09-01 and 2023-10-09.
 */
const KNOWN: ReadonlySet<string> = new Set([
  ...['id', 'type', 'description', 'state', 'href', 'created_at', 'created_by_id', 'last_modified_at'],
  ...[
    'last_modified_by_id',
    'last_permit_at',
    'last_permit_frequency',
    'template.*',
    'counts.*',
    'version',
    'subject',
    'subject.attributes',
  ],
  ...['resource', 'resource.attributes', 'control', 'control.grant', 'control.grant.roles'],
  ...['subject.attributes', 'resource.attributes'].flatMap((side) =>
    ['key', 'operator', 'value.*'].map((name) => `${side}.${name}`),
  ),
  'control.grant.roles.role_id',
]);

function unknownIn(value: unknown, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => unknownIn(item, at));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = at === '' ? name : `${at}.${name}`;
    if (KNOWN.has(`${path}.*`)) return [];
    const isNothing = inner === null || inner === '' || (Array.isArray(inner) && inner.length === 0);
    return KNOWN.has(path) ? unknownIn(inner, path) : isNothing ? [] : [path];
  });
}

export const policy: Read<IamPolicy> = (value) => ({
  ...members(value),
  unknown: [...new Set(unknownIn(value))].sort(),
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
