import { removeIdentity } from '../../core/account/add-identity.ts';
import type { PlatformRole } from '../../core/account/identities.ts';
import { type IdentityRecord, identities } from '../../core/account/identities.ts';
import { isObject } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { aboutOf, abouts, change, describe, entityTag, identityTime } from './about.ts';
import { identitiesAsked, kept, requireOnIdentity } from './access.ts';
import { addApiKey, apiKeyView } from './api-keys.ts';
import {
  conflict,
  entity,
  notFound,
  page,
  readObject,
  readOptional,
  readText,
  requireAccount,
  requireMatch,
} from './call.ts';

/** `GET /v1/serviceids`: of the account, by name if one is given. */
export function listServiceIds(world: World, call: Call): Reply {
  const found = identitiesAsked(world, call, 'serviceId');
  return { status: 200, body: page(call, 'serviceids', found, (one) => view(world, one)) };
}

/** `POST /v1/serviceids` → 201, with an API key if one is asked for. It may do nothing until policies say so. */
export function createServiceId(world: World, call: Call): Reply {
  const body = readObject(call);
  requireAccount(world, call, body);
  // All users may. Source: IBM Cloud docs, IAM Identity service.
  if (call.identity.kind !== 'user') requireOnIdentity(world, call, 'Operator', { type: 'serviceid' });
  const record: IdentityRecord = {
    iamId: `iam-ServiceId-${world.newId()}`,
    kind: 'serviceId',
    name: readText(call, body, 'name'),
    access: [],
    platform: [],
  };
  identities(world.store).put(record.iamId, record);
  describe(world, call, idOf(record), {
    description: readOptional(call, body, 'description') ?? '',
    locked: call.header('Entity-Lock') === 'true',
  });
  const asked = body['apikey'];
  if (!isObject(asked)) return entity(view(world, record), 201);
  const key = addApiKey(world, call, record.iamId, asked);
  return entity({ ...view(world, record), apikey: apiKeyView(world, key, key.secret) }, 201);
}

/** `GET /v1/serviceids/{id}`. */
export function getServiceId(world: World, call: Call): Reply {
  return entity(view(world, addressed(world, call, 'Viewer')));
}

/** `PUT /v1/serviceids/{id}`, with `If-Match`: name and description. */
export function updateServiceId(world: World, call: Call): Reply {
  const record = addressed(world, call, 'Operator');
  requireMatch(call, entityTag(idOf(record), aboutOf(world.store, idOf(record)).version));
  requireUnlocked(world, call, record);
  const body = readObject(call);
  const renamed: IdentityRecord = { ...record, name: readOptional(call, body, 'name') ?? record.name };
  identities(world.store).put(record.iamId, renamed);
  const description = readOptional(call, body, 'description') ?? aboutOf(world.store, idOf(record)).description;
  change(world, idOf(record), { description });
  return entity(view(world, renamed));
}

/** `DELETE /v1/serviceids/{id}` → 204, with its API keys; 409 while it is locked (judged). */
export function deleteServiceId(world: World, call: Call): Reply {
  const record = addressed(world, call, 'Operator');
  requireUnlocked(world, call, record);
  removeIdentity(world, record);
  abouts(world.store).delete(idOf(record));
  return { status: 204 };
}

/** Lock and unlock → 204. */
export function lockServiceId(locked: boolean) {
  return (world: World, call: Call): Reply => {
    const record = addressed(world, call, 'Operator');
    change(world, idOf(record), { locked });
    return { status: 204 };
  };
}

function view(world: World, record: IdentityRecord): Readonly<Record<string, unknown>> {
  const id = idOf(record);
  const about = aboutOf(world.store, id);
  return {
    id,
    iam_id: record.iamId,
    entity_tag: entityTag(id, about.version),
    crn: `crn:v1:bluemix:public:iam-identity::a/${world.account}::serviceid:${id}`,
    locked: about.locked,
    created_at: identityTime(about.createdAt),
    modified_at: identityTime(about.modifiedAt),
    account_id: world.account,
    name: record.name,
    description: about.description,
    unique_instance_crns: [],
  };
}

function idOf({ iamId }: IdentityRecord): string {
  return iamId.replace(/^iam-/, '');
}

function addressed(world: World, call: Call, role: PlatformRole): IdentityRecord {
  const id = call.params['id'] ?? '';
  const record = identities(world.store).get(`iam-${id.replace(/^iam-/, '')}`);
  if (record?.kind !== 'serviceId') throw notFound(call, `The service ID ${id}`);
  requireOnIdentity(world, call, role, kept(record.iamId));
  return record;
}

function requireUnlocked(world: World, call: Call, record: IdentityRecord): void {
  if (aboutOf(world.store, idOf(record)).locked) throw conflict(call, `The service ID ${record.name} is locked.`);
}
