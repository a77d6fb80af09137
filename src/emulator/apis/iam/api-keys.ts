import { randomBytes } from 'node:crypto';
import type { ApiKeyRecord } from '../../core/account/identities.ts';
import { allApiKeys, apiKeys, developerKey, findIdentity, keyOfSecret } from '../../core/account/identities.ts';
import { inSnakeCase, type Members } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import * as about from './access.ts';
import * as api from './call.ts';
import { forgetLogins, pastOf } from './history.ts';

/**
 * `GET /v1/apikeys`: of one identity, the caller's unless said otherwise; with `scope=account` everybody's. Those of others
 * that the caller may not see are left out.
 */
export function listApiKeys(world: World, call: Call): Reply {
  const { query } = call;
  const isAll = query.get('scope') === 'account';
  const iamId = query.get('iam_id') ?? call.identity.iamId;
  const type = query.get('type');
  if (type !== null && type !== 'user' && type !== 'serviceid')
    throw api.badRequest(call, `type '${type}' is unknown.`);
  const isForeign = (query.get('account_id') ?? world.account) !== world.account;
  const isAsked = (key: ApiKeyRecord): boolean => {
    const isUser = findIdentity(world.store, key.iamId)?.kind === 'user';
    return (isAll || key.iamId === iamId) && (type === null || (type === 'user') === isUser);
  };
  const found = isForeign ? [] : allApiKeys(world.store).filter((key) => isAsked(key) && sees(world, call, key));
  return { status: 200, body: api.page(call, 'apikeys', found, (key) => apiKeyView(world, call, key)) };
}

/** `POST /v1/apikeys` → 201, with the key itself; it is never shown again. */
export function createApiKey(world: World, call: Call): Reply {
  const body = api.readObject(call);
  if (body['account_id'] !== undefined) api.requireAccount(world, call, body);
  const iamId = api.readText(call, body, 'iam_id');
  if (findIdentity(world.store, iamId) === undefined) throw api.notFound(call, `The identity ${iamId}`);
  about.requireOnKeysOf(world, call, iamId);
  const key = addApiKey(world, call, iamId, body);
  return api.entity(apiKeyView(world, call, key, key.secret), 201);
}

/** Makes a key for an identity. @throws ApiError 409 for a value that is another key's (judged) */
export function addApiKey(world: World, call: Call, iamId: string, body: Members): ApiKeyRecord {
  const id = `ApiKey-${world.newId()}`;
  const secret = api.readOptional(call, body, 'apikey') ?? randomBytes(33).toString('base64url');
  if (keyOfSecret(world.store, secret) !== undefined) throw api.conflict(call, 'The value is that of another API key.');
  const expiresAt = api.readOptional(call, body, 'expires_at');
  if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt)))
    throw api.badRequest(call, 'expires_at is no date.');
  about.describe(world, call, id, {
    name: api.readText(call, body, 'name'),
    description: api.readOptional(call, body, 'description') ?? '',
    locked: call.header('Entity-Lock') === 'true',
    disabled: call.header('Entity-Disable') === 'true',
    supportSessions: body['support_sessions'] === true,
    actionWhenLeaked: api.readOptional(call, body, 'action_when_leaked') ?? 'none',
    expiresAt,
  });
  const key = { id, iamId, secret };
  apiKeys(world.store).put(id, key);
  return key;
}

/** `GET /v1/apikeys/details`, with the key in the header `IAM-ApiKey`. */
export function getApiKeyDetails(world: World, call: Call): Reply {
  const secret = call.header('iam-apikey');
  if (secret === undefined) throw api.badRequest(call, 'The IAM-ApiKey header is required.');
  const key = about.findApiKey(world, secret) === undefined ? undefined : keyOfSecret(world.store, secret);
  // UNSURE in the reference: the code of this 404.
  if (key === undefined) throw api.refuse(call, 404, 'BXNIM0415E', 'Provided API key could not be found.');
  return api.entity(apiKeyView(world, call, key));
}

