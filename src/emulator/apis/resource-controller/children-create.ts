import { randomBytes } from 'node:crypto';
import { apiKeys, identities } from '../../core/account/identities.ts';
import { findInstance, type Instance, instances } from '../../core/account/instances.ts';
import { rolesOn } from '../../core/account/roles.ts';
import { isObject, type Members } from '../../core/json.ts';
import { readMembers, readText, refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { readName } from './body.ts';
import type { Child, ChildKind, Credentials } from './children-view.ts';
import { children, childView, credentialsTable, findChild } from './children-view.ts';
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
 * An API key of a service ID that has the role on the instance: of one made for it, or of the one that is given.
 * @throws ApiError 400 for a role that the service does not have, for `parameters` that are no object, and for a service
 * ID that is not there (all judged)
 */
function makeCredentials(
  world: World,
  call: Call,
  child: Child,
  instance: Instance,
  body: Members,
): { readonly shown: Credentials; readonly made: Pick<Child, 'apiKeyId' | 'serviceIamId'> } {
  const parameters = body['parameters'] ?? {};
  if (!isObject(parameters)) throw refuse(call, 400, 'parameters must be an object.');
  // Without a role: the highest of the usual three (judged).
  const role = body['role'] === undefined ? 'Manager' : readText(call, body, 'role');
  const { service, system } = rolesOn(instance.serviceName);
  const found = [...service, ...system].find(({ crn, display_name: name }) => crn === role || name === role);
  if (found === undefined) throw refuse(call, 400, `The role '${role}' is not a role of ${instance.serviceName}.`);
  const given = parameters['serviceid_crn'];
  const iamId = given === undefined ? `iam-ServiceId-${world.newId()}` : `iam-${String(given).split(':').at(-1)}`;
  if (given === undefined) {
    const access = [{ instance: instance.guid, roles: [found.display_name] }];
    const name = `auto-generated-serviceId-${child.guid}`;
    identities(world.store).put(iamId, { iamId, kind: 'serviceId', name, access, platform: [] });
  } else if (identities(world.store).get(iamId) === undefined) {
    throw refuse(call, 400, `The service ID '${String(given)}' was not found.`);
  }
  const key = { id: `ApiKey-${world.newId()}`, iamId, secret: randomBytes(33).toString('base64url') };
  apiKeys(world.store).put(key.id, key);
  const account = `crn:v1:bluemix:public:iam-identity::a/${child.accountId}`;
  return {
    shown: {
      apikey: key.secret,
      iam_apikey_description: `Auto-generated for key ${child.crn}`,
      iam_apikey_id: key.id,
      iam_apikey_name: child.name,
      iam_role_crn: found.crn,
      iam_serviceid_crn: `${account}::serviceid:${iamId.replace(/^iam-/, '')}`,
    },
    made: { apiKeyId: key.id, serviceIamId: given === undefined ? iamId : '' },
  };
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
