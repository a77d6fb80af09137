import { apiKeys, identities, type PlatformRole } from '../../core/account/identities.ts';
import { instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { inSnakeCase, isObject, type Members, wordsOf } from '../../core/json.ts';
import { readText, refuse } from '../../core/words/resources.ts';
import type { Call, Handler, Reply, World } from '../../core/world.ts';
import { readName } from './body.ts';
import type { Child, ChildKind } from './children-view.ts';
import { children, childView, credentialsTable, dependants, findChild } from './children-view.ts';
import { addressed, isUpdatedWithin, page, requireRole } from './reads.ts';

const filters = wordsOf(`
  guid name resource_group_id resource_id resource_instance_id region_instance_id region_binding_id updated_from
  updated_to
`);

const plurals = { key: 'keys', alias: 'aliases', binding: 'bindings' } as const;

/** What every kind of child can do; how one is made is its own file's matter. */
export function handlersOf(kind: ChildKind): Readonly<Record<'list' | 'get' | 'rename' | 'remove', Handler>> {
  return {
    list: (world, call) => listed(world, call, kind, `/v2/resource_${plurals[kind]}`, (all) => all.all()),
    get: (world, call) => ({ status: 200, body: childView(world, call, addressedChild(world, call, kind)) }),
    rename: (world, call) => rename(world, call, kind),
    remove: (world, call) => remove(world, call, kind),
  };
}

/** `GET /v2/resource_instances/{id}/resource_keys`, `…/resource_aliases` and `…/resource_bindings`. */
export function listOfInstance(kind: ChildKind): Handler {
  return (world, call) => {
    const { guid } = addressed(world, call);
    const path = `/v2/resource_instances/${guid}/resource_${plurals[kind]}`;
    return listed(world, call, kind, path, (all) => all.by('instance', guid));
  };
}

/** `GET /v2/resource_aliases/{id}/resource_bindings` and `…/resource_keys`. */
export function listOfAlias(kind: 'key' | 'binding'): Handler {
  return (world, call) => {
    const { guid, crn } = addressedChild(world, call, 'alias');
    const path = `/v2/resource_aliases/${guid}/resource_${plurals[kind]}`;
    return listed(world, call, kind, path, (all) => all.by('source', crn));
  };
}

/** Takes a child out of use; its credentials are gone for good, whatever becomes of its instance. */
function removeChild(world: World, child: Child, by: string): void {
  const at = world.now().toISOString();
  credentialsTable(world.store).delete(child.guid);
  apiKeys(world.store).delete(child.apiKeyId);
  identities(world.store).delete(child.serviceIamId);
  children(world.store).put(child.guid, { ...child, state: 'removed', deletedAt: at, deletedBy: by, updatedAt: at });
}

/** Takes everything out of use that stands on a source, and what stands on that. */
export function removeDependants(world: World, sourceCrn: string, by: string): void {
  for (const child of dependants(world, sourceCrn)) {
    removeDependants(world, child.crn, by);
    removeChild(world, child, by);
  }
}

type Of = (all: ReturnType<typeof children>) => readonly Child[];

function listed(world: World, call: Call, kind: ChildKind, path: string, of: Of): Reply {
  const find = (query: URLSearchParams): readonly Child[] =>
    of(children(world.store)).filter(
      (child) =>
        child.kind === kind && child.state === 'active' && isWanted(child, query) && isSeen(world, call, child),
    );
  const view = (child: Child) => childView(world, call, child);
  return { status: 200, body: page(world, call, { path, filters, find, view }) };
}

function isSeen(world: World, call: Call, { instanceGuid }: Child): boolean {
  const instance = instances(world.store).get(instanceGuid);
  return instance !== undefined && mayOnPlatform(world, call.identity.iamId, 'Viewer', instance);
}

function isWanted(child: Child, query: URLSearchParams): boolean {
  const { guid } = child;
  // By CRN or by GUID, as instances are named everywhere else.
  const instance = [child.instanceGuid, child.sourceCrn];
  const facts: Members = {
    ...inSnakeCase(child, 'guid', 'name', 'resourceGroupId', 'resourceId'),
    ...{ resource_instance_id: instance, region_instance_id: guid, region_binding_id: guid },
  };
  const fits = [...query].every(([name, value]) => [facts[name] ?? value].flat().includes(value));
  return fits && isUpdatedWithin(child.updatedAt, query);
}

/** @throws ApiError 404, or 403 for a caller without that role on its instance (judged) */
function addressedChild(world: World, call: Call, kind: ChildKind, role: PlatformRole = 'Viewer'): Child {
  const id = call.params['id'] ?? '';
  const child = findChild(world, kind, id);
  if (child === undefined) throw refuse(call, 404, `Resource ${kind} '${id}' not found.`);
  const instance = instances(world.store).get(child.instanceGuid);
  if (instance !== undefined) requireRole(world, call, role, instance);
  return child;
}

/** `PATCH`: the name, and nothing else. */
function rename(world: World, call: Call, kind: ChildKind): Reply {
  const child = standing(world, call, kind);
  const body = isObject(call.body) ? call.body : {};
  const stray = Object.keys(body).find((member) => member !== 'name');
  if (stray !== undefined) throw refuse(call, 400, `The body has an unknown member '${stray}'.`);
  const by = { updatedAt: world.now().toISOString(), updatedBy: call.identity.iamId };
  const renamed: Child = { ...child, name: readName(call, readText(call, body, 'name')), ...by };
  children(world.store).put(child.guid, renamed);
  return { status: 200, body: childView(world, call, renamed) };
}

/**
 * `DELETE` → 204; the child stays readable as `removed`.
 * @throws ApiError 400 for an alias with keys or bindings, unless `recursive`; 410 the second time (judged: as
 * instances).
 * Source: platform reference, "Keys and bindings (short)"; the 400: platform-services-node-sdk, integration test 30.
 */
function remove(world: World, call: Call, kind: ChildKind): Reply {
  const child = standing(world, call, kind);
  if (dependants(world, child.crn).length > 0 && call.query.get('recursive') !== 'true') {
    throw refuse(call, 400, 'The resource alias has keys or bindings. Delete them first, or use recursive=true.');
  }
  removeDependants(world, child.crn, call.identity.iamId);
  removeChild(world, child, call.identity.iamId);
  return { status: 204 };
}

function standing(world: World, call: Call, kind: ChildKind): Child {
  const child = addressedChild(world, call, kind, 'Operator');
  if (child.state === 'removed') throw refuse(call, 410, `The resource ${kind} was removed.`);
  return child;
}
