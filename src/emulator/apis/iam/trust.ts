import type { PlatformRole } from '../../core/account/identities.ts';
import { inSnakeCase, isObject, type Members } from '../../core/json.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Call, Handler, Reply, World } from '../../core/world.ts';
import { aboutOf, change, entityTag, identityTime } from './access.ts';
import { badRequest, entity, notFound, readObject, readOptional, readText, requireMatch } from './call.ts';
import { addressedProfile } from './named.ts';
import { type ClaimRule, claimRules, type Link, links, type Trusted, trusted } from './profiles-state.ts';

/** Compute resources that can be trusted, and who else. Source: platform-services-node-sdk. */
const crTypes: readonly string[] = ['VSI', 'IKS_SA', 'ROKS_SA', 'CE'];
const identityTypes: readonly string[] = ['user', 'serviceid', 'crn'];

/**
 * `/v1/profiles/{profile-id}/rules`. A body that is wrong is a 400 even where there is no such profile, here and for links.
 * Source: platform-services-go-sdk, integration tests (UpdateClaimRuleBadRequest, CreateLinkBadRequest).
 */
export const rules = {
  ...handlersOf({ called: 'rule', table: claimRules, view: ruleView }),
  create: (world: World, call: Call): Reply => {
    const given = readRule(call);
    const profileId = addressedProfile(world, call, 'Editor');
    const id = `ClaimRule-${world.newId()}`;
    return put(world, claimRules, { id, profileId, ...given, ...now(world), version: 1 }, ruleView, 201);
  },
  // With `If-Match`.
  update: (world: World, call: Call): Reply => {
    const given = readRule(call);
    const rule = addressed(world, call, { called: 'rule', table: claimRules }, 'Editor');
    requireMatch(call, entityTag(rule.id, rule.version));
    const { modifiedAt } = now(world);
    return put(world, claimRules, { ...rule, ...given, modifiedAt, version: rule.version + 1 }, ruleView);
  },
};

/** `/v1/profiles/{profile-id}/links`. */
export const profileLinks = {
  ...handlersOf({ called: 'link', table: links, view: linkView }),
  /** A compute resource by its CRN; whether there is such a one is not looked at (judged). */
  create: (world: World, call: Call): Reply => {
    const body = readObject(call);
    const given = body['link'];
    if (!isObject(given)) throw badRequest(call, 'link must be an object.');
    readText(call, given, 'crn');
    const texts = Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const name = readOptional(call, body, 'name') ?? '';
    const link = { name, crType: readCrType(call, body), link: Object.fromEntries(texts) };
    const profileId = addressedProfile(world, call, 'Editor');
    return put(world, links, { id: `link-${world.newId()}`, profileId, ...link, ...now(world) }, linkView, 201);
  },
  /** `DELETE …/links?type=&crn=…`: the one that is so. */
  removeByParameters: (world: World, call: Call): Reply => {
    const type = call.query.get('type');
    const wanted = [...call.query].filter(([name]) => name !== 'type');
    const own = links(world.store).by('profile', addressedProfile(world, call, 'Editor'));
    const found = own.find(
      ({ crType, link }) => crType === type && wanted.every(([name, value]) => link[name] === value),
    );
    if (found === undefined) throw notFound(call, 'The link');
    links(world.store).delete(found.id);
    return { status: 204 };
  },
};

interface Part<T> {
  readonly called: 'rule' | 'link';
  table(store: Store): Table<T, 'profile'>;
  view(one: T): Members;
}

function handlersOf<T extends ClaimRule | Link>(part: Part<T>): Readonly<Record<'list' | 'get' | 'remove', Handler>> {
  return {
    list: (world, call) => {
      const own = part.table(world.store).by('profile', addressedProfile(world, call, 'Viewer'));
      return { status: 200, body: { [`${part.called}s`]: own.map(part.view) } };
    },
    get: (world, call) => entity(part.view(addressed(world, call, part, 'Viewer'))),
    remove: (world, call) => {
      part.table(world.store).delete(addressed(world, call, part, 'Editor').id);
      return { status: 204 };
    },
  };
}

function addressed<T extends ClaimRule | Link>(
  world: World,
  call: Call,
  { called, table }: Pick<Part<T>, 'called' | 'table'>,
  role: PlatformRole,
): T {
  const id = call.params[called] ?? '';
  const one = table(world.store).get(id);
  if (one?.profileId !== addressedProfile(world, call, role)) throw notFound(call, `The ${called} ${id}`);
  return one;
}

function put<T extends ClaimRule | Link>(
  world: World,
  table: Part<T>['table'],
  one: T,
  view: Part<T>['view'],
  status = 200,
): Reply {
  table(world.store).put(one.id, one);
  return entity(view(one), status);
}

function now(world: World): { readonly createdAt: string; readonly modifiedAt: string } {
  const at = world.now().toISOString();
  return { createdAt: at, modifiedAt: at };
}

