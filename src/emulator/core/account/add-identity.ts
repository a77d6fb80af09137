import { EmulatorError } from '../emulator-error.ts';
import { isObject } from '../json.ts';
import type { World } from '../world.ts';
import type { Access, IdentityRecord, PlatformAccess } from './identities.ts';
import { apiKeys, developer, findIdentity, identities, keyOfSecret, platformRoles } from './identities.ts';

/** An identity to be added. */
export interface GivenIdentity {
  /** Added again under its name, an identity is changed and keeps its IAM id. */
  readonly name: string;
  /** The secret that it logs in with. */
  readonly apiKey: string;
  /** `serviceId` unless said otherwise. */
  readonly kind?: 'user' | 'serviceId';
  /** Absent: everything. An empty list: nothing. */
  readonly access?: readonly Access[];
  /** In Resource Controller, Search and policies. Absent: everything. An empty list: nothing. */
  readonly platform?: readonly PlatformAccess[];
}

/** The service roles of Key Protect. Source: Key Protect reference, "IAM". */
const roles: readonly string[] = ['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KeyPurge'];

/**
 * Adds identities, or changes those of their names.
 * @throws EmulatorError for the default identity's name, and for an API key that is another's
 */
export function addIdentities(world: World, given: readonly GivenIdentity[]): void {
  for (const one of given) addIdentity(world, one);
}

function addIdentity(world: World, given: GivenIdentity): void {
  const { store } = world;
  const { name, apiKey, kind = 'serviceId', access = 'all', platform } = given;
  const [standing] = identities(store).by('name', name);
  const iamId = standing?.kind === kind ? standing.iamId : newIamId(world, kind);
  const taken = keyOfSecret(store, apiKey);
  const holder = taken === undefined ? undefined : findIdentity(store, taken.iamId)?.name;
  if (name === developer.name || (holder !== undefined && holder !== name)) {
    const message =
      holder === undefined ? `The name ${name} is taken.` : `The API key of ${name} is that of ${holder}.`;
    throw new EmulatorError(message, 'Choose another one.');
  }
  if (standing !== undefined) removeIdentity(world, standing);
  identities(store).put(iamId, { iamId, kind, name, access, ...(platform === undefined ? {} : { platform }) });
  const id = `ApiKey-${world.newId()}`;
  apiKeys(store).put(id, { id, iamId, secret: apiKey });
}

/** Removes every identity but the default one; their tokens are worth nothing then. */
export function removeIdentities(world: World): void {
  for (const one of identities(world.store).all()) removeIdentity(world, one);
}

/** Removes an identity with its API keys. */
export function removeIdentity({ store }: World, { iamId }: IdentityRecord): void {
  identities(store).delete(iamId);
  for (const { id } of apiKeys(store).by('identity', iamId)) apiKeys(store).delete(id);
}

/** Source: platform reference, "JWT claims clients decode" (the two forms). */
function newIamId(world: World, kind: IdentityRecord['kind']): string {
  const id = world.newId();
  return kind === 'serviceId' ? `iam-ServiceId-${id}` : `IBMid-${Number.parseInt(id.slice(0, 8), 16) + 3_100_000_002}`;
}

/**
 * Checks an identity that came from outside.
 * @returns it, or a sentence saying what is wrong with it
 */
export function readIdentity(given: unknown): GivenIdentity | string {
  if (!isObject(given)) return 'an identity is an object with "name", "apiKey" and "access"';
  const { name, apiKey, kind = 'serviceId' } = given;
  const strange = Object.keys(given).find((member) => !members.includes(member));
  if (strange !== undefined) return `an identity has no member "${strange}"; it has ${members.join(', ')}`;
  if (typeof name !== 'string' || name === '') return '"name" must be a text';
  if (typeof apiKey !== 'string' || apiKey === '') return `"apiKey" of ${name} must be a text`;
  if (kind !== 'user' && kind !== 'serviceId') return `"kind" of ${name} must be user or serviceId`;
  const access = readList(given['access'], name, readAccess);
  const platform = readList(given['platform'], name, readPlatform);
  if (typeof access === 'string') return access;
  if (typeof platform === 'string') return platform;
  return {
    name,
    apiKey,
    kind,
    ...(access === undefined ? {} : { access }),
    ...(platform === undefined ? {} : { platform }),
  };
}

const members: readonly string[] = ['name', 'apiKey', 'kind', 'access', 'platform'];

/** The roles of an identity, in a list; a sentence if something is wrong with it. */
function readList<T extends object>(
  value: unknown,
  name: string,
  read: (one: unknown) => T | string,
): readonly T[] | string | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value))
    return `"access" and "platform" of ${name} must be arrays; left out, ${name} may do everything`;
  const good: T[] = [];
  for (const one of value) {
    const result = read(one);
    if (typeof result === 'string') return `${result} (roles of ${name})`;
    good.push(result);
  }
  return good;
}

function readAccess(given: unknown): Access | string {
  return readRoles(given, ['instance', 'ring', 'key'], roles);
}

function readPlatform(given: unknown): PlatformAccess | string {
  return readRoles(given, ['service', 'instance'], platformRoles);
}

function readRoles<Role extends string>(
  given: unknown,
  places: readonly string[],
  known: readonly Role[],
): { readonly roles: readonly Role[] } | string {
  if (!isObject(given)) return 'an access is an object such as {"instance": "vault", "roles": ["Writer"]}';
  const { roles: names, ...where } = given;
  for (const [member, value] of Object.entries(where)) {
    if (!places.includes(member)) return `an access has no member "${member}"`;
    if (typeof value !== 'string' || value === '') return `"${member}" must be a text`;
  }
  const isRole = (name: unknown): name is Role => known.some((one) => one === name);
  const isRoles = Array.isArray(names) && names.length > 0 && names.every(isRole);
  return isRoles ? { ...where, roles: names } : `"roles" must be some of ${known.join(', ')}`;
}
