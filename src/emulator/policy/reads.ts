import type { Call, Reply, World } from '../world.ts';
import { badRequest, notEmulated, policyNotFound } from './errors.ts';
import { attributeOf, type Policy, policies } from './state.ts';
import { inV1, inV2 } from './views.ts';

type View = (call: Call, policy: Policy) => Readonly<Record<string, unknown>>;

/** `GET /v2/policies/{id}` → 200 with `ETag`; deleted ones too, with `state: "deleted"`. */
export const getPolicyV2 = getPolicy(inV2);
/** `GET /v1/policies/{id}`: the same store in v1's words. */
export const getPolicyV1 = getPolicy(inV1);
/** `GET /v2/policies`. */
export const listPoliciesV2 = listPolicies('v2', inV2);
/** `GET /v1/policies`. */
export const listPoliciesV1 = listPolicies('v1', inV1);

const formats = ['include_last_permit', 'display'];
const sortable = [
  'id',
  'type',
  'href',
  'created_at',
  'created_by_id',
  'last_modified_at',
  'last_modified_by_id',
  'state',
];
/** UNSURE in the reference: the largest page. */
const largestPage = 100;

function getPolicy(view: View): (world: World, call: Call) => Reply {
  return (world, call) => {
    checkFormat(call);
    const id = call.params['id'] ?? '';
    const policy = policies(world.store).get(id);
    if (policy === undefined || !isReadable(world, policy)) throw policyNotFound(call, id);
    return { status: 200, body: view(call, policy), headers: { ETag: policy.etag } };
  };
}

/**
 * Source: platform reference, "Operations" (IAM policy management); another account's id gives an empty list, not 403.
 */
function listPolicies(version: 'v1' | 'v2', view: View): (world: World, call: Call) => Reply {
  return (world, call) => {
    checkFormat(call);
    const accountId = call.query.get('account_id') ?? '';
    if (accountId === '') {
      throw badRequest(call, 'missing_required_query_parameter', "The query parameter 'account_id' is required.");
    }
    const filter = readFilter(call);
    const found = policies(world.store)
      .all()
      .filter((policy) => policy.accountId === accountId && isReadable(world, policy) && filter(policy));
    const shown = sorted(call, found).map((policy) => view(call, policy));
    return { status: 200, body: page(call, `${call.origin}/${version}/policies`, shown) };
  };
}

/**
 * A new policy cannot be read for a while. Source: deployments reference, "Clocks" (terraform-provider-ibm issues 3573
 * and 4413).
 */
function isReadable(world: World, policy: Policy): boolean {
  return world.now().getTime() - Date.parse(policy.createdAt) >= world.settings.policyReadAfterWriteMs;
}

function readFilter(call: Call): (policy: Policy) => boolean {
  for (const unsupported of ['service_type', 'service_group_id', 'tag_name', 'tag_value']) {
    if (call.query.has(unsupported)) throw notEmulated(call, `The filter ${unsupported}`);
  }
  const { type, state, service } = {
    type: call.query.get('type') ?? 'authorization',
    state: call.query.get('state') ?? 'active',
    service: call.query.get('service_name'),
  };
  if (!['access', 'authorization'].includes(type))
    throw badRequest(call, 'invalid_query_parameter', `type '${type}' is unknown.`);
  if (!['active', 'deleted'].includes(state))
    throw badRequest(call, 'invalid_query_parameter', `state '${state}' is unknown.`);
  // Only authorizations exist here, and they name no IAM id and no access group.
  const possible = type === 'authorization' && !call.query.has('iam_id') && !call.query.has('access_group_id');
  return (policy) =>
    possible && policy.state === state && (service === null || attributeOf(policy.resource, 'serviceName') === service);
}

/**
 * Without `limit` and `start` everything is one page (UNSURE in the reference); `start` is the id that the next page
 * begins with.
 */
function page(
  call: Call,
  href: string,
  all: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, unknown>> {
  const asked = call.query.get('limit');
  const start = call.query.get('start');
  if (asked === null && start === null) return { policies: all };
  const limit = asked === null ? largestPage : Number(asked);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage) {
    throw badRequest(call, 'invalid_query_parameter', `limit must be an integer from 1 to ${largestPage}.`);
  }
  const from = start === null ? 0 : all.findIndex((policy) => policy['id'] === start);
  if (from < 0) throw badRequest(call, 'invalid_query_parameter', 'start is not a token of this list.');
  const next = all[from + limit]?.['id'];
  return {
    limit,
    first: { href: link(call, href, undefined) },
    ...(typeof next === 'string' ? { next: { href: link(call, href, next), start: next } } : {}),
    policies: all.slice(from, from + limit),
  };
}

function link(call: Call, href: string, start: string | undefined): string {
  const query = new URLSearchParams(call.query);
  query.delete('start');
  if (start !== undefined) query.set('start', start);
  return `${href}?${query}`;
}

function sorted(call: Call, found: readonly Policy[]): readonly Policy[] {
  const sort = call.query.get('sort');
  if (sort === null) return found;
  const field = sort.replace(/^-/, '');
  if (!sortable.includes(field))
    throw badRequest(call, 'invalid_query_parameter', `sort '${field}' is not a field of a policy.`);
  const textOf = (policy: Policy): string => String(inV2(call, policy)[field]);
  const rising = [...found].sort((one, other) =>
    textOf(one) < textOf(other) ? -1 : textOf(one) > textOf(other) ? 1 : 0,
  );
  return sort.startsWith('-') ? rising.reverse() : rising;
}

function checkFormat(call: Call): void {
  const format = call.query.get('format');
  if (format !== null && !formats.includes(format))
    throw badRequest(call, 'invalid_query_parameter', `format '${format}' is unknown.`);
}