function readRule(call: Call): Pick<ClaimRule, 'name' | 'type' | 'realmName' | 'crType' | 'expiration' | 'conditions'> {
  const body = readObject(call);
  const type = readText(call, body, 'type');
  if (type !== 'Profile-SAML' && type !== 'Profile-CR') throw badRequest(call, `type '${type}' is unknown.`);
  const { conditions } = body;
  const expiration = body['expiration'] ?? (type === 'Profile-SAML' ? 43_200 : undefined);
  if (!Array.isArray(conditions) || conditions.length === 0) throw badRequest(call, 'conditions must have members.');
  if (expiration !== undefined && typeof expiration !== 'number')
    throw badRequest(call, 'expiration must be a number of seconds.');
  const realmName = type === 'Profile-SAML' ? readText(call, body, 'realm_name') : undefined;
  const crType = type === 'Profile-CR' ? readCrType(call, body) : undefined;
  const read = conditions.map((one: unknown) => {
    if (!isObject(one)) throw badRequest(call, 'A condition must be an object.');
    const [claim = '', operator = '', value = ''] = ['claim', 'operator', 'value'].map((name) =>
      readText(call, one, name),
    );
    return { claim, operator, value };
  });
  return { name: readOptional(call, body, 'name') ?? '', type, realmName, crType, expiration, conditions: read };
}

function readCrType(call: Call, body: Members): string {
  const type = readText(call, body, 'cr_type');
  if (!crTypes.includes(type)) throw badRequest(call, `cr_type '${type}' is not one of ${crTypes.join(', ')}.`);
  return type;
}

function ruleView(rule: ClaimRule): Members {
  const shown = inSnakeCase(rule, 'id', 'name', 'type', 'realmName', 'expiration', 'crType', 'conditions');
  return { ...shown, ...stamps(rule, rule.version) };
}

function linkView(link: Link): Members {
  return { ...inSnakeCase(link, 'id', 'name', 'crType', 'link'), ...stamps(link, 1) };
}

function stamps({ id, createdAt, modifiedAt }: ClaimRule | Link, version: number): Members {
  const times = { created_at: identityTime(createdAt), modified_at: identityTime(modifiedAt) };
  return { entity_tag: entityTag(id, version), ...times };
}

/** `/v1/profiles/{profile-id}/identities`: whom it trusts beside compute resources. */
export const profileIdentities = {
  list: (world: World, call: Call): Reply => entity(listOf(world, addressedProfile(world, call, 'Viewer'))),
  /** With `If-Match`: the whole list. */
  setAll: (world: World, call: Call): Reply => {
    const id = addressedProfile(world, call, 'Editor');
    requireMatch(call, entityTag(id, aboutOf(world.store, id).version));
    const given = isObject(call.body) ? (call.body['identities'] ?? []) : [];
    if (!Array.isArray(given)) throw badRequest(call, 'identities must be a list.');
    const read = given.map((one: unknown) => readTrusted(call, id, one));
    for (const key of trusted(world.store).ids('profile', id)) trusted(world.store).delete(key);
    for (const one of read) trusted(world.store).put(keyOf(one), one);
    change(world, call, id, {});
    return entity(listOf(world, id));
  },
  /** `POST …/{identity-type}`: one more. */
  set: (world: World, call: Call): Reply => {
    const id = addressedProfile(world, call, 'Editor');
    const one = readTrusted(call, id, isObject(call.body) ? { ...call.body, type: call.params['type'] } : call.body);
    trusted(world.store).put(keyOf(one), one);
    change(world, call, id, {});
    return { status: 200, body: trustedView(one) };
  },
  get: (world: World, call: Call): Reply => ({
    status: 200,
    body: trustedView(addressedTrusted(world, call, 'Viewer')),
  }),
  remove: (world: World, call: Call): Reply => {
    const one = addressedTrusted(world, call, 'Editor');
    trusted(world.store).delete(keyOf(one));
    change(world, call, one.profileId, {});
    return { status: 204 };
  },
};

/** A service ID is known by `ServiceId-…`, a user by the IAM id, a service by its CRN. */
function readTrusted(call: Call, profileId: string, given: unknown): Trusted {
  if (!isObject(given)) throw badRequest(call, 'An identity must be an object.');
  const type = readText(call, given, 'type').toLowerCase();
  if (!identityTypes.includes(type))
    throw badRequest(call, `type '${type}' is not one of ${identityTypes.join(', ')}.`);
  const identifier = readText(call, given, 'identifier');
  const iamId = type === 'serviceid' ? `iam-${identifier.replace(/^iam-/, '')}` : identifier;
  const accounts = Array.isArray(given['accounts']) ? given['accounts'].map(String) : [];
  const description = readOptional(call, given, 'description') ?? '';
  return { profileId, iamId, identifier, type, accounts, description };
}

function addressedTrusted(world: World, call: Call, role: PlatformRole): Trusted {
  const id = addressedProfile(world, call, role);
  const { type = '', identifier = '' } = call.params;
  const one = trusted(world.store).get(`${id}/${type}/${identifier}`);
  if (one === undefined) throw notFound(call, `The identity ${identifier} of the profile`);
  return one;
}

function listOf(world: World, id: string): Members {
  const own = trusted(world.store).by('profile', id);
  return { entity_tag: entityTag(id, aboutOf(world.store, id).version), identities: own.map(trustedView) };
}

function keyOf(one: Trusted): string {
  return `${one.profileId}/${one.type}/${one.identifier}`;
}

function trustedView(one: Trusted): Members {
  return inSnakeCase(one, 'iamId', 'identifier', 'type', 'accounts', 'description');
}
