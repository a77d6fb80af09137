import { membersOf } from '../apis/databases/state.ts';
import { register, registrationOf, unregister, updateRegistration } from '../apis/key-protect/registrations.ts';
import type { Registration } from '../apis/key-protect/state.ts';
import type { KeyParameter } from '../core/account/catalog.ts';
import { type Instance, instances } from '../core/account/instances.ts';
import type { World } from '../core/world.ts';
import { type Binding, bindings, bindingsOf } from './state.ts';
import { services } from './table.ts';

/**
 * The CRNs by which a deployment registers on a key. Cloud Databases register each volume, of which every member has
 * one. That a key for backups alone is registered by the instance's own CRN is judged.
 * Source: a public transcript of Key Protect's answers (two registrations of a Redis, three of an Elasticsearch, each
 * `<CRN>/agentid=pvc-<uuid>`); that a member has one is how the two numbers are read.
 */
export function registrantsOf(world: World, instance: Instance, { delegatesTo }: KeyParameter): readonly string[] {
  const members = delegatesTo === undefined ? membersOf(world.store, instance) : undefined;
  return members === undefined ? [instance.crn] : newVolumes(world, instance.crn, members);
}

function newVolumes(world: World, crn: string, count: number): readonly string[] {
  return Array.from({ length: count }, () => `${crn}/agentid=pvc-${world.newId()}`);
}

/** A deployment was scaled: members that were added have volumes of their own. */
export function deploymentScaled(world: World, instanceGuid: string): void {
  const instance = instances(world.store).get(instanceGuid);
  const members = instance && membersOf(world.store, instance);
  if (instance === undefined || members === undefined) return;
  for (const binding of bindingsOf(world.store, instanceGuid)) {
    const { registrants, resourceCrn } = binding;
    if (binding.byHand || registrants.includes(resourceCrn) || registrants.length >= members) continue;
    const added = newVolumes(world, resourceCrn, members - registrants.length);
    registerAll(world, { ...binding, registrants: added });
    bindings(world.store).put(binding.id, { ...binding, registrants: [...registrants, ...added] });
  }
}

/** Registers all that stands behind a use. */
export function registerAll(world: World, { keyId, serviceName, registrants }: Binding): void {
  for (const resourceCrn of registrants) {
    const preventKeyDeletion = holdsKey(world, serviceName);
    register(world, { keyId, resourceCrn, serviceName, preventKeyDeletion, description: `${serviceName} deployment` });
  }
}

/** The registrations of a use. */
export function registrationsOf(world: World, { keyId, registrants }: Binding): readonly Registration[] {
  return registrants.flatMap((crn) => registrationOf(world, keyId, crn) ?? []);
}

/** Takes them all away. */
export function unregisterAll(world: World, { keyId, registrants }: Binding): void {
  for (const crn of registrants) unregister(world, keyId, crn);
}

/** A service that holds its key until it is reclaimed lets go of it: now that it is, the key may be deleted by force. */
export function letGo(world: World, binding: Binding): void {
  if (!holdsKey(world, binding.serviceName)) return;
  for (const registration of registrationsOf(world, binding)) {
    if (registration.preventKeyDeletion) updateRegistration(world, registration, { preventKeyDeletion: false });
  }
}

/** Seen once, of one service: so where the disposition is harsh. */
function holdsKey(world: World, serviceName: string): boolean {
  const row = services.find(({ name }) => name === serviceName);
  return world.settings.disposition === 'harsh' && row?.holdsKeyUntilReclaimed === true;
}
