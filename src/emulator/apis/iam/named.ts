import { removeIdentity } from '../../core/account/add-identity.ts';
import { type IdentityRecord, identities, type PlatformRole } from '../../core/account/identities.ts';
import { inSnakeCase, isObject, type Members } from '../../core/json.ts';
import type { Call, Handler, World } from '../../core/world.ts';
import * as about from './access.ts';
import { addApiKey, apiKeyView } from './api-keys.ts';
import * as api from './call.ts';
import { forgetLogins, pastOf } from './history.ts';
import { claimRules, findProfile, links, trusted } from './profiles-state.ts';

/** Service IDs or trusted profiles: what differs between the two. */
interface Kind {
  readonly kind: 'serviceId' | 'profile';
  readonly type: 'serviceid' | 'profile';
  /** In refusals. */
  readonly called: string;
  /** What it takes to make, change and delete one. */
  readonly roles: { readonly make: PlatformRole; readonly change: PlatformRole; readonly remove: PlatformRole };
}

/** `/v1/serviceids`. They may do nothing until policies say so. */
export const serviceIds = handlersOf({
  kind: 'serviceId',
  type: 'serviceid',
  called: 'service ID',
  roles: { make: 'Operator', change: 'Operator', remove: 'Operator' },
});

/** `/v1/profiles`. They trust nobody at first; 409 for a name that is taken. */
export const profiles = handlersOf({
  kind: 'profile',
  type: 'profile',
  called: 'trusted profile',
  roles: { make: 'Administrator', change: 'Editor', remove: 'Operator' },
});

type Name = 'list' | 'create' | 'get' | 'update' | 'remove' | 'lock' | 'unlock';

function handlersOf(kind: Kind): Readonly<Record<Name, Handler>> {
  const { roles } = kind;
  const setLock =
    (locked: boolean): Handler =>
    (world, call) => {
      about.change(world, call, idOf(addressed(world, call, kind, roles.change)), { locked });
      return { status: 204 };
    };
  return {
    list: (world, call) => {
      const body = api.page(call, `${kind.type}s`, asked(world, call, kind), (one) => view(world, call, kind, one));
      return { status: 200, body };
    },
    create: (world, call) => {
      const body = api.readObject(call);
      api.requireAccount(world, call, body);
      // All users may make service IDs. Source: IBM Cloud docs, IAM Identity service.
      const mayAnyway = kind.kind === 'serviceId' && call.identity.kind === 'user';
      if (!mayAnyway) about.requireOnIdentity(world, call, roles.make, { type: kind.type });
      const name = api.readText(call, body, 'name');
      refuseTwin(world, call, kind, name, undefined);
      const iamId = `iam-${kind.kind === 'profile' ? 'Profile' : 'ServiceId'}-${world.newId()}`;
      const record: IdentityRecord = { iamId, kind: kind.kind, name, access: [], platform: [] };
      identities(world.store).put(iamId, record);
      about.describe(world, call, idOf(record), {
        description: api.readOptional(call, body, 'description') ?? '',
        locked: call.header('Entity-Lock') === 'true',
      });
      if (kind.kind === 'profile' || !isObject(body['apikey'])) return api.entity(view(world, call, kind, record), 201);
      const key = addApiKey(world, call, iamId, body['apikey']);
      return api.entity({ ...view(world, call, kind, record), apikey: apiKeyView(world, call, key, key.secret) }, 201);
    },
    get: (world, call) => api.entity(view(world, call, kind, addressed(world, call, kind, 'Viewer'))),
    // With `If-Match`: name and description.
    update: (world, call) => {
      const record = addressed(world, call, kind, roles.change);
      const id = idOf(record);
      const before = about.aboutOf(world.store, id);
      api.requireMatch(call, about.entityTag(id, before.version));
      requireUnlocked(world, call, record);
      const body = api.readObject(call);
      const renamed: IdentityRecord = { ...record, name: api.readOptional(call, body, 'name') ?? record.name };
      refuseTwin(world, call, kind, renamed.name, record.iamId);
      identities(world.store).put(record.iamId, renamed);
      about.change(world, call, id, { description: api.readOptional(call, body, 'description') ?? before.description });
      return api.entity(view(world, call, kind, renamed));
    },
    // With its API keys, or with its rules, links and identities; 409 while it is locked (judged).
    remove: (world, call) => {
      const record = addressed(world, call, kind, roles.remove);
      requireUnlocked(world, call, record);
      const { store } = world;
      const id = idOf(record);
      removeIdentity(world, record);
      about.abouts(store).delete(id);
      forgetLogins(store, id);
      for (const rule of claimRules(store).by('profile', id)) claimRules(store).delete(rule.id);
      for (const link of links(store).by('profile', id)) links(store).delete(link.id);
      for (const one of trusted(store).ids('profile', id)) trusted(store).delete(one);
      return { status: 204 };
    },
    lock: setLock(true),
    unlock: setLock(false),
  };
}

