import { unregister } from '../apis/key-protect/register.ts';
import { plainly, policies } from '../apis/policy/state.ts';
import { instances } from '../core/account/instances.ts';
import type { Json, Timers, World } from '../core/world.ts';
import { mayUseKey } from './access.ts';
import { delegate, endDelegation } from './delegate.ts';
import { actOnWhatIsOwed } from './react.ts';
import { type Binding, bindings, bindingsOf } from './state.ts';

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
    world.schedule(new Date(now.getTime() + world.settings.registrationLingerMs), {
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
    if (isWindowOver(world, binding) && mayRelease(world, binding)) release(world, binding);
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
  else world.schedule(new Date(world.now().getTime() + day), { kind: releaseTimer, payload: binding.id });
}

/** Timer: a policy has reached the services; whoever waited for one goes on. */
function policyArrived(world: World, payload: Json): void {
  const { resource = [] } = policies(world.store).get(String(payload)) ?? {};
  const opened = plainly(resource, 'resource') ?? plainly(resource, 'serviceInstance') ?? 'any';
  for (const binding of bindings(world.store).by('waiting', opened)) {
    actOnWhatIsOwed(world, binding);
    delegate(world, binding);
    if (isWindowOver(world, binding) && mayRelease(world, binding)) release(world, binding);
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
  unregister(world, binding.keyId, binding.resourceCrn);
  bindings(world.store).delete(binding.id);
}

/** Timers of what services give back. */
export const timers: Timers = {
  [releaseTimer]: releaseWhenOver,
  [arrivedTimer]: policyArrived,
};
