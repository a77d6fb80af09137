import type { Reply, World } from '../../core/world.ts';
import { after, dateOf, hourMs } from './dates.ts';
import { type Desk, recordAction } from './desk.ts';
import { type Key, type KeyEvent, keys, registrationsOn } from './state.ts';

/**
 * Tells every service that is registered on the key what happened to it; they act `serviceReactionMs` later.
 * Source: Key Protect reference, "Lifecycle events to services". That an expiration is none follows from its list.
 *
 * @returns the key, which remembers when its services were told; the caller saves it
 */
export function notifyServices(world: World, key: Key, event: KeyEvent): Key {
  if (registrationsOn(world.store, key.id).length > 0) world.emit('key.changed', { keyId: key.id, event });
  return { ...key, notified: { event, at: world.now().toISOString() } };
}

/**
 * `actions/sync`: the services are told of the last event once more, in whatever state the key is, and an hour after
 * they were told last. Source: Key Protect reference, "Actions" (sync). Of a key without an event there is nothing to
 * tell (judged).
 */
export function syncKey(desk: Desk, key: Key): Reply {
  const { world } = desk;
  if (key.notified !== undefined) {
    const from = after(key.notified.at, hourMs);
    if (world.now() < from) {
      const message = `The key was updated recently: Sync cannot be performed until at least ${dateOf(from)}`;
      throw desk.refuse({ status: 409, code: 'REQ_TOO_EARLY_ERR', message });
    }
    keys(world.store).put(key.id, notifyServices(world, key, key.notified.event));
  }
  // The event's name is judged: the reference lists none for it.
  recordAction(desk, 'kms.secrets.sync', key.crn, { keyId: key.id, keyState: key.state });
  return { status: 204 };
}
