import type { PlatformRole } from '../../core/account/identities.ts';
import { isObject } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { entityTag, identityTime } from './about.ts';
import { badRequest, entity, notFound, readObject, readOptional, readText, requireMatch } from './call.ts';
import { addressedProfile } from './profiles.ts';
import { type ClaimRule, claimRules, type Link, links, profileId } from './profiles-state.ts';

/** Compute resources that can be trusted. Source: platform-services-node-sdk. */
const crTypes: readonly string[] = ['VSI', 'IKS_SA', 'ROKS_SA', 'CE'];

/** `GET /v1/profiles/{profile-id}/rules`. */
export function listClaimRules(world: World, call: Call): Reply {
  const id = profileId(addressedProfile(world, call, 'Viewer'));
  return { status: 200, body: { rules: claimRules(world.store).by('profile', id).map(ruleView) } };
}

/** `POST …/rules` → 201. */
export function createClaimRule(world: World, call: Call): Reply {
  const profile = profileId(addressedProfile(world, call, 'Editor'));
  const at = world.now().toISOString();
  const rule: ClaimRule = {
    id: `ClaimRule-${world.newId()}`,
    profileId: profile,
    ...readRule(call),
    createdAt: at,
    modifiedAt: at,
    version: 1,
  };
  claimRules(world.store).put(rule.id, rule);
  return entity(ruleView(rule), 201);
}

/** `GET …/rules/{rule-id}`. */
export function getClaimRule(world: World, call: Call): Reply {
  return entity(ruleView(addressedRule(world, call, 'Viewer')));
}

/** `PUT …/rules/{rule-id}`, with `If-Match`. */
export function updateClaimRule(world: World, call: Call): Reply {
  const rule = addressedRule(world, call, 'Editor');
  requireMatch(call, entityTag(rule.id, rule.version));
  const modifiedAt = world.now().toISOString();
  const updated: ClaimRule = { ...rule, ...readRule(call), modifiedAt, version: rule.version + 1 };
  claimRules(world.store).put(rule.id, updated);
  return entity(ruleView(updated));
}

/** `DELETE …/rules/{rule-id}` → 204. */
export function deleteClaimRule(world: World, call: Call): Reply {
  claimRules(world.store).delete(addressedRule(world, call, 'Editor').id);
  return { status: 204 };
}

/** `GET /v1/profiles/{profile-id}/links`. */
export function listLinks(world: World, call: Call): Reply {
  return { status: 200, body: { links: linksOf(world, call, 'Viewer').map(linkView) } };
}

/** `POST …/links` → 201: a compute resource by its CRN; whether there is such a one is not looked at (judged). */
export function createLink(world: World, call: Call): Reply {
  const profile = profileId(addressedProfile(world, call, 'Editor'));
  const body = readObject(call);
  const given = body['link'];
  if (!isObject(given)) throw badRequest(call, 'link must be an object.');
  readText(call, given, 'crn');
  const at = world.now().toISOString();
  const texts = Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const link: Link = {
    id: `link-${world.newId()}`,
    profileId: profile,
    name: readOptional(call, body, 'name') ?? '',
    crType: readCrType(call, body),
    link: Object.fromEntries(texts),
    createdAt: at,
    modifiedAt: at,
  };
  links(world.store).put(link.id, link);
  return entity(linkView(link), 201);
}

/** `GET …/links/{link-id}`. */
export function getLink(world: World, call: Call): Reply {
  return entity(linkView(addressedLink(world, call, 'Viewer')));
}

/** `DELETE …/links/{link-id}` → 204. */
export function deleteLink(world: World, call: Call): Reply {
  links(world.store).delete(addressedLink(world, call, 'Editor').id);
  return { status: 204 };
}

/** `DELETE /v1/profiles/{profile-id}/links?type=&crn=…`: the one that is so. */
export function deleteLinkByParameters(world: World, call: Call): Reply {
  const type = call.query.get('type');
  const wanted = [...call.query].filter(([name]) => name !== 'type');
  const found = linksOf(world, call, 'Editor').find(
    (link) => link.crType === type && wanted.every(([name, value]) => link.link[name] === value),
  );
  if (found === undefined) throw notFound(call, 'The link');
  links(world.store).delete(found.id);
  return { status: 204 };
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
    const [claim, operator, value] = ['claim', 'operator', 'value'].map((name) => readText(call, one, name));
    return { claim: claim ?? '', operator: operator ?? '', value: value ?? '' };
  });
  return { name: readOptional(call, body, 'name') ?? '', type, realmName, crType, expiration, conditions: read };
}

function readCrType(call: Call, body: Readonly<Record<string, unknown>>): string {
  const type = readText(call, body, 'cr_type');
  if (!crTypes.includes(type)) throw badRequest(call, `cr_type '${type}' is not one of ${crTypes.join(', ')}.`);
  return type;
}

function addressedRule(world: World, call: Call, role: PlatformRole): ClaimRule {
  const id = call.params['rule'] ?? '';
  const rule = claimRules(world.store).get(id);
  if (rule?.profileId !== profileId(addressedProfile(world, call, role))) throw notFound(call, `The rule ${id}`);
  return rule;
}

function addressedLink(world: World, call: Call, role: PlatformRole): Link {
  const id = call.params['link'] ?? '';
  const link = links(world.store).get(id);
  if (link?.profileId !== profileId(addressedProfile(world, call, role))) throw notFound(call, `The link ${id}`);
  return link;
}

function linksOf(world: World, call: Call, role: PlatformRole): readonly Link[] {
  const id = profileId(addressedProfile(world, call, role));
  return links(world.store).by('profile', id);
}

function ruleView(rule: ClaimRule): Readonly<Record<string, unknown>> {
  return {
    id: rule.id,
    entity_tag: entityTag(rule.id, rule.version),
    created_at: identityTime(rule.createdAt),
    modified_at: identityTime(rule.modifiedAt),
    name: rule.name,
    type: rule.type,
    ...(rule.realmName === undefined ? {} : { realm_name: rule.realmName }),
    ...(rule.expiration === undefined ? {} : { expiration: rule.expiration }),
    ...(rule.crType === undefined ? {} : { cr_type: rule.crType }),
    conditions: rule.conditions,
  };
}

function linkView(link: Link): Readonly<Record<string, unknown>> {
  return {
    id: link.id,
    entity_tag: entityTag(link.id, 1),
    created_at: identityTime(link.createdAt),
    modified_at: identityTime(link.modifiedAt),
    name: link.name,
    cr_type: link.crType,
    link: link.link,
  };
}
