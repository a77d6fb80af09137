import { isObject } from '../json.ts';
import type { Call, Reply, World } from '../world.ts';
import { refuse } from './errors.ts';
import { findInstance, type Instance, instances } from './state.ts';
import { instanceView } from './view.ts';

/** UNSURE in the reference: default page, and the largest. */
const defaultPage = 100;
const largestPage = 200;
const states = [
  'pre_provisioning',
  'provisioning',
  'active',
  'inactive',
  'failed',
  'pending_reclamation',
  'pending_removal',
  'removed',
];
const filters = [
  'guid',
  'name',
  'resource_group_id',
  'resource_id',
  'resource_plan_id',
  'type',
  'sub_type',
  'state',
  'updated_from',
  'updated_to',
  'account_id',
];

/** The instance that the path names, by CRN or GUID, in whatever state. @throws ApiError 404 */
export function addressed(world: World, call: Call): Instance {
  const id = call.params['id'] ?? '';
  const instance = findInstance(world, id);
  if (instance === undefined) throw refuse(call, 404, `Resource instance '${id}' not found.`);
  return instance;
}

/** `GET /v2/resource_instances/{id}`: removed instances too, for ever (how long IBM keeps them is UNSURE). */
export function getInstance(world: World, call: Call): Reply {
  return { status: 200, body: instanceView(world, call, addressed(world, call)) };
}

/**
 * `GET /v2/resource_instances`. Without `state` only active and provisioning ones. With `start` every other filter is
 * ignored: it is in the token, which stands in `next_url`.
 *
 * Source: platform reference, "Operations" (Resource Controller).
 */
export function listInstances(world: World, call: Call): Reply {
  const start = call.query.get('start');
  const { query, after } = start === null ? { query: filterOf(call), after: '' } : readToken(call, start);
  const limit = readLimit(call);
  const found = instances(world.store)
    .all()
    .filter((instance) => isWanted(instance, query));
  const from = found.findIndex((instance) => instance.guid === after) + 1;
  const shown = found.slice(from, from + limit);
  const isLast = from + limit >= found.length;
  const token = Buffer.from(JSON.stringify({ query: query.toString(), after: shown.at(-1)?.guid ?? '' })).toString(
    'base64url',
  );
  return {
    status: 200,
    body: {
      rows_count: shown.length,
      next_url: isLast ? null : `/v2/resource_instances?start=${token}&limit=${limit}`,
      resources: shown.map((instance) => instanceView(world, call, instance)),
    },
  };
}

function filterOf(call: Call): URLSearchParams {
  const query = new URLSearchParams([...call.query].filter(([name]) => filters.includes(name)));
  const state = query.get('state');
  if (state !== null && !states.includes(state)) throw refuse(call, 400, `The state '${state}' is unknown.`);
  for (const name of ['updated_from', 'updated_to']) {
    if (Number.isNaN(Date.parse(query.get(name) ?? '2000-01-01'))) throw refuse(call, 400, `${name} is not a date.`);
  }
  return query;
}

function isWanted(instance: Instance, query: URLSearchParams): boolean {
  const facts: Readonly<Record<string, string>> = {
    guid: instance.guid,
    name: instance.name,
    resource_group_id: instance.resourceGroupId,
    resource_id: instance.resourceId,
    resource_plan_id: instance.planId,
    type: 'service_instance',
    sub_type: 'Public',
    account_id: instance.accountId,
    state: instance.state,
  };
  const fits = [...query].every(([name, value]) => facts[name] === undefined || facts[name] === value);
  const isStateWanted = query.has('state') || instance.state === 'active' || instance.state === 'provisioning';
  const updated = Date.parse(instance.updatedAt);
  const from = Date.parse(query.get('updated_from') ?? '1970-01-01T00:00:00Z');
  const to = Date.parse(query.get('updated_to') ?? '9999-12-31T00:00:00Z');
  return fits && isStateWanted && updated >= from && updated <= to;
}

function readToken(call: Call, start: string): { readonly query: URLSearchParams; readonly after: string } {
  try {
    const token: unknown = JSON.parse(Buffer.from(start, 'base64url').toString());
    if (isObject(token) && 'query' in token && 'after' in token) {
      return { query: new URLSearchParams(String(token['query'])), after: String(token['after']) };
    }
  } catch {
    // Not JSON: no token of ours, as below.
  }
  throw refuse(call, 400, 'start is not a token of a list.');
}

function readLimit(call: Call): number {
  const limit = Number(call.query.get('limit') ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1) throw refuse(call, 400, 'limit must be a positive whole number.');
  return Math.min(limit, largestPage);
}
