import { findInstance, type Instance, instances } from '../../core/account/instances.ts';
import type { Members } from '../../core/json.ts';
import { readMembers, readText, refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { readName } from './body.ts';
import type { Child, ChildKind } from './children-view.ts';
import { children, childView, credentialsTable, findChild } from './children-view.ts';
import { makeCredentials } from './credentials.ts';
import { requireRole } from './reads.ts';

/** What a child is made of: an instance, or an alias of one. */
interface Source {
  readonly crn: string;
  readonly instance: Instance;
}

/**
 * `POST /v2/resource_keys` → 201. Names are not unique; a lock of the instance does not hold this up. The API key in
 * the credentials is good for a login.
 * Source: platform reference, "Keys and bindings (short)".
 */
export function createKey(world: World, call: Call): Reply {
  const body = readMembers(call, ['name', 'source', 'role', 'parameters']);
  const source = readSource(world, call, body);
  return add(world, call, 'key', { name: readName(call, readText(call, body, 'name')), source, targetCrn: '', body });
}

/** `POST /v2/resource_bindings` → 201: an alias for an application of Cloud Foundry. A name is made up if none is given. */
export function createBinding(world: World, call: Call): Reply {
  const body = readMembers(call, ['name', 'source', 'target', 'role', 'parameters']);
  const source = readSource(world, call, body);
  if (findChild(world, 'alias', source.crn) === undefined) {
    throw refuse(call, 400, 'The source of a resource binding must be a resource alias.');
  }
  const name = body['name'] === undefined ? `binding-${world.newId()}` : readName(call, readText(call, body, 'name'));
  return add(world, call, 'binding', { name, source, targetCrn: readTarget(call, body), body });
}

/** `POST /v2/resource_aliases` → 201: an instance for a space of Cloud Foundry. */
export function createAlias(world: World, call: Call): Reply {
  const body = readMembers(call, ['name', 'source', 'target']);
  const source = readSource(world, call, body);
  if (source.crn !== source.instance.crn) {
    throw refuse(call, 400, 'The source of a resource alias must be a resource instance.');
  }
  const name = readName(call, readText(call, body, 'name'));
  return add(world, call, 'alias', { name, source, targetCrn: readTarget(call, body), body });
}

interface Given {
  readonly name: string;
  readonly source: Source;
  readonly targetCrn: string;
  readonly body: Members;
}

function add(world: World, call: Call, kind: ChildKind, given: Given): Reply {
  const { instance } = given.source;
  const guid = world.newId();
  const at = world.now().toISOString();
  const base = instance.crn.split(':').slice(0, 8).join(':');
  const { resourceId, resourceGroupId, accountId } = instance;
  const child: Child = {
    ...{ kind, guid, resourceId, resourceGroupId, accountId, name: given.name, targetCrn: given.targetCrn },
    ...{ apiKeyId: '', serviceIamId: '', updatedBy: '', deletedAt: undefined, deletedBy: '', state: 'active' },
    crn: `${base}:resource-${kind}:${guid}`,
    instanceGuid: instance.guid,
    sourceCrn: given.source.crn,
    onetime: kind === 'key' && instance.parameters['onetime_credentials'] === true,
    createdAt: at,
    createdBy: call.identity.iamId,
    updatedAt: at,
  };
  if (kind === 'alias') {
    children(world.store).put(guid, child);
    return { status: 201, body: childView(world, call, child) };
  }
  const credentials = makeCredentials(world, call, child, instance, given.body);
  const made: Child = { ...child, ...credentials.made };
  children(world.store).put(guid, made);
  if (!child.onetime) credentialsTable(world.store).put(guid, credentials.shown);
  return { status: 201, body: { ...childView(world, call, made), credentials: credentials.shown } };
}

/**
 * The body's `source`: an instance or an alias, by CRN or GUID.
 * @throws ApiError 404 when there is none, 422 when its instance is not in use (both judged)
 */
function readSource(world: World, call: Call, body: Members): Source {
  const id = readText(call, body, 'source');
  const alias = findChild(world, 'alias', id);
  const instance = alias?.state === 'active' ? instances(world.store).get(alias.instanceGuid) : findInstance(world, id);
  if (instance === undefined) throw refuse(call, 404, `The source '${id}' was not found.`);
  requireRole(world, call, 'Operator', instance);
  if (instance.state !== 'active') throw refuse(call, 422, `The instance is in state ${instance.state}.`);
  return { crn: alias?.crn ?? instance.crn, instance };
}

/** Whatever environment it is written for, it comes back with the service `cf`. Source: platform-services-node-sdk, integration tests 06 and 12. */
function readTarget(call: Call, body: Members): string {
  const target = readText(call, body, 'target');
  const parts = target.split(':');
  if (parts.length !== 10 || parts[0] !== 'crn') throw refuse(call, 400, `The target '${target}' is not a CRN.`);
  return [...parts.slice(0, 4), 'cf', ...parts.slice(5)].join(':');
}
