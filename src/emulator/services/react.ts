import { syncKms } from '../apis/databases/tasks.ts';
import { registrant, registrationOf, updateRegistration } from '../apis/key-protect/register.ts';
import { type Key, type KeyEvent, keys } from '../apis/key-protect/state.ts';
import { isObject } from '../core/json.ts';
import type { Json, Timers, World } from '../core/world.ts';
import { mayUseKey } from './access.ts';
import { type Binding, bindings } from './state.ts';
import { services } from './table.ts';

/** The kind of the timer by which services get round to an event of a key. */
export const keyEventTimer = 'services/key-event';

/** In which states of a key an event of it is still true. */
const statesAfter: Readonly<Record<KeyEvent, readonly Key['state'][]>> = {
  delete: [5],
  disable: [2],
  enable: [1, 3],
  restore: [1, 3],
  rotate: [1, 3],
};

/** Timer: the services that use a key have got round to what happened to it. */
function reactToKey(world: World, payload: Json): void {
  const { keyId, event } = isObject(payload) ? payload : {};
  if (!isKeyEvent(event)) throw new Error(`no event of a key: ${String(event)}`);
  const isGone = keys(world.store).get(String(keyId)) === undefined;
  for (const binding of bindings(world.store).by('key', String(keyId))) {
    // Only who is registered was told; a purge since has taken the registrations with it.
    const isTold = isGone || registrationOf(world, binding.keyId, binding.resourceCrn) !== undefined;
    if (isTold) react(world, binding, event);
  }
}

/** A service that had to wait for an authorization does what it was told meanwhile. */
export function actOnWhatIsOwed(world: World, binding: Binding): void {
  if (binding.owes !== undefined) react(world, binding, binding.owes);
}

/**
 * Goes by the key as it now is, not by the event: locks what a destroyed or disabled key protects, frees it when the
 * key is back, and wraps anew with the newest version. To read the key takes an authorization; to lock takes none.
 * Source: deployments reference, "Behaviour on key lifecycle", "Emulator checklist"; that a service whose authorization
 * is gone stays as it is until one comes back is judged. Some services are lost with their key, whatever becomes of it.
 */
function react(world: World, binding: Binding, event: KeyEvent): void {
  const key = keys(world.store).get(binding.keyId);
  if (key?.state !== 1 && key?.state !== 3) {
    const because = key?.state === 2 ? 'disabled' : 'destroyed';
    const since = binding.locked?.since ?? world.now().toISOString();
    bindings(world.store).put(binding.id, { ...binding, locked: { since, because }, owes: undefined });
  } else if (mayUseKey(world, binding)) {
    const locked = isLost(binding) ? binding.locked : undefined;
    bindings(world.store).put(binding.id, { ...binding, locked, owes: undefined });
    const registration = registrationOf(world, key.id, binding.resourceCrn);
    const [keyVersion] = key.versions;
    if (registration !== undefined && registration.keyVersion.id !== keyVersion.id) {
      updateRegistration(world, registration, { keyVersion });
      syncKms(world, binding.instanceGuid);
    }
  } else {
    bindings(world.store).put(binding.id, { ...binding, owes: event });
    return;
  }
  acknowledge(world, binding, key, event);
}

/** Services that are played by hand have no row. */
function isLost({ locked, serviceName }: Binding): boolean {
  const isFinal = services.find(({ name }) => name === serviceName)?.destructionIsFinal === true;
  return isFinal && locked?.because === 'destroyed';
}

/**
 * Source: Key Protect reference, "Lifecycle events to services", "Activity tracking event names"; reason 409 is for a
 * service that finds the key in another state than it was told.
 */
function acknowledge(world: World, binding: Binding, key: Key | undefined, event: KeyEvent): void {
  const agrees = key === undefined ? event === 'delete' : statesAfter[event].includes(key.state);
  const data = { keyId: binding.keyId, instanceID: binding.keyInstance, resourceCrn: binding.resourceCrn };
  world.record({
    action: `kms.secrets.ack-${event}`,
    at: world.now().toISOString(),
    target: binding.keyCrn,
    initiator: registrant(binding.resourceCrn),
    outcome: agrees ? 'success' : 'failure',
    severity: agrees ? 'normal' : 'warning',
    data: agrees ? data : { ...data, reasonCode: 409 },
  });
}

function isKeyEvent(event: unknown): event is KeyEvent {
  return typeof event === 'string' && Object.hasOwn(statesAfter, event);
}

/** Timers of what happens to keys. */
export const timers: Timers = { [keyEventTimer]: reactToKey };
