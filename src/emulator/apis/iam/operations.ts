import type { Operation, Reply, World } from '../../core/world.ts';
import {
  createApiKey,
  deleteApiKey,
  getApiKey,
  getApiKeyDetails,
  listApiKeys,
  setApiKey,
  updateApiKey,
} from './api-keys.ts';
import { dialect } from './errors.ts';
import { createToken } from './grants.ts';
import {
  deleteProfileIdentity,
  getProfileIdentities,
  getProfileIdentity,
  setProfileIdentities,
  setProfileIdentity,
} from './profile-identities.ts';
import { createProfile, deleteProfile, getProfile, listProfiles, updateProfile } from './profiles.ts';
import {
  createServiceId,
  deleteServiceId,
  getServiceId,
  listServiceIds,
  lockServiceId,
  updateServiceId,
} from './service-ids.ts';
import { findSigningKey, jsonWebKey } from './signing-key.ts';
import {
  createClaimRule,
  createLink,
  deleteClaimRule,
  deleteLink,
  deleteLinkByParameters,
  getClaimRule,
  getLink,
  listClaimRules,
  listLinks,
  updateClaimRule,
} from './trust.ts';
import { operations as metadata } from './vpc.ts';

/** `GET /identity/keys`: what tokens are verified with. Empty until the first token was made. */
function listKeys(world: World): Reply {
  const key = findSigningKey(world);
  return { status: 200, body: { keys: key === undefined ? [] : [jsonWebKey(key)] } };
}

const keys = '/v1/apikeys';
const key = `${keys}/{id}`;
const services = '/v1/serviceids';
const service = `${services}/{id}`;
const profiles = '/v1/profiles';
const profile = `${profiles}/{profile}`;
const rule = `${profile}/rules/{rule}`;
const link = `${profile}/links/{link}`;
const trusted = `${profile}/identities`;
const oneTrusted = `${trusted}/{type}/{identifier}`;

/** Source: platform-services-node-sdk (paths, members, statuses); what it does not say of refusals is judged. */
const identityApi: readonly Operation[] = [
  { name: 'listApiKeys', method: 'GET', path: keys, handle: listApiKeys },
  { name: 'createApiKey', method: 'POST', path: keys, handle: createApiKey },
  { name: 'getApiKey', method: 'GET', path: key, handle: getApiKey },
  { name: 'updateApiKey', method: 'PUT', path: key, handle: updateApiKey },
  { name: 'deleteApiKey', method: 'DELETE', path: key, handle: deleteApiKey },
  { name: 'lockApiKey', method: 'POST', path: `${key}/lock`, handle: setApiKey({ locked: true }) },
  { name: 'unlockApiKey', method: 'DELETE', path: `${key}/lock`, handle: setApiKey({ locked: false }) },
  { name: 'disableApiKey', method: 'POST', path: `${key}/disable`, handle: setApiKey({ disabled: true }) },
  { name: 'enableApiKey', method: 'DELETE', path: `${key}/disable`, handle: setApiKey({ disabled: false }) },
  { name: 'listServiceIds', method: 'GET', path: services, handle: listServiceIds },
  { name: 'createServiceId', method: 'POST', path: services, handle: createServiceId },
  { name: 'getServiceId', method: 'GET', path: service, handle: getServiceId },
  { name: 'updateServiceId', method: 'PUT', path: service, handle: updateServiceId },
  { name: 'deleteServiceId', method: 'DELETE', path: service, handle: deleteServiceId },
  { name: 'lockServiceId', method: 'POST', path: `${service}/lock`, handle: lockServiceId(true) },
  { name: 'unlockServiceId', method: 'DELETE', path: `${service}/lock`, handle: lockServiceId(false) },
  { name: 'listProfiles', method: 'GET', path: profiles, handle: listProfiles },
  { name: 'createProfile', method: 'POST', path: profiles, handle: createProfile },
  { name: 'getProfile', method: 'GET', path: profile, handle: getProfile },
  { name: 'updateProfile', method: 'PUT', path: profile, handle: updateProfile },
  { name: 'deleteProfile', method: 'DELETE', path: profile, handle: deleteProfile },
  { name: 'listClaimRules', method: 'GET', path: `${profile}/rules`, handle: listClaimRules },
  { name: 'createClaimRule', method: 'POST', path: `${profile}/rules`, handle: createClaimRule },
  { name: 'getClaimRule', method: 'GET', path: rule, handle: getClaimRule },
  { name: 'updateClaimRule', method: 'PUT', path: rule, handle: updateClaimRule },
  { name: 'deleteClaimRule', method: 'DELETE', path: rule, handle: deleteClaimRule },
  { name: 'listLinks', method: 'GET', path: `${profile}/links`, handle: listLinks },
  { name: 'createLink', method: 'POST', path: `${profile}/links`, handle: createLink },
  { name: 'deleteLinkByParameters', method: 'DELETE', path: `${profile}/links`, handle: deleteLinkByParameters },
  { name: 'getLink', method: 'GET', path: link, handle: getLink },
  { name: 'deleteLink', method: 'DELETE', path: link, handle: deleteLink },
  { name: 'getProfileIdentities', method: 'GET', path: trusted, handle: getProfileIdentities },
  { name: 'setProfileIdentities', method: 'PUT', path: trusted, handle: setProfileIdentities },
  { name: 'setProfileIdentity', method: 'POST', path: `${trusted}/{type}`, handle: setProfileIdentity },
  { name: 'getProfileIdentity', method: 'GET', path: oneTrusted, handle: getProfileIdentity },
  { name: 'deleteProfileIdentity', method: 'DELETE', path: oneTrusted, handle: deleteProfileIdentity },
].map((row) => ({ ...row, auth: 'bearer', dialect, judged: 'refusals' }) as const);

/**
 * IAM's tokens, its identities, and the metadata service that gives virtual servers theirs.
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
    path: `${keys}/details`,
    auth: 'bearer',
    dialect,
    handle: getApiKeyDetails,
  },
  ...metadata,
  ...identityApi,
];
