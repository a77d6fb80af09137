import { randomBytes } from 'node:crypto';
import { isObject } from '../../core/json.ts';
import type { Json, World } from '../../core/world.ts';
import { after, dayMs } from './dates.ts';
import { type Key, keys } from './state.ts';
import { addVersion } from './versions.ts';

/** The kind of the timer that rotates by policy. */
export const rotationTimer = 'key-protect/rotate';

/** A month of a rotation policy. Source: Key Protect reference, "Key policies". */
const monthMs = 30 * dayMs;

/**
 * Sets the timer for the next rotation that the key's policy asks for. To be called after whatever moves it: the
 * policy, a rotation, the key's coming back. What is overdue happens at the end of the 24 hours' window that IBM keeps
 * open, what is not happens at its start (judged). Source: Key Protect reference, "Key policies".
 */
export function scheduleRotation(world: World, key: Key): void {
  const due = nextRotation(key);
  if (due === undefined) return;
  const isOverdue = due <= world.now();
  const at = isOverdue ? new Date(world.now().getTime() + dayMs) : due;
  world.schedule(at, { kind: rotationTimer, payload: { keyId: key.id } });
}

/** Timer: rotates a key whose time has come. A timer that was set before something moved finds nothing to do. */
export function rotateByPolicy(world: World, payload: Json): void {
  const key = isObject(payload) ? keys(world.store).get(String(payload['keyId'])) : undefined;
  const due = key === undefined ? undefined : nextRotation(key);
  // A suspended or destroyed key is set a new timer when it comes back (judged).
  if (key?.state !== 1 || due === undefined || world.now() < due) return;
  const rotated = addVersion(world, key, randomBytes(32));
  scheduleRotation(world, rotated);
  world.record({
    action: 'kms.secrets.rotate',
    at: world.now().toISOString(),
    target: key.crn,
    initiator: 'kms',
    outcome: 'success',
    severity: 'warning',
    data: { keyId: key.id, instanceID: key.instanceGuid, keyVersionId: rotated.versions[0].id },
  });
}

/** A rotation by hand restarts the policy's clock. */
function nextRotation(key: Key): Date | undefined {
  const policy = key.rotation?.value;
  if (policy?.enabled !== true) return undefined;
  return after(key.lastRotateDate ?? key.creationDate, policy.interval_month * monthMs);
}
