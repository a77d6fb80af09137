import { type Operation, operationsOf, type Reply, type World } from '../../core/world.ts';
import * as apiKeys from './api-keys.ts';
import { dialect } from './call.ts';
import { createToken } from './grants.ts';
import { profiles, serviceIds } from './named.ts';
import { getAccountSettings } from './settings.ts';
import { findSigningKey, jsonWebKey } from './token.ts';
import { profileIdentities, profileLinks, rules } from './trust.ts';
import { operations as metadata } from './vpc.ts';

/** `GET /identity/keys`: what tokens are verified with. Empty until the first token was made. */
function listKeys(world: World): Reply {
  const key = findSigningKey(world);
  return { status: 200, body: { keys: key === undefined ? [] : [jsonWebKey(key)] } };
}

const keys = '/v1/apikeys';
const services = '/v1/serviceids';
const all = '/v1/profiles';
const one = `${all}/{profile}`;
const trusted = `${one}/identities`;

/** Source: platform-services-node-sdk (paths, members, statuses); what it does not say of refusals is judged. */
const identityApi = operationsOf({ auth: 'bearer', dialect, judged: 'refusals' }, [
  ['listApiKeys', `GET ${keys}`, apiKeys.listApiKeys],
  ['createApiKey', `POST ${keys}`, apiKeys.createApiKey],
  ['getApiKey', `GET ${keys}/{id}`, apiKeys.getApiKey],
  ['updateApiKey', `PUT ${keys}/{id}`, apiKeys.updateApiKey],
  ['deleteApiKey', `DELETE ${keys}/{id}`, apiKeys.deleteApiKey],
  ['lockApiKey', `POST ${keys}/{id}/lock`, apiKeys.setApiKey({ locked: true })],
  ['unlockApiKey', `DELETE ${keys}/{id}/lock`, apiKeys.setApiKey({ locked: false })],
  ['disableApiKey', `POST ${keys}/{id}/disable`, apiKeys.setApiKey({ disabled: true })],
  ['enableApiKey', `DELETE ${keys}/{id}/disable`, apiKeys.setApiKey({ disabled: false })],
  ['getAccountSettings', 'GET /v1/accounts/{account}/settings/identity', getAccountSettings],
  ['listServiceIds', `GET ${services}`, serviceIds.list],
  ['createServiceId', `POST ${services}`, serviceIds.create],
  ['getServiceId', `GET ${services}/{id}`, serviceIds.get],
  ['updateServiceId', `PUT ${services}/{id}`, serviceIds.update],
  ['deleteServiceId', `DELETE ${services}/{id}`, serviceIds.remove],
  ['lockServiceId', `POST ${services}/{id}/lock`, serviceIds.lock],
  ['unlockServiceId', `DELETE ${services}/{id}/lock`, serviceIds.unlock],
  ['listProfiles', `GET ${all}`, profiles.list],
  ['createProfile', `POST ${all}`, profiles.create],
  ['getProfile', `GET ${one}`, profiles.get],
  ['updateProfile', `PUT ${one}`, profiles.update],
  ['deleteProfile', `DELETE ${one}`, profiles.remove],
  ['listClaimRules', `GET ${one}/rules`, rules.list],
  ['createClaimRule', `POST ${one}/rules`, rules.create],
  ['getClaimRule', `GET ${one}/rules/{rule}`, rules.get],
  ['updateClaimRule', `PUT ${one}/rules/{rule}`, rules.update],
  ['deleteClaimRule', `DELETE ${one}/rules/{rule}`, rules.remove],
  ['listLinks', `GET ${one}/links`, profileLinks.list],
  ['createLink', `POST ${one}/links`, profileLinks.create],
  ['deleteLinkByParameters', `DELETE ${one}/links`, profileLinks.removeByParameters],
  ['getLink', `GET ${one}/links/{link}`, profileLinks.get],
  ['deleteLink', `DELETE ${one}/links/{link}`, profileLinks.remove],
  ['getProfileIdentities', `GET ${trusted}`, profileIdentities.list],
  ['setProfileIdentities', `PUT ${trusted}`, profileIdentities.setAll],
  ['setProfileIdentity', `POST ${trusted}/{type}`, profileIdentities.set],
  ['getProfileIdentity', `GET ${trusted}/{type}/{identifier}`, profileIdentities.get],
  ['deleteProfileIdentity', `DELETE ${trusted}/{type}/{identifier}`, profileIdentities.remove],
]);

/**
 * IAM's tokens, its identities, and the metadata service that gives virtual servers theirs.
 * Source: platform reference, "IAM: tokens, API keys, authenticators, provider bootstrap".
 */
export const operations: readonly Operation[] = [
  ...operationsOf({ auth: 'none', dialect, bodyIs: 'form' }, [
    ['createToken', 'POST /identity/token', createToken],
    // The address that keyprotect-go-client has built in (iam/iam.go).
    ['createToken', 'POST /oidc/token', createToken],
  ]),
  ...operationsOf({ auth: 'none', dialect }, [['listKeys', 'GET /identity/keys', listKeys]]),
  ...operationsOf({ auth: 'bearer', dialect }, [
    ['getApiKeysDetails', `GET ${keys}/details`, apiKeys.getApiKeyDetails],
  ]),
  ...metadata,
  ...identityApi,
];
