import { register, registrationOf, unregister, updateRegistration } from '../apis/key-protect/registrations.ts';
import { findKeyByCrn, type Key, type Registration } from '../apis/key-protect/state.ts';
import { instances } from '../core/account/instances.ts';
import { EmulatorError } from '../core/emulator-error.ts';
import type { World } from '../core/world.ts';
import { type Binding, bindingOn, bindings, isAuthorized } from './state.ts';
import { serviceNamed } from './table.ts';
import { registrationsOf } from './volumes.ts';

/** A resource of a service and the key that it uses, both by full CRN. */
export interface Use {
  readonly key: string;
  /** In ten segments, such as an instance's, a bucket's or a volume's; it need not exist. */
  readonly resource: string;
}

/** What a played service registers. */
export interface RegisterByHand extends Use {
  /** Default: false. */
  readonly preventKeyDeletion?: boolean;
  /** Default: the service segment of the resource's CRN. */
  readonly service?: string;
}

/**
 * Registers a resource on a key as its service would, without asking for an authorization. Registering again replaces.
 * @throws EmulatorError for an unknown key, what is no CRN, and where Key Protect would refuse
 * Source: Key Protect reference, "Service-side writes" (the checks).
 */
export function registerByHand(world: World, given: RegisterByHand): void {
  const key = writableKey(world, given.key);
  const [, , , , service = '', , , guid = ''] = given.resource.split(':');
  if (!/^crn:v1:[^:]+:[^:]+:[^:]+:[^:]*:[^:]*:[^:]*:[^:]*:/.test(given.resource)) {
    throw new EmulatorError(`"${given.resource}" is not a CRN of ten segments.`, 'Give the full CRN of a resource.');
  }
  const serviceName = given.service ?? service;
  const resourceCrn = given.resource;
  const preventKeyDeletion = given.preventKeyDeletion ?? false;
  const description = `${serviceName} resource`;
  register(world, { keyId: key.id, resourceCrn, serviceName, preventKeyDeletion, description });
  if (bindings(world.store).by('use', `${key.id}/${resourceCrn}`).length > 0) return;
  const id = `by-hand/${key.id}/${resourceCrn}`;
  const resourceGroupId = instances(world.store).get(guid)?.resourceGroupId ?? '';
  const use = { id, instanceGuid: guid, resourceCrn, serviceName, resourceGroupId, byHand: true };
  bindings(world.store).put(id, bindingOn(key, use));
}

/**
 * Takes a registration away, whoever made it and whatever the key's state. A deployment that is in use goes on using
 * its key, now without a registration: some services never have one.
 * @throws EmulatorError when there is no such registration
 */
export function unregisterByHand(world: World, use: Use): void {
  const key = knownKey(world, use.key);
  for (const { resourceCrn } of requireRegistrations(world, key, use)) unregister(world, key.id, resourceCrn);
  for (const binding of bindings(world.store).by('use', `${key.id}/${use.resource}`)) {
    if (binding.byHand || binding.deletedAt !== undefined) bindings(world.store).delete(binding.id);
  }
}

/**
 * Sets or lifts a retention on a standing registration.
 * @throws EmulatorError when there is none, or where Key Protect would refuse
 */
export function preventDeletionByHand(world: World, use: Use & { readonly prevent: boolean }): void {
  const key = writableKey(world, use.key);
  for (const registration of requireRegistrations(world, key, use)) {
    updateRegistration(world, registration, { preventKeyDeletion: use.prevent });
  }
}

/** That of a resource, or those of a deployment's volumes. */
function requireRegistrations(world: World, key: Key, { resource }: Use): readonly Registration[] {
  const own = registrationOf(world, key.id, resource);
  if (own !== undefined) return [own];
  const found = bindings(world.store)
    .by('use', `${key.id}/${resource}`)
    .filter(({ resourceCrn }) => resourceCrn === resource)
    .flatMap((binding) => registrationsOf(world, binding));
  if (found.length > 0) return found;
  throw new EmulatorError(`${resource} is not registered on ${key.crn}.`, 'GET /_emulator/services lists what is.');
}

