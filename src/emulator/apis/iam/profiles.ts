import { removeIdentity } from '../../core/account/add-identity.ts';
import type { PlatformRole } from '../../core/account/identities.ts';
import { type IdentityRecord, identities } from '../../core/account/identities.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { aboutOf, abouts, change, describe, entityTag, identityTime } from './about.ts';
import { identitiesAsked, kept, requireOnIdentity } from './access.ts';
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
import { claimRules, findProfile, links, profileCrn, profileId, trusted } from './profiles-state.ts';

/** `GET /v1/profiles`. */
export function listProfiles(world: World, call: Call): Reply {
  const found = identitiesAsked(world, call, 'profile');
  return { status: 200, body: page(call, 'profiles', found, (one) => view(world, one)) };
}

/** `POST /v1/profiles` → 201. It trusts nobody, and may do nothing until policies say so; 409 for a name that is taken. */
export function createProfile(world: World, call: Call): Reply {
  const body = readObject(call);
  requireAccount(world, call, body);
  requireOnIdentity(world, call, 'Administrator', { type: 'profile' });
  const name = readText(call, body, 'name');
  if (findProfile(world, { name }) !== undefined) throw conflict(call, `A profile named ${name} exists.`);
  const record: IdentityRecord = {
    iamId: `iam-Profile-${world.newId()}`,
    kind: 'profile',
    name,
    access: [],
    platform: [],
  };
  identities(world.store).put(record.iamId, record);
  describe(world, call, profileId(record), { description: readOptional(call, body, 'description') ?? '' });
  return entity(view(world, record), 201);
}

/** `GET /v1/profiles/{profile-id}`. */
export function getProfile(world: World, call: Call): Reply {
  return entity(view(world, addressedProfile(world, call, 'Viewer')));
}

/** `PUT /v1/profiles/{profile-id}`, with `If-Match`: name and description. */
export function updateProfile(world: World, call: Call): Reply {
  const record = addressedProfile(world, call, 'Editor');
  const id = profileId(record);
  requireMatch(call, entityTag(id, aboutOf(world.store, id).version));
  const body = readObject(call);
  const name = readOptional(call, body, 'name') ?? record.name;
  const twin = findProfile(world, { name });
  if (twin !== undefined && twin.iamId !== record.iamId) throw conflict(call, `A profile named ${name} exists.`);
  const renamed: IdentityRecord = { ...record, name };
  identities(world.store).put(record.iamId, renamed);
  change(world, id, { description: readOptional(call, body, 'description') ?? aboutOf(world.store, id).description });
  return entity(view(world, renamed));
}

/** `DELETE /v1/profiles/{profile-id}` → 204, with its rules, links and identities. */
export function deleteProfile(world: World, call: Call): Reply {
  const record = addressedProfile(world, call, 'Operator');
  const id = profileId(record);
  removeIdentity(world, record);
  abouts(world.store).delete(id);
  for (const rule of claimRules(world.store).by('profile', id)) claimRules(world.store).delete(rule.id);
  for (const link of links(world.store).by('profile', id)) links(world.store).delete(link.id);
  for (const { type, identifier } of trusted(world.store).by('profile', id)) {
    trusted(world.store).delete(`${id}/${type}/${identifier}`);
  }
  return { status: 204 };
}

/** The profile that the path names. @throws ApiError 404, or 403 without that role on it */
export function addressedProfile(world: World, call: Call, role: PlatformRole): IdentityRecord {
  const id = call.params['profile'] ?? '';
  const record = findProfile(world, { id });
  if (record === undefined) throw notFound(call, `The trusted profile ${id}`);
  requireOnIdentity(world, call, role, kept(record.iamId));
  return record;
}

function view(world: World, record: IdentityRecord): Readonly<Record<string, unknown>> {
  const id = profileId(record);
  const about = aboutOf(world.store, id);
  return {
    id,
    entity_tag: entityTag(id, about.version),
    crn: profileCrn(world, id),
    name: record.name,
    description: about.description,
    created_at: identityTime(about.createdAt),
    modified_at: identityTime(about.modifiedAt),
    iam_id: record.iamId,
    account_id: world.account,
  };
}
