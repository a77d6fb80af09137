import type { Call } from '../world.ts';
import { type Role, rolesOn } from './roles.ts';
import { type Attribute, attributeOf, type Policy } from './state.ts';

/**
 * A policy as v2 shows it. With `format=display` every role is spelt out.
 * Source: platform reference, "Shapes".
 */
export function inV2(call: Call, policy: Policy): Readonly<Record<string, unknown>> {
  const display = call.query.get('format') === 'display';
  return {
    id: policy.id,
    type: 'authorization',
    ...described(policy),
    subject: { attributes: policy.subject },
    resource: { attributes: policy.resource },
    control: { grant: { roles: policy.roles.map((id) => (display ? displayed(policy, id) : { role_id: id })) } },
    state: policy.state,
    href: `${call.origin}/v2/policies/${policy.id}`,
    ...stamps(policy),
  };
}

/**
 * The same policy as v1 shows it. What v1 cannot say is a placeholder that points at v2: its attribute values must be
 * strings.
 * Source: platform reference, "v1/v2 interplay".
 */
export function inV1(call: Call, policy: Policy): Readonly<Record<string, unknown>> {
  if (![...policy.subject, ...policy.resource].every(isPlain)) return placeholder(call, policy);
  return {
    id: policy.id,
    type: 'authorization',
    ...described(policy),
    subjects: [{ attributes: policy.subject.map(({ key, value }) => ({ name: key, value })) }],
    roles: policy.roles.map((id) => {
      const role = roleOf(policy, id);
      return { role_id: id, display_name: role?.display_name ?? id, description: role?.description ?? '' };
    }),
    resources: [{ attributes: policy.resource.map(({ key, operator, value }) => ({ name: key, value, operator })) }],
    state: policy.state,
    href: `${call.origin}/v1/policies/${policy.id}`,
    ...stamps(policy),
  };
}

function placeholder(call: Call, policy: Policy): Readonly<Record<string, unknown>> {
  return {
    id: policy.id,
    type: 'authorization',
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

function displayed(policy: Policy, id: string): Readonly<Record<string, unknown>> {
  const role = roleOf(policy, id);
  const actions = (role?.actions ?? []).map((action) => ({ id: action, display_name: action, description: '' }));
  return { role_id: id, display_name: role?.display_name ?? id, description: role?.description ?? '', actions };
}

function roleOf(policy: Policy, id: string): Role | undefined {
  const known = rolesOn(attributeOf(policy.resource, 'serviceName'));
  return [...known.service, ...known.system].find((role) => role.crn === id);
}

function described(policy: Policy): { readonly description?: string } {
  return policy.description === undefined ? {} : { description: policy.description };
}

function stamps(policy: Policy): Readonly<Record<string, string>> {
  return {
    created_at: policy.createdAt,
    created_by_id: policy.createdById,
    last_modified_at: policy.lastModifiedAt,
    last_modified_by_id: policy.lastModifiedById,
  };
}
