import { syncKms } from '../apis/databases/tasks.ts';
import { registrant, updateRegistration } from '../apis/key-protect/registrations.ts';
import { type Key, type KeyEvent, keys } from '../apis/key-protect/state.ts';
import { plainly, policies } from '../apis/policy/state.ts';
import { instances } from '../core/account/instances.ts';
import { isObject } from '../core/json.ts';
import type { Json, Timers, World } from '../core/world.ts';
import { delegate, endDelegation } from './delegate.ts';
import { type Binding, bindings, bindingsOf, mayUseKey } from './state.ts';
import { services } from './table.ts';
import { letGo, registrationsOf, unregisterAll } from './volumes.ts';

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
    const isTold = isGone || registrationsOf(world, binding).length > 0;
    if (isTold) react(world, binding, event);
  }
}

/** A service that had to wait for an authorization does what it was told meanwhile. */
function actOnWhatIsOwed(world: World, binding: Binding): void {
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
    const [keyVersion] = key.versions;
    const old = registrationsOf(world, binding).filter(({ keyVersion: { id } }) => id !== keyVersion.id);
    for (const registration of old) updateRegistration(world, registration, { keyVersion });
    if (old.length > 0) syncKms(world, binding.instanceGuid);
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

const day = 24 * 60 * 60 * 1000;
const releaseTimer = 'services/release';
/** The kind of the timer by which services learn that a policy has reached them. */
export const arrivedTimer = 'services/policy-arrived';

/**
 * The service learns that its instance was deleted. It unregisters when its window is over, not before.
 * Source: deployments reference, "The seed, step by step": registered for a soft-deletion period of up to 9 days.
 */
export function instanceDeleted(world: World, instanceGuid: string): void {
  const now = world.now();
  for (const binding of ownBindings(world, instanceGuid)) {
    bindings(world.store).put(binding.id, { ...binding, deletedAt: now.toISOString() });
    world.scheduleIn(world.settings.registrationLingerMs, {
      kind: releaseTimer,
      payload: binding.id,
    });
  }
}

/**
 * A removed instance cannot come back: a window that was over before its reclamation ended holds nothing up any more.
 */
export function instanceRemoved(world: World, instanceGuid: string): void {
  for (const binding of ownBindings(world, instanceGuid)) {
    if (!mayRelease(world, binding)) continue;
    if (isWindowOver(world, binding)) release(world, binding);
    else letGo(world, binding);
  }
  endDelegation(world, instanceGuid);
}

/** A restored instance uses its keys as before. */
export function instanceRestored(world: World, instanceGuid: string): void {
  for (const binding of ownBindings(world, instanceGuid)) {
    bindings(world.store).put(binding.id, { ...binding, deletedAt: undefined });
  }
}

/** An instance that never came to be has encrypted nothing: its service unregisters at once (judged). */
export function instanceFailed(world: World, instanceGuid: string): void {
  for (const binding of ownBindings(world, instanceGuid)) release(world, binding);
  endDelegation(world, instanceGuid);
}

/** Timer: the window is over. What still stands in the way is asked for again every day. */
function releaseWhenOver(world: World, payload: Json): void {
  const binding = bindings(world.store).get(String(payload));
  // A binding whose window ends later was restored and deleted again: that deletion has a timer of its own.
  if (binding === undefined || !isWindowOver(world, binding)) return;
  if (mayRelease(world, binding)) release(world, binding);
  else world.scheduleIn(day, { kind: releaseTimer, payload: binding.id });
}

/** Timer: a policy has reached the services; whoever waited for one goes on. */
function policyArrived(world: World, payload: Json): void {
  const { resource = [] } = policies(world.store).get(String(payload)) ?? {};
  const opened = plainly(resource, 'resource') ?? plainly(resource, 'serviceInstance') ?? 'any';
  for (const binding of bindings(world.store).by('waiting', opened)) {
    actOnWhatIsOwed(world, binding);
    delegate(world, binding);
    if (!mayRelease(world, binding)) continue;
    if (isWindowOver(world, binding)) release(world, binding);
    else letGo(world, binding);
  }
}

/** Those that were played by hand end by hand. */
function ownBindings(world: World, instanceGuid: string): readonly Binding[] {
  return bindingsOf(world.store, instanceGuid).filter((binding) => !binding.byHand);
}

function isWindowOver(world: World, { deletedAt }: Binding): boolean {
  return (
    deletedAt !== undefined && world.now().getTime() >= Date.parse(deletedAt) + world.settings.registrationLingerMs
  );
}

/**
 * Only for what is removed, no longer restorable, and only while an authorization stands. Source: platform reference,
 * "Delete and reclamation" (terraform-provider-ibm issues 5472 and 4160).
 */
function mayRelease(world: World, binding: Binding): boolean {
  return mayUseKey(world, binding) && instances(world.store).get(binding.instanceGuid)?.state === 'removed';
}

function release(world: World, binding: Binding): void {
  unregisterAll(world, binding);
  bindings(world.store).delete(binding.id);
}

/** Timers of what services give back. */
export const releaseTimers: Timers = { [releaseTimer]: releaseWhenOver, [arrivedTimer]: policyArrived };