function knownKey(world: World, crn: string): Key {
  const key = findKeyByCrn(world, crn);
  if (key !== undefined) return key;
  throw new EmulatorError(`There is no key ${crn}.`, 'Give the full CRN of a key that was made here.');
}

function writableKey(world: World, crn: string): Key {
  const key = knownKey(world, crn);
  if (key.extractable) {
    throw new EmulatorError(`${crn} is a standard key (KEY_ROOT_REQ_REG_ERR).`, 'Services register on root keys.');
  }
  if (key.state !== 1) {
    throw new EmulatorError(`${crn} is not active (KEY_INVALID_STATE_ERR).`, 'Services register on active keys.');
  }
  return key;
}

/** What a service knows of one resource and one key: the inside that no API of IBM shows. */
export interface ServiceUse {
  /** Catalog name. */
  readonly service: string;
  /** CRN of the instance, or of what is in it. */
  readonly resource: string;
  /** Full CRN; null for a deployment without a key of the customer. */
  readonly key: string | null;
  readonly registered: boolean;
  readonly preventKeyDeletion: boolean;
  readonly byHand: boolean;
  /** Since when (ISO 8601) its disks are locked, and why; null while they are not. */
  readonly locked: Binding['locked'] | null;
  /** ISO 8601; the earliest moment, for a deleted deployment that is still registered. Later without an authorization. */
  readonly unregistersAt: string | null;
  /** Whether authorizations give the service all that it needs of the key now. One that is played by hand acts without. */
  readonly authorized: boolean;
}

/** Every use of a key, and every instance of a service that takes keys and has none. */
export function listServiceUses(world: World): readonly ServiceUse[] {
  const uses = bindings(world.store).all();
  const bound = new Set(uses.map((binding) => binding.instanceGuid));
  const plain = instances(world.store)
    .all()
    .filter(({ guid, state, serviceName }) => {
      return state !== 'removed' && !bound.has(guid) && serviceNamed(world.store, serviceName).keyParameters.length > 0;
    });
  const unused = { registered: false, preventKeyDeletion: false, byHand: false, authorized: false };
  const never = { key: null, locked: null, unregistersAt: null };
  return [
    ...uses.map((binding) => viewUse(world, binding)),
    ...plain.map(({ serviceName: service, crn: resource }) => ({ service, resource, ...unused, ...never })),
  ];
}

function viewUse(world: World, binding: Binding): ServiceUse {
  const registrations = registrationsOf(world, binding);
  const isRegistered = registrations.length > 0;
  return {
    service: binding.serviceName,
    resource: binding.resourceCrn,
    key: binding.keyCrn,
    registered: isRegistered,
    preventKeyDeletion: registrations.some(({ preventKeyDeletion }) => preventKeyDeletion),
    byHand: binding.byHand,
    locked: binding.locked ?? null,
    unregistersAt: isRegistered ? endOfUse(world, binding) : null,
    authorized: rolesOf(binding).every((role) => isAuthorized(world, binding, role)),
  };
}

/** One that is played by hand reads. */
function rolesOf({ roles }: Binding): readonly string[] {
  return roles.length === 0 ? ['Reader'] : roles;
}

/** The service's window and the reclamation have both to be over. */
function endOfUse(world: World, { deletedAt, instanceGuid }: Binding): string | null {
  if (deletedAt === undefined) return null;
  const window = Date.parse(deletedAt) + world.settings.registrationLingerMs;
  const instance = instances(world.store).get(instanceGuid);
  const retention = instance?.state === 'pending_reclamation' ? instance.scheduledReclaimAt : undefined;
  return new Date(Math.max(window, retention === undefined ? window : Date.parse(retention))).toISOString();
}