/** The profile that the path names. @throws ApiError 404, or 403 without that role on it */
export function addressedProfile(world: World, call: Call, role: PlatformRole): string {
  return idOf(addressed(world, call, { kind: 'profile', called: 'trusted profile' }, role));
}

function addressed(
  world: World,
  call: Call,
  { kind, called }: Pick<Kind, 'kind' | 'called'>,
  role: PlatformRole,
): IdentityRecord {
  const id = call.params[kind === 'profile' ? 'profile' : 'id'] ?? '';
  const found =
    kind === 'profile' ? findProfile(world, { id }) : identities(world.store).get(`iam-${id.replace(/^iam-/, '')}`);
  if (found?.kind !== kind) throw api.notFound(call, `The ${called} ${id}`);
  about.requireOnIdentity(world, call, role, about.kept(found.iamId));
  return found;
}

/** Those that a list is asked for and that the caller sees: of the account, by name if one is given. */
function asked(world: World, call: Call, { kind }: Kind): readonly IdentityRecord[] {
  if ((call.query.get('account_id') ?? world.account) !== world.account) return [];
  const name = call.query.get('name');
  return world.store.remember(JSON.stringify(['identities', kind, call.identity.iamId, name]), () => {
    const table = identities(world.store);
    const named = name === null ? table.all() : table.by('name', name);
    return named.filter(
      (one) => one.kind === kind && about.mayOnIdentity(world, call, 'Viewer', about.kept(one.iamId)),
    );
  });
}

function refuseTwin(world: World, call: Call, { kind }: Kind, name: string, self: string | undefined): void {
  const twin = kind === 'profile' ? findProfile(world, { name }) : undefined;
  if (twin !== undefined && twin.iamId !== self) throw api.conflict(call, `A profile named ${name} exists.`);
}

function requireUnlocked(world: World, call: Call, record: IdentityRecord): void {
  if (about.aboutOf(world.store, idOf(record)).locked)
    throw api.conflict(call, `The service ID ${record.name} is locked.`);
}

function view(world: World, call: Call, { kind, type }: Kind, record: IdentityRecord): Members {
  const id = idOf(record);
  const known = about.aboutOf(world.store, id);
  return {
    id,
    ...inSnakeCase(record, 'iamId', 'name'),
    entity_tag: about.entityTag(id, known.version),
    crn: `crn:v1:bluemix:public:iam-identity::a/${world.account}::${type}:${id}`,
    description: known.description,
    created_at: about.identityTime(known.createdAt),
    modified_at: about.identityTime(known.modifiedAt),
    account_id: world.account,
    ...(kind === 'serviceId' ? { locked: known.locked, unique_instance_crns: [] } : {}),
    ...pastOf(world, call, id),
  };
}

/** `ServiceId-…` or `Profile-…`. */
function idOf({ iamId }: IdentityRecord): string {
  return iamId.replace(/^iam-/, '');
}
