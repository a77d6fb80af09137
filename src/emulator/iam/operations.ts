import { sign } from 'node:crypto';
import { ApiError, type Call, type Identity, type Operation, type Reply, type World } from '../world.ts';
import { dialect, refuse } from './errors.ts';
import { type ApiKey, findApiKey } from './identities.ts';
import { findSigningKey, jsonWebKey, signingKey } from './signing-key.ts';

const apiKeyGrant = 'urn:ibm:params:oauth:grant-type:apikey';

/** Grants that IAM knows and the emulator does not serve. */
const otherGrants: readonly string[] = [
  'refresh_token',
  'password',
  'urn:ibm:params:oauth:grant-type:cr-token',
  'urn:ibm:params:oauth:grant-type:assume',
  'urn:ibm:params:oauth:grant-type:passcode',
  'urn:ibm:params:oauth:grant-type:delegated-refresh-token',
];

/** `POST /identity/token`. Basic authentication of the client is optional and not looked at, as unknown form fields are. */
function createToken(world: World, call: Call): Reply {
  const form = new URLSearchParams(call.text);
  const grant = form.get('grant_type') ?? '';
  if (otherGrants.includes(grant)) throw new ApiError(dialect.notImplemented(call));
  if (grant !== apiKeyGrant) throw invalidProperty(call, 'grant_type', grant, apiKeyGrant);
  const secret = form.get('apikey') ?? '';
  if (secret === '') throw invalidProperty(call, 'apikey', '', 'an API key');
  const key = findApiKey(world, secret);
  // 400 and not 401. Source: platform reference, "POST /identity/token" (errors).
  if (key === undefined) throw refuse(call, 400, 'BXNIM0415E', 'Provided API key could not be found.');
  const iat = Math.floor(world.now().getTime() / 1000);
  const lifetimeSeconds = Math.ceil(world.settings.tokenLifetimeMs / 1000);
  return {
    status: 200,
    body: {
      access_token: accessToken(world, key, iat, lifetimeSeconds),
      refresh_token: 'not_supported',
      ims_user_id: 1234567,
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      expiration: iat + lifetimeSeconds,
      scope: 'ibm openid',
    },
    headers: { 'Cache-Control': 'no-store' },
  };
}

/** Source: platform reference, "JWT claims clients decode"; `iss` stands so even when served from this machine. */
function accessToken(world: World, { identity }: ApiKey, iat: number, lifetimeSeconds: number): string {
  const key = signingKey(world);
  const [realmid = '', identifier = ''] = identity.iamId.split(/-(.*)/s);
  const claims = {
    iam_id: identity.iamId,
    id: identity.iamId,
    realmid,
    jti: world.newId(),
    identifier,
    name: identity.name,
    ...(identity.kind === 'serviceId' ? serviceClaims(identity, identifier) : userClaims(identity)),
    account: { valid: true, bss: identity.accountId, ims_user_id: '1234567', frozen: true, ims: '1234567' },
    iat,
    exp: iat + lifetimeSeconds,
    iss: 'https://iam.cloud.ibm.com/identity',
    grant_type: apiKeyGrant,
    scope: 'ibm openid',
    client_id: 'default',
    acr: 1,
    amr: ['pwd'],
  };
  const signed = `${encode({ kid: key.kid, alg: 'RS256' })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

function userClaims({ iamId, name }: Identity): object {
  const [given = '', ...family] = name.split(' ');
  const email = `${family.at(-1)?.toLowerCase() ?? given.toLowerCase()}@keystead.example`;
  const authn = { sub: email, iam_id: iamId, name, email };
  return { given_name: given, family_name: family.join(' '), email, sub: email, authn };
}

function serviceClaims({ iamId, name }: Identity, sub: string): object {
  return { sub, sub_type: 'ServiceId', authn: { sub, iam_id: iamId, sub_type: 'ServiceId', name } };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** `GET /identity/keys`: what tokens are verified with. Empty until the first token was made. */
function listKeys(world: World): Reply {
  const key = findSigningKey(world);
  return { status: 200, body: { keys: key === undefined ? [] : [jsonWebKey(key)] } };
}

/** `GET /v1/apikeys/details`, with the key in the header `IAM-ApiKey`. */
function getApiKeyDetails(world: World, call: Call): Reply {
  const secret = call.header('iam-apikey');
  if (secret === undefined) throw invalidProperty(call, 'IAM-ApiKey', '', 'an API key');
  const key = findApiKey(world, secret);
  // UNSURE in the reference: the code of this 404.
  if (key === undefined) throw refuse(call, 404, 'BXNIM0415E', 'Provided API key could not be found.');
  const { iamId, accountId } = key.identity;
  return {
    status: 200,
    body: {
      id: key.id,
      entity_tag: '1-0',
      crn: `crn:v1:bluemix:public:iam-identity::a/${accountId}::apikey:${key.id}`,
      locked: false,
      disabled: false,
      created_at: '2026-01-02T03:04+0000',
      created_by: iamId,
      modified_at: '2026-01-02T03:04+0000',
      name: key.name,
      description: '',
      support_sessions: false,
      action_when_leaked: 'none',
      iam_id: iamId,
      account_id: accountId,
      apikey: '',
    },
  };
}

function invalidProperty(call: Call, name: string, value: string, valid: string): ApiError {
  const message = `Property ${name} with value '${value}' is not valid. It must be: ${valid}.`;
  return refuse(call, 400, 'BXNIM0106E', message);
}

/**
 * IAM's tokens, and the one identity call that says who a key is.
 * Source: platform reference, "IAM: tokens, API keys, authenticators, provider bootstrap".
 */
export const operations: readonly Operation[] = [
  {
    name: 'createToken',
    method: 'POST',
    path: '/identity/token',
    auth: 'none',
    bodyIs: 'form',
    dialect,
    handle: createToken,
  },
  { name: 'listKeys', method: 'GET', path: '/identity/keys', auth: 'none', dialect, handle: listKeys },
  {
    name: 'getApiKeysDetails',
    method: 'GET',
    path: '/v1/apikeys/details',
    auth: 'bearer',
    dialect,
    handle: getApiKeyDetails,
  },
];
