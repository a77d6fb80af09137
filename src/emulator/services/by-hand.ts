import { register, registrationOf, unregister, updateRegistration } from '../apis/key-protect/register.ts';
import { findKeyByCrn, type Key } from '../apis/key-protect/state.ts';
import { EmulatorError } from '../core/emulator-error.ts';
import type { World } from '../core/world.ts';
import { bindings } from './state.ts';

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
 *
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
  bindings(world.store).put(id, {
    id,
    instanceGuid: guid,
    resourceCrn,
    serviceName,
    resourceGroupId: '',
    keyId: key.id,
    keyInstance: key.instanceGuid,
    keyCrn: key.crn,
    roles: [],
    delegatesTo: undefined,
    deletedAt: undefined,
    byHand: true,
    locked: undefined,
    owes: undefined,
  });
}

/**
 * Takes a registration away, whoever made it and whatever the key's state. A deployment that is in use goes on using
 * its key, now without a registration: some services never have one.
 *
 * @throws EmulatorError when there is no such registration
 */
export function unregisterByHand(world: World, use: Use): void {
  const key = knownKey(world, use.key);
  requireRegistration(world, key, use);
  unregister(world, key.id, use.resource);
  for (const binding of bindings(world.store).by('use', `${key.id}/${use.resource}`)) {
    if (binding.byHand || binding.deletedAt !== undefined) bindings(world.store).delete(binding.id);
  }
}

/**
 * Sets or lifts a retention on a standing registration.
 *
 * @throws EmulatorError when there is none, or where Key Protect would refuse
 */
export function preventDeletionByHand(world: World, use: Use & { readonly prevent: boolean }): void {
  const key = writableKey(world, use.key);
  updateRegistration(world, requireRegistration(world, key, use), { preventKeyDeletion: use.prevent });
}

function requireRegistration(
  world: World,
  key: Key,
  { resource }: Use,
): NonNullable<ReturnType<typeof registrationOf>> {
  const registration = registrationOf(world, key.id, resource);
  if (registration !== undefined) return registration;
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
