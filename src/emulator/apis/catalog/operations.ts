import type { Members } from '../../core/json.ts';
import { plainDialect as dialect, linkTo, refuse } from '../../core/words/words.ts';
import { ApiError, type Call, type Operation, operationsOf, type Reply, type World } from '../../core/world.ts';
import { childrenOf, type Entry, findEntry, topEntries } from './entries.ts';

const defaultPage = 50;
/** UNSURE in the reference. */
const largestPage = 200;
const publishedAt = '2020-01-01T00:00:00.000Z';

/**
 * `GET /api/v1`: searches the top entries. It is fuzzy: a word is found anywhere in name, display name, description and
 * tags.
 */
function listEntries(world: World, call: Call): Reply {
  return page(call, search(topEntries(world.store), call.query.get('q') ?? '', call));
}

function getEntry(world: World, call: Call): Reply {
  return { status: 200, body: view(call, entryOf(world, call)) };
}

/** `GET /api/v1/{id}/{kind}`, where kind may be `*`; `q` searches the children. */
function listChildren(world: World, call: Call): Reply {
  const kind = call.params['kind'] ?? '';
  // Not kinds of entries: parts of the API that are not emulated.
  if (kind === 'logs' || kind === 'artifacts') throw new ApiError(dialect.notImplemented(call));
  const children = childrenOf(world.store, entryOf(world, call), kind);
  return page(call, search(children, call.query.get('q') ?? '', call));
}

/** `GET /api/v1/{id}/visibility`: everything here is public. */
function getVisibility(world: World, call: Call): Reply {
  entryOf(world, call);
  return { status: 200, body: { restrictions: 'public', owner: '', extendable: false, approved: true } };
}

/** `GET /api/v1/{id}/pricing`: whether it costs anything; prices are not made up. */
function getPricing(world: World, call: Call): Reply {
  const entry = entryOf(world, call);
  if (entry.kind !== 'plan' && entry.kind !== 'deployment') throw noPricing(call, entry);
  return { status: 200, body: pricing(entry) };
}

/** `GET /api/v1/{id}/pricing/deployment`: the same for each deployment of a plan. */
function getPricingDeployments(world: World, call: Call): Reply {
  const entry = entryOf(world, call);
  if (entry.kind !== 'plan') throw noPricing(call, entry);
  const priced = childrenOf(world.store, entry, 'deployment').map((deployment) => ({
    deployment_id: deployment.id,
    deployment_location: deployment.locations[0] ?? '',
    ...pricing(deployment),
  }));
  return pageOf(call, priced);
}

function pricing(entry: Entry): Members {
  return { type: entry.free ? 'free' : 'paid', origin: 'global_catalog', metrics: [] };
}

function noPricing(call: Call, entry: Entry): ApiError {
  return refuse(call, 404, 'not_found', `The entry '${entry.id}' is a ${entry.kind} and has no pricing.`);
}

function entryOf(world: World, call: Call): Entry {
  const id = call.params['id'] ?? '';
  const entry = findEntry(world.store, id);
  if (entry === undefined) throw refuse(call, 404, 'not_found', `No catalog entry has the id '${id}'.`);
  return entry;
}

function search(entries: readonly Entry[], q: string, call: Call): readonly Entry[] {
  const words = q.split(/\s+/).filter((word) => word !== '');
  const filters = words.filter((word) => /^[a-z]+:/.test(word));
  const keywords = words.filter((word) => !filters.includes(word)).map((word) => word.toLowerCase());
  return entries.filter((entry) => {
    const text = [entry.name, entry.displayName, entry.description, ...entry.tags].join('\n').toLowerCase();
    const found = keywords.length === 0 || keywords.some((word) => text.includes(word));
    return found && filters.every((filter) => passes(entry, filter, call));
  });
}

