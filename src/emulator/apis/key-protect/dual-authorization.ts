import type { Reply } from '../../core/world.ts';
import { type Desk, recordAction } from './desk.ts';
import { readOptionalBody } from './envelope.ts';
import { after, dateOf, dayMs, type Key, keys } from './state.ts';

/** How long the first authorization counts. Source: Key Protect reference, "Actions" (setKeyForDeletion). */
const authorizationMs = 7 * dayMs;

/** `actions/setKeyForDeletion`: the first of two authorizations. Given again, it counts from then (judged). */
export function setKeyForDeletion(desk: Desk, key: Key): Reply {
  const { world, call } = desk;
  const until = dateOf(after(dateOf(world.now()), authorizationMs));
  return write(desk, { ...key, setForDeletion: { by: call.identity.iamId, until } }, 'setkeyfordeletion');
}

/** `actions/unsetKeyForDeletion`; also of a key that is not set (judged). */
export function unsetKeyForDeletion(desk: Desk, key: Key): Reply {
  return write(desk, { ...key, setForDeletion: undefined }, 'unsetkeyfordeletion');
}

/** Refuses the deletion of a key that needs two authorizations and lacks another identity's standing one. */
export function assertAuthorized(desk: Desk, key: Key): void {
  if (key.dualAuthDelete?.value.enabled !== true) return;
  const first = standingAuthorization(key, desk.world.now());
  if (first !== undefined && first.by !== desk.call.identity.iamId) return;
  throw desk.refuse(409, 'AUTHORIZATIONS_NOT_MET', 'Number of authorizations required to delete is not met');
}

/**
 * `dualAuthDelete` of a key as the API shows it. Source: Key Protect reference, "Key object". UNSURE there what a key shows
 * once the first authorization has expired: here the date that has passed, and that it is not set any more.
 */
export function viewDualAuthorization(key: Key, now: Date): object {
  if (key.dualAuthDelete?.value.enabled !== true) return { enabled: false };
  if (key.setForDeletion === undefined) return { enabled: true, keySetForDeletion: false };
  const keySetForDeletion = standingAuthorization(key, now) !== undefined;
  return { enabled: true, keySetForDeletion, authExpiration: key.setForDeletion.until };
}

function standingAuthorization(key: Key, now: Date): Key['setForDeletion'] {
  return key.setForDeletion !== undefined && now < new Date(key.setForDeletion.until) ? key.setForDeletion : undefined;
}

function write(desk: Desk, key: Key, event: string): Reply {
  const { world } = desk;
  readOptionalBody(desk, []);
  if (key.dualAuthDelete?.value.enabled !== true) {
    throw desk.refuse(409, 'NOT_DUAL_AUTH_ERR', 'The key has no enabled dual authorization policy');
  }
  keys(world.store).put(key.id, { ...key, lastUpdateDate: dateOf(world.now()) });
  recordAction(desk, `kms.secrets.${event}`, key.crn, { keyId: key.id, keyState: key.state });
  return { status: 204 };
}
