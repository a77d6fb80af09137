import { EmulatorError } from '../emulator-error.ts';
import { isObject } from '../json.ts';
import type { World } from '../world.ts';
import {
  type Access,
  apiKeys,
  developer,
  findIdentity,
  type IdentityRecord,
  identities,
  keyOfSecret,
} from './identities.ts';

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
}

/** The service roles of Key Protect. Source: Key Protect reference, "IAM". */
const roles: readonly string[] = ['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KeyPurge'];

/**
 * Adds identities, or changes those of their names.
 *
 * @throws EmulatorError for the default identity's name, and for an API key that is another's
 */
export function addIdentities(world: World, given: readonly GivenIdentity[]): void {
  for (const one of given) addIdentity(world, one);
}

function addIdentity(world: World, given: GivenIdentity): void {
  const { store } = world;
  const { name, apiKey, kind = 'serviceId', access = 'all' } = given;
  const standing = identities(store)
    .all()
    .find((one) => one.name === name);
  const iamId = standing?.kind === kind ? standing.iamId : newIamId(world, kind);
  const taken = keyOfSecret(store, apiKey);
  const holder = taken === undefined ? undefined : findIdentity(store, taken.iamId)?.name;
  if (name === developer.name || (holder !== undefined && holder !== name)) {
    const message =
      holder === undefined ? `The name ${name} is taken.` : `The API key of ${name} is that of ${holder}.`;
    throw new EmulatorError(message, 'Choose another one.');
  }
  if (standing !== undefined) removeIdentity(world, standing);
  identities(store).put(iamId, { iamId, kind, name, access });
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
  for (const key of apiKeys(store).all()) if (key.iamId === iamId) apiKeys(store).delete(key.id);
}

/** Source: platform reference, "JWT claims clients decode" (the two forms). */
function newIamId(world: World, kind: IdentityRecord['kind']): string {
  const id = world.newId();
  return kind === 'serviceId' ? `iam-ServiceId-${id}` : `IBMid-${Number.parseInt(id.slice(0, 8), 16) + 3_100_000_002}`;
}

/**
 * Checks an identity that came from outside.
 *
 * @returns it, or a sentence saying what is wrong with it
 */
export function readIdentity(given: unknown): GivenIdentity | string {
  if (!isObject(given)) return 'an identity is an object with "name", "apiKey" and "access"';
  const { name, apiKey, kind = 'serviceId', access } = given;
  const strange = Object.keys(given).find((member) => !['name', 'apiKey', 'kind', 'access'].includes(member));
  if (strange !== undefined) return `an identity has no member "${strange}"; it has name, apiKey, kind and access`;
  if (typeof name !== 'string' || name === '') return '"name" must be a text';
  if (typeof apiKey !== 'string' || apiKey === '') return `"apiKey" of ${name} must be a text`;
  if (kind !== 'user' && kind !== 'serviceId') return `"kind" of ${name} must be user or serviceId`;
  if (access === undefined) return { name, apiKey, kind };
  if (!Array.isArray(access)) return `"access" of ${name} must be an array; left out, ${name} may do everything`;
  const read = access.map((one) => readAccess(one));
  const wrong = read.find((one) => typeof one === 'string');
  return wrong === undefined ? { name, apiKey, kind, access: read.filter(isAccess) } : `${wrong} (access of ${name})`;
}

function readAccess(given: unknown): Access | string {
  if (!isObject(given)) return 'an access is an object such as {"instance": "vault", "roles": ["Writer"]}';
  const { roles: names, ...where } = given;
  for (const [member, value] of Object.entries(where)) {
    if (!['instance', 'ring', 'key'].includes(member)) return `an access has no member "${member}"`;
    if (typeof value !== 'string' || value === '') return `"${member}" must be a text`;
  }
  const isRoles = Array.isArray(names) && names.length > 0 && names.every((name) => roles.includes(name));
  return isRoles ? { ...where, roles: names } : `"roles" must be some of ${roles.join(', ')}`;
}

function isAccess(value: Access | string): value is Access {
  return typeof value !== 'string';
}
