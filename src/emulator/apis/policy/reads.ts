import { type Members, wordsOf } from '../../core/json.ts';
import { linkTo } from '../../core/words/words.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { hasRoleOn } from './access.ts';
import { badQuery, badRequest, forbidden, policyNotFound } from './errors.ts';
import { type Attribute, attributeOf, type Policy, policies } from './state.ts';
import { inV2, inWordsOf, isV1, shown } from './views.ts';

const formats = ['include_last_permit', 'display'];
const sortable = wordsOf(`
  id type href created_at created_by_id last_modified_at last_modified_by_id state
`);
/** UNSURE in the reference: the largest page. */
const largestPage = 100;

/** `GET /v1|v2/policies/{id}` → 200 with `ETag`; deleted ones too, with `state: "deleted"`. */
export function getPolicy(world: World, call: Call): Reply {
  checkFormat(call);
  const id = call.params['id'] ?? '';
  const policy = policies(world.store).get(id);
  if (policy === undefined || !isReadable(world, policy)) throw policyNotFound(call, id);
  if (!hasRoleOn(world, call, 'Viewer', policy)) throw forbidden(call, 'You may not read this policy.');
  return shown(world, call, policy);
}

/**
 * `GET /v1|v2/policies`.
 * Source: platform reference, "Operations" (IAM policy management); another account's id gives an empty list, not 403.
 */
export function listPolicies(world: World, call: Call): Reply {
  checkFormat(call);
  const accountId = call.query.get('account_id') ?? '';
  if (accountId === '') {
    throw badRequest(call, 'missing_required_query_parameter', "The query parameter 'account_id' is required.");
  }
  const filter = readFilter(call);
  const query = new URLSearchParams(call.query);
  for (const name of ['limit', 'start']) query.delete(name);
  const all = world.store.remember(`${call.path}?${query} ${call.identity.iamId}`, () => {
    const own = policies(world.store)
      .all()
      .filter((policy) => policy.accountId === accountId && filter(policy))
      .filter((policy) => hasRoleOn(world, call, 'Viewer', policy));
    return sorted(world, call, own);
  });
  const found = all.filter((policy) => isReadable(world, policy));
  return { status: 200, body: page(call, found, (policy) => inWordsOf(world, call, policy)) };
}

/**
 * A new policy cannot be read for a while. Source: deployments reference, "Clocks" (terraform-provider-ibm issues 3573
 * and 4413).
 */
function isReadable(world: World, policy: Policy): boolean {
  return world.now().getTime() - Date.parse(policy.createdAt) >= world.settings.policyReadAfterWriteMs;
}

/** Each version has filters of its own; those of the other are not looked at (judged). */
function readFilter(call: Call): (policy: Policy) => boolean {
  const asked = (name: string): string | undefined => call.query.get(name) ?? undefined;
  const type = asked('type');
  const state = asked('state') ?? 'active';
  if (type !== undefined && !['access', 'authorization'].includes(type))
    throw badQuery(call, `type '${type}' is unknown.`);
  if (!['active', 'deleted'].includes(state)) throw badQuery(call, `state '${state}' is unknown.`);
  const subject = { iam_id: asked('iam_id'), access_group_id: asked('access_group_id') };
  const resource = {
    serviceType: asked('service_type'),
    ...(!isV1(call) ? { serviceName: asked('service_name'), service_group_id: asked('service_group_id') } : {}),
  };
  const tag = isV1(call) ? { key: asked('tag_name'), value: asked('tag_value') } : {};
  return (policy) =>
    (type === undefined || policy.type === type) &&
    policy.state === state &&
    hasAll(policy.subject, subject) &&
    hasAll(policy.resource, resource) &&
    (!(tag.key ?? tag.value) || policy.tags.some((one) => fits(one.key, tag.key) && fits(one.value, tag.value)));
}

function hasAll(attributes: readonly Attribute[], wanted: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(wanted).every(([key, value]) => fits(attributeOf(attributes, key), value));
}

function fits(value: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || value === wanted;
}

/**
 * Without `limit` and `start` everything is one page (UNSURE in the reference); `start` is the id that the next page
 * begins with.
 */
function page(call: Call, all: readonly Policy[], show: (policy: Policy) => unknown): Members {
  const asked = call.query.get('limit');
  const start = call.query.get('start');
  if (asked === null && start === null) return { policies: all.map(show) };
  const limit = asked === null ? largestPage : Number(asked);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage) {
    throw badQuery(call, `limit must be an integer from 1 to ${largestPage}.`);
  }
  const from = start === null ? 0 : all.findIndex((policy) => policy.id === start);
  if (from < 0) throw badQuery(call, 'start is not a token of this list.');
  const next = all[from + limit]?.id;
  return {
    limit,
    first: { href: linkTo(call, { start: undefined }) },
    next: next === undefined ? undefined : { href: linkTo(call, { start: next }), start: next },
    policies: all.slice(from, from + limit).map(show),
  };
}

function sorted(world: World, call: Call, found: readonly Policy[]): readonly Policy[] {
  const sort = call.query.get('sort');
  if (sort === null) return found;
  const field = sort.replace(/^-/, '');
  if (!sortable.includes(field)) throw badQuery(call, `sort '${field}' is not a field of a policy.`);
  const textOf = (policy: Policy): string => String(inV2(world, call, policy)[field]);
  const rising = [...found].sort((one, other) =>
    textOf(one) < textOf(other) ? -1 : textOf(one) > textOf(other) ? 1 : 0,
  );
  return sort.startsWith('-') ? rising.reverse() : rising;
}

function checkFormat(call: Call): void {
  const format = call.query.get('format');
  if (format !== null && !formats.includes(format)) throw badQuery(call, `format '${format}' is unknown.`);
}
