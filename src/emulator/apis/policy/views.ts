import { type Role, rolesOn } from '../../core/account/roles.ts';
import { inSnakeCase, isObject, type Members } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { customRoles } from './custom-roles.ts';
import { malformed } from './errors.ts';
import { type Attribute, attributeOf, type Policy } from './state.ts';

/** Both versions see one store. */
export function isV1(call: Call): boolean {
  return call.path.startsWith('/v1/');
}

/** A policy in the words of the version that was called, with `ETag`. */
export function shown(world: World, call: Call, policy: Policy, status = 200): Reply {
  return { status, body: inWordsOf(world, call, policy), headers: { ETag: policy.etag } };
}

/** The same, for a list. */
export function inWordsOf(world: World, call: Call, policy: Policy): Members {
  return isV1(call) ? inV1(world, call, policy) : inV2(world, call, policy);
}

/**
 * A policy as v2 shows it. With `format=display` every role is spelt out.
 * Source: platform reference, "Shapes".
 */
export function inV2(world: World, call: Call, policy: Policy): Members {
  const display = call.query.get('format') === 'display';
  return {
    id: policy.id,
    type: policy.type,
    description: policy.description,
    subject: { attributes: policy.subject },
    resource: { attributes: policy.resource, ...(policy.tags.length === 0 ? {} : { tags: policy.tags }) },
    control: { grant: { roles: policy.roles.map((id) => (display ? displayed(world, policy, id) : { role_id: id })) } },
    pattern: policy.pattern,
    rule: policy.rule,
    state: policy.state,
    href: `${call.origin}/v2/policies/${policy.id}`,
    ...stamps(policy),
  };
}

/**
 * What a v1 body says, in v2's words; what is not as v1 has it comes through as it is, for the reader to refuse.
 * @throws ApiError 400 for more or less than one subject and one resource
 * Source: platform reference, "Shapes".
 */
export function fromV1(call: Call): unknown {
  if (!isObject(call.body)) return call.body;
  const { subjects, resources, roles, ...rest } = call.body;
  return {
    ...rest,
    subject: only(call, subjects, 'subjects'),
    resource: only(call, resources, 'resources'),
    control: { grant: { roles } },
  };
}

function only(call: Call, list: unknown, name: string): unknown {
  if (!Array.isArray(list) || list.length !== 1 || !isObject(list[0])) {
    throw malformed(call, `${name} must have exactly one member.`);
  }
  const { attributes, tags } = list[0];
  return { attributes: named(attributes), ...(tags === undefined ? {} : { tags: named(tags) }) };
}

/** `name` in v1 is `key` in v2, and an operator that is not said is `stringEquals`. */
function named(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) => {
    if (!isObject(item)) return item;
    const { name, operator = 'stringEquals', value } = item;
    return { key: name, operator, value };
  });
}

/**
 * The same policy as v1 shows it. What v1 cannot say is a placeholder that points at v2: its attribute values must be
 * strings.
 * Source: platform reference, "v1/v2 interplay".
 */
function inV1(world: World, call: Call, policy: Policy): Members {
  if (policy.rule !== undefined || ![...policy.subject, ...policy.resource].every(isPlain)) {
    return placeholder(call, policy);
  }
  const tags = policy.tags.map(({ key, operator, value }) => ({ name: key, operator, value }));
  return {
    id: policy.id,
    type: policy.type,
    description: policy.description,
    subjects: [{ attributes: policy.subject.map(({ key, value }) => ({ name: key, value })) }],
    roles: policy.roles.map((id) => {
      const role = roleOf(world, policy, id);
      return { role_id: id, display_name: role?.display_name ?? id, description: role?.description ?? '' };
    }),
    resources: [
      {
        attributes: policy.resource.map(({ key, operator, value }) => ({ name: key, value, operator })),
        ...(tags.length === 0 ? {} : { tags }),
      },
    ],
    state: policy.state,
    href: `${call.origin}/v1/policies/${policy.id}`,
    ...stamps(policy),
  };
}

function placeholder(call: Call, policy: Policy): Members {
  return {
    id: policy.id,
    type: policy.type,
    description: `This is a unsupported policy version placeholder, to view the full policy, please call ${call.origin}/v2/policies/${policy.id}`,
    subjects: [{ attributes: [{ name: 'iam_id', value: 'unsupported version' }] }],
    roles: [
      {
        role_id: 'crn:v1:bluemix:public:iam::::role:UnsupportedVersion',
        display_name: 'Unsupported Version',
        description: 'The policy can be read through v2 only.',
      },
    ],
    resources: [{ attributes: [{ name: 'serviceName', value: 'unsupported version', operator: 'stringEquals' }] }],
    state: policy.state,
    href: `${call.origin}/v2/policies/${policy.id}`,
    ...stamps(policy),
  };
}

function isPlain({ operator, value }: Attribute): boolean {
  return typeof value === 'string' && (operator === 'stringEquals' || operator === 'stringMatch');
}

function displayed(world: World, policy: Policy, id: string): Members {
  const role = roleOf(world, policy, id);
  const actions = (role?.actions ?? []).map((action) => ({ id: action, display_name: action, description: '' }));
  return { role_id: id, display_name: role?.display_name ?? id, description: role?.description ?? '', actions };
}

function roleOf(world: World, policy: Policy, id: string): Role | undefined {
  const known = rolesOn(attributeOf(policy.resource, 'serviceName'));
  return [...known.service, ...known.system, ...customRoles(world.store).all()].find((role) => role.crn === id);
}

function stamps(policy: Policy): Members {
  return inSnakeCase(policy, 'createdAt', 'createdById', 'lastModifiedAt', 'lastModifiedById');
}