/** Source: platform reference, "Operations" (Global Catalog). */
function passes(entry: Entry, filter: string, call: Call): boolean {
  const [name, value = ''] = filter.split(/:(.*)/s);
  switch (name) {
    case 'kind':
      return entry.kind === value;
    case 'tag':
      return entry.tags.includes(value);
    case 'geo':
      return entry.locations.includes(value);
    case 'price':
      return value === (entry.free ? 'free' : 'paid');
    case 'active':
    case 'rc':
    case 'iam':
      return value === 'true';
    default:
      throw refuse(call, 400, 'bad_request', `q: the filter '${filter}' is unknown.`);
  }
}

/**
 * `next` stands only where there is a next page, on the caller's own origin: clients cut their base URL off its front.
 */
function page(call: Call, entries: readonly Entry[]): Reply {
  return pageOf(
    call,
    entries.map((entry) => view(call, entry)),
  );
}

function pageOf(call: Call, entries: readonly unknown[]): Reply {
  const offset = readNumber(call, '_offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = Math.max(1, readNumber(call, '_limit', defaultPage, largestPage));
  const shown = entries.slice(offset, offset + limit);
  const at = (from: number): string => linkTo(call, { _offset: String(from), _limit: String(limit) });
  const body = {
    offset,
    limit,
    count: entries.length,
    resource_count: shown.length,
    first: at(0),
    last: at(Math.floor(Math.max(0, entries.length - 1) / limit) * limit),
    prev: offset > 0 ? at(Math.max(0, offset - limit)) : undefined,
    next: offset + limit < entries.length ? at(offset + limit) : undefined,
    resources: shown,
  };
  return { status: 200, body };
}

function readNumber(call: Call, name: string, absent: number, largest: number): number {
  const text = call.query.get(name);
  const value = text === null ? absent : Number(text);
  if (!Number.isInteger(value) || value < 0) throw refuse(call, 400, 'bad_request', `${name} must be a whole number.`);
  return Math.min(value, largest);
}

/** Fields marked required by the Go SDK are always there; `metadata` only when asked for with `include`. */
function view(call: Call, entry: Entry): Members {
  const include = call.query.get('include') ?? '';
  const url = `${call.origin}/api/v1/${encodeURIComponent(entry.id)}`;
  const { id, name, kind, tags, displayName, description } = entry;
  return {
    ...{ id, name, kind, tags, url, group: false, active: true, disabled: false },
    catalog_crn: entry.catalogCrn,
    children_url: `${url}/%2A`,
    parent_id: entry.parentId,
    geo_tags: entry.locations,
    pricing_tags: [entry.free ? 'free' : 'paid'],
    created: publishedAt,
    updated: publishedAt,
    images: { image: '' },
    overview_ui: { en: { display_name: displayName, description, long_description: description } },
    provider: { name: 'IBM', email: '' },
    ...(include === '*' || include.includes('metadata') ? { metadata: entry.metadata } : {}),
  };
}

/**
 * Global Catalog, reading only, and without a token.
 * Source: platform reference, "Global Catalog"; operation ids: platform-services-node-sdk.
 */
export const operations: readonly Operation[] = operationsOf({ auth: 'none', dialect }, [
  ['listCatalogEntries', 'GET /api/v1', listEntries],
  ['getCatalogEntry', 'GET /api/v1/{id}', getEntry],
  // bluemix-go asks so for the deployments of a plan whose name it did not find: 404, not 501.
  ['getChildObjects', 'GET /api/v1//{kind}', listChildren],
  ['getVisibility', 'GET /api/v1/{id}/visibility', getVisibility, 'everything is public'],
  ['getPricing', 'GET /api/v1/{id}/pricing', getPricing, 'free or paid, without prices'],
  [
    'getPricingDeployments',
    'GET /api/v1/{id}/pricing/deployment',
    getPricingDeployments,
    'free or paid, without prices',
  ],
  ['getChildObjects', 'GET /api/v1/{id}/{kind}', listChildren],
]);
