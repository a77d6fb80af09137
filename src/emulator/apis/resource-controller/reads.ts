import type { PlatformRole, PlatformTarget } from '../../core/account/identities.ts';
import { findInstance, type Instance, instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { inSnakeCase, isObject, type Members, wordsOf } from '../../core/json.ts';
import { refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { instanceView } from './view.ts';

const states = wordsOf(`
  pre_provisioning provisioning active inactive failed pending_reclamation pending_removal removed
`);
const filters = wordsOf(`
  guid name resource_group_id resource_id resource_plan_id type sub_type state updated_from updated_to account_id
`);

/**
 * The instance that the path names, by CRN or GUID, in whatever state, for a caller who has that platform role on it.
 * @throws ApiError 404, or 403 (judged: the reference has neither the status nor the text)
 */
export function addressed(world: World, call: Call, role: PlatformRole = 'Viewer'): Instance {
  const id = call.params['id'] ?? '';
  const instance = findInstance(world, id);
  if (instance === undefined) throw refuse(call, 404, `Resource instance '${id}' not found.`);
  requireRole(world, call, role, instance);
  return instance;
}

/** @throws ApiError 403 */
export function requireRole(world: World, call: Call, role: PlatformRole, target: PlatformTarget): void {
  if (mayOnPlatform(world, call.identity.iamId, role, target)) return;
  throw refuse(call, 403, `You are not authorized: the platform role ${role} on ${target.serviceName} is required.`);
}

/** `GET /v2/resource_instances/{id}`: removed instances too, for ever (how long IBM keeps them is UNSURE). */
export function getInstance(world: World, call: Call): Reply {
  return { status: 200, body: instanceView(world, call, addressed(world, call)) };
}

/**
 * `GET /v2/resource_instances`. Without `state` only active and provisioning ones; never what the caller may not see.
 * Source: platform reference, "Operations" (Resource Controller).
 */
export function listInstances(world: World, call: Call): Reply {
  const state = call.query.get('state');
  if (state !== null && !states.includes(state)) throw refuse(call, 400, `The state '${state}' is unknown.`);
  const { iamId } = call.identity;
  const body = page(world, call, {
    path: '/v2/resource_instances',
    filters,
    find: (query) =>
      instances(world.store)
        .all()
        .filter((instance) => isWanted(instance, query) && mayOnPlatform(world, iamId, 'Viewer', instance)),
    view: (instance) => instanceView(world, call, instance),
  });
  return { status: 200, body };
}

function isWanted(instance: Instance, query: URLSearchParams): boolean {
  const facts: Members = {
    ...inSnakeCase(instance, 'guid', 'name', 'resourceGroupId', 'resourceId', 'accountId', 'state'),
    resource_plan_id: instance.planId,
    type: 'service_instance',
    sub_type: 'Public',
  };
  const fits = [...query].every(([name, value]) => facts[name] === undefined || facts[name] === value);
  const isStateWanted = query.has('state') || instance.state === 'active' || instance.state === 'provisioning';
  return fits && isStateWanted && isUpdatedWithin(instance.updatedAt, query);
}

/** Source: Resource Controller API, introduction, "Pagination". That more are cut, not refused, is judged. */
const defaultPage = 100;
const largestPage = 100;

/**
 * One page of a list of Resource Controller. With `start` every filter of the request is ignored: it is in the token,
 * which stands in `next_url`.
 * @param list `path`: of this list; `filters`: the query parameters that it knows; `check`: refuses a filter that makes
 * no sense; `find`: all that a query wants, in a lasting order
 * Source: platform reference, "Operations" (Resource Controller).
 */
export function page<T extends { readonly guid: string }>(
  { store }: World,
  call: Call,
  list: {
    readonly path: string;
    readonly filters: readonly string[];
    readonly find: (query: URLSearchParams) => readonly T[];
    readonly view: (item: T) => unknown;
  },
): Members {
  const start = call.query.get('start');
  // IBM's SDK sends it empty for a first page, and its integration suite expects 200.
  const { query, after } =
    start === null || start === '' ? { query: filterOf(call, list.filters), after: '' } : readToken(call, start);
  const limit = readLimit(call);
  const { found, places } = store.remember(`${list.path}?${query} ${call.identity.iamId}`, () => {
    const all = list.find(query);
    return { found: all, places: new Map(all.map(({ guid }, place) => [guid, place])) };
  });
  const from = (places.get(after) ?? -1) + 1;
  const shown = found.slice(from, from + limit);
  const token = JSON.stringify({ query: query.toString(), after: shown.at(-1)?.guid ?? '' });
  const next = `${list.path}?start=${Buffer.from(token).toString('base64url')}&limit=${limit}`;
  return {
    rows_count: shown.length,
    next_url: from + limit < found.length ? next : null,
    resources: shown.map(list.view),
  };
}

/** Whether something was changed last within the times that a query gives. */
export function isUpdatedWithin(updatedAt: string, query: URLSearchParams): boolean {
  const from = Date.parse(query.get('updated_from') ?? '1970-01-01T00:00:00Z');
  const to = Date.parse(query.get('updated_to') ?? '9999-12-31T00:00:00Z');
  const updated = Date.parse(updatedAt);
  return updated >= from && updated <= to;
}

function filterOf(call: Call, filters: readonly string[]): URLSearchParams {
  const query = new URLSearchParams([...call.query].filter(([name]) => filters.includes(name)));
  for (const name of ['updated_from', 'updated_to']) {
    if (Number.isNaN(Date.parse(query.get(name) ?? '2000-01-01'))) throw refuse(call, 400, `${name} is not a date.`);
  }
  return query;
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
