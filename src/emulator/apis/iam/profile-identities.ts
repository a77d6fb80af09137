import type { PlatformRole } from '../../core/account/identities.ts';
import { isObject } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { aboutOf, change, entityTag } from './about.ts';
import { badRequest, entity, notFound, readOptional, readText, requireMatch } from './call.ts';
import { addressedProfile } from './profiles.ts';
import { profileId, type Trusted, trusted } from './profiles-state.ts';

/** Who can be trusted. Source: platform-services-node-sdk. */
const types: readonly string[] = ['user', 'serviceid', 'crn'];

/** `GET /v1/profiles/{profile-id}/identities`. */
export function getProfileIdentities(world: World, call: Call): Reply {
  return entity(listOf(world, profileId(addressedProfile(world, call, 'Viewer'))));
}

/** `PUT …/identities`, with `If-Match`: the whole list. */
export function setProfileIdentities(world: World, call: Call): Reply {
  const id = profileId(addressedProfile(world, call, 'Editor'));
  requireMatch(call, entityTag(id, aboutOf(world.store, id).version));
  const given = isObject(call.body) ? (call.body['identities'] ?? []) : [];
  if (!Array.isArray(given)) throw badRequest(call, 'identities must be a list.');
  const read = given.map((one: unknown) => readTrusted(call, id, one));
  for (const one of ownOf(world, id)) trusted(world.store).delete(keyOf(one));
  for (const one of read) trusted(world.store).put(keyOf(one), one);
  change(world, id, {});
  return entity(listOf(world, id));
}

/** `POST …/identities/{identity-type}`: one more. */
export function setProfileIdentity(world: World, call: Call): Reply {
  const id = profileId(addressedProfile(world, call, 'Editor'));
  const given = isObject(call.body) ? { ...call.body, type: call.params['type'] } : call.body;
  const one = readTrusted(call, id, given);
  trusted(world.store).put(keyOf(one), one);
  change(world, id, {});
  return { status: 200, body: view(one) };
}

/** `GET …/identities/{identity-type}/{identifier-id}`. */
export function getProfileIdentity(world: World, call: Call): Reply {
  return { status: 200, body: view(addressed(world, call, 'Viewer')) };
}

/** `DELETE …/identities/{identity-type}/{identifier-id}` → 204. */
export function deleteProfileIdentity(world: World, call: Call): Reply {
  const one = addressed(world, call, 'Editor');
  trusted(world.store).delete(keyOf(one));
  change(world, one.profileId, {});
  return { status: 204 };
}

/** A service ID is known by `ServiceId-…`, a user by the IAM id, a service by its CRN. */
function readTrusted(call: Call, profile: string, given: unknown): Trusted {
  if (!isObject(given)) throw badRequest(call, 'An identity must be an object.');
  const type = readText(call, given, 'type').toLowerCase();
  if (!types.includes(type)) throw badRequest(call, `type '${type}' is not one of ${types.join(', ')}.`);
  const identifier = readText(call, given, 'identifier');
  const accounts = Array.isArray(given['accounts']) ? given['accounts'].map(String) : [];
  return {
    profileId: profile,
    iamId: type === 'serviceid' ? `iam-${identifier.replace(/^iam-/, '')}` : identifier,
    identifier,
    type,
    accounts,
    description: readOptional(call, given, 'description') ?? '',
  };
}

function addressed(world: World, call: Call, role: PlatformRole): Trusted {
  const id = profileId(addressedProfile(world, call, role));
  const { type = '', identifier = '' } = call.params;
  const one = trusted(world.store).get(`${id}/${type}/${identifier}`);
  if (one === undefined) throw notFound(call, `The identity ${identifier} of the profile`);
  return one;
}

function ownOf(world: World, id: string): readonly Trusted[] {
  return trusted(world.store).by('profile', id);
}

function listOf(world: World, id: string): Readonly<Record<string, unknown>> {
  return { entity_tag: entityTag(id, aboutOf(world.store, id).version), identities: ownOf(world, id).map(view) };
}

function keyOf(one: Trusted): string {
  return `${one.profileId}/${one.type}/${one.identifier}`;
}

function view(one: Trusted): Readonly<Record<string, unknown>> {
  const { iamId, identifier, type, accounts, description } = one;
  return { iam_id: iamId, identifier, type, accounts, description };
}
