import type { World } from '../../core/world.ts';
import { dateOf } from './dates.ts';
import { type Key, keys, type Registration, registrations } from './state.ts';

/** What a service does when it starts to use a key. The caller has checked the key; registering again replaces. */
export function register(
  world: World,
  given: {
    readonly keyId: string;
    readonly resourceCrn: string;
    readonly serviceName: string;
    readonly preventKeyDeletion: boolean;
    readonly description: string;
  },
): void {
  const key = keys(world.store).get(given.keyId);
  if (key === undefined) throw new Error(`no key ${given.keyId} to register on`);
  const date = dateOf(world.now());
  const by = registrant(given.resourceCrn);
  const before = registrationOf(world, given.keyId, given.resourceCrn);
  registrations(world.store).put(registrationId(given.keyId, given.resourceCrn), {
    ...given,
    instanceGuid: key.instanceGuid,
    keyVersion: key.versions[0],
    createdBy: before?.createdBy ?? by,
    creationDate: before?.creationDate ?? date,
    updatedBy: by,
    lastUpdated: date,
  });
  record(world, before === undefined ? 'create' : 'write', key, given.resourceCrn);
}

/** What a service does when its use of a key changes: the key's newest version, or a retention. */
export function updateRegistration(
  world: World,
  registration: Registration,
  part: Partial<Pick<Registration, 'keyVersion' | 'preventKeyDeletion'>>,
): void {
  const { keyId, resourceCrn } = registration;
  const key = keys(world.store).get(keyId);
  if (key === undefined) return;
  const updatedBy = registrant(resourceCrn);
  const lastUpdated = dateOf(world.now());
  const updated = { ...registration, ...part, updatedBy, lastUpdated };
  registrations(world.store).put(registrationId(keyId, resourceCrn), updated);
  record(world, 'merge', key, resourceCrn);
}

/** What a service does when it no longer uses a key. What is not registered is left alone. */
export function unregister(world: World, keyId: string, resourceCrn: string): void {
  const key = keys(world.store).get(keyId);
  if (key === undefined || registrationOf(world, keyId, resourceCrn) === undefined) return;
  registrations(world.store).delete(registrationId(keyId, resourceCrn));
  record(world, 'delete', key, resourceCrn);
}

/** The registration of a resource on a key, if there is one. */
export function registrationOf(world: World, keyId: string, resourceCrn: string): Registration | undefined {
  return registrations(world.store).get(registrationId(keyId, resourceCrn));
}

/** A service acts with a token for its instance, whose IAM id is the CRN behind `crn-`. UNSURE: no source shows one. */
export function registrant(resourceCrn: string): string {
  return `crn-${resourceCrn}`;
}

function registrationId(keyId: string, resourceCrn: string): string {
  return `${keyId}/${resourceCrn}`;
}

/** Source: Key Protect reference, "Activity tracking event names" (registrations). */
function record(world: World, verb: 'create' | 'write' | 'merge' | 'delete', key: Key, resourceCrn: string): void {
  world.record({
    action: `kms.registrations.${verb}`,
    at: world.now().toISOString(),
    target: key.crn,
    initiator: registrant(resourceCrn),
    outcome: 'success',
    severity: verb === 'delete' ? 'critical' : 'normal',
    data: { keyId: key.id, instanceID: key.instanceGuid, resourceCrn },
  });
}