/** `GET /v1/apikeys/{id}`; its value is never shown again. */
export function getApiKey(world: World, call: Call): Reply {
  const key = addressed(world, call);
  if (!sees(world, call, key)) about.requireOnKeysOf(world, call, key.iamId);
  return api.entity(apiKeyView(world, call, key));
}

/** `PUT /v1/apikeys/{id}`, with `If-Match`: name, description, what happens when it leaks. */
export function updateApiKey(world: World, call: Call): Reply {
  const key = addressedForWrite(world, call);
  api.requireMatch(call, about.entityTag(key.id, about.aboutOf(world.store, key.id).version));
  requireUnlocked(world, call, key);
  const body = api.readObject(call);
  const before = about.aboutOf(world.store, key.id);
  about.change(world, call, key.id, {
    name: api.readOptional(call, body, 'name') ?? before.name,
    description: api.readOptional(call, body, 'description') ?? before.description,
    actionWhenLeaked: api.readOptional(call, body, 'action_when_leaked') ?? before.actionWhenLeaked,
    expiresAt: api.readOptional(call, body, 'expires_at') ?? before.expiresAt,
  });
  return api.entity(apiKeyView(world, call, key));
}

/** `DELETE /v1/apikeys/{id}` → 204; 409 while it is locked (judged). The default identity's key stays: 403 (judged). */
export function deleteApiKey(world: World, call: Call): Reply {
  const key = addressedForWrite(world, call);
  requireUnlocked(world, call, key);
  if (apiKeys(world.store).get(key.id) === undefined) {
    throw api.refuse(call, 403, 'forbidden', 'This API key comes with the emulator and cannot be deleted.');
  }
  apiKeys(world.store).delete(key.id);
  about.abouts(world.store).delete(key.id);
  forgetLogins(world.store, key.id);
  return { status: 204 };
}

/** Lock, unlock, disable and enable → 204. */
export function setApiKey(given: { readonly locked?: boolean; readonly disabled?: boolean }) {
  return (world: World, call: Call): Reply => {
    about.change(world, call, addressedForWrite(world, call).id, given);
    return { status: 204 };
  };
}

/** @param secret shown in the answer to the create only */
export function apiKeyView(world: World, call: Call, { id, iamId, secret: own }: ApiKeyRecord, secret = ''): Members {
  const { name, version, createdAt, modifiedAt, ...known } = about.aboutOf(world.store, id);
  return {
    id,
    entity_tag: about.entityTag(id, version),
    crn: `crn:v1:bluemix:public:iam-identity::a/${world.account}::apikey:${id}`,
    created_at: about.identityTime(createdAt),
    modified_at: about.identityTime(modifiedAt),
    name: name ?? (secret === '' ? (about.findApiKey(world, own)?.name ?? '') : ''),
    ...inSnakeCase(known, 'locked', 'disabled', 'createdBy', 'description', 'supportSessions', 'actionWhenLeaked'),
    expires_at: known.expiresAt,
    iam_id: iamId,
    account_id: world.account,
    apikey: secret,
    ...pastOf(world, call, id),
  };
}

function addressed(world: World, call: Call): ApiKeyRecord {
  const id = call.params['id'] ?? '';
  const key = id === developerKey.id ? developerKey : apiKeys(world.store).get(id);
  if (key === undefined) throw api.notFound(call, `The API key ${id}`);
  return key;
}

function addressedForWrite(world: World, call: Call): ApiKeyRecord {
  const key = addressed(world, call);
  about.requireOnKeysOf(world, call, key.iamId);
  return key;
}

/** One's own, or those of whom one manages. */
function sees(world: World, call: Call, { iamId }: ApiKeyRecord): boolean {
  return about.isCaller(call, about.kept(iamId)) || about.mayOnKeysOf(world, call, iamId);
}

function requireUnlocked(world: World, call: Call, { id }: ApiKeyRecord): void {
  if (about.aboutOf(world.store, id).locked) throw api.conflict(call, `The API key ${id} is locked.`);
}
