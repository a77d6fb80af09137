import { randomBytes } from 'node:crypto';
import { isObject } from '../../core/json.ts';
import type { Json, Reply, World } from '../../core/world.ts';
import { type Desk, recordAction } from './desk.ts';
import { badQuery, readOptionalBody } from './envelope.ts';
import { bitSizeOf, materialMembers, readMaterial } from './import-token.ts';
import { assertTokenUsed } from './instance-policies.ts';
import { after, dateOf, dayMs, hourMs, type Key, keys, materials, notifyServices, recordByItself } from './state.ts';

/**
 * `actions/rotate`: a new version, at most once an hour; the first one at once. A generated key makes its own material,
 * an imported one must be given new material. Source: Key Protect reference, "Actions" (rotate).
 */
export function rotateKey(desk: Desk, key: Key): Reply {
  const { world } = desk;
  const material = readNewMaterial(desk, key);
  if (key.lastRotateDate !== undefined && world.now() < after(key.lastRotateDate, hourMs)) {
    const message = 'The key was rotated within the last hour: Please wait and try again';
    throw desk.refuse(409, 'KEY_ROTATION_NOT_PERMITTED', message);
  }
  const rotated = addVersion(world, key, material);
  scheduleRotation(world, rotated);
  recordAction(desk, 'kms.secrets.rotate', key.crn, { keyId: key.id, keyVersionId: rotated.versions[0].id });
  return { status: 204 };
}

function readNewMaterial(desk: Desk, key: Key): Buffer {
  const given = readOptionalBody(desk, materialMembers);
  const isGiven = Object.keys(given).length > 0;
  // Odd, and documented so: a query parameter's error for a member of the body.
  if (!key.imported && isGiven) throw badQuery(desk, 'payload', 'provided only if key is imported');
  if (!key.imported) return randomBytes(32);
  const material = readMaterial(desk, given, true);
  assertTokenUsed(desk, material);
  if (material !== undefined) return material.bytes;
  throw desk.refuse(400, 'KEY_PAYLOAD_REQ_ERR', 'The key was imported: new key material is required to rotate it');
}

/** Saves the key with a new version in front, and tells its services. */
function addVersion(world: World, { bitSize: _, ...key }: Key, material: Buffer): Key {
  const date = dateOf(world.now());
  const version = { id: world.newId(), creationDate: date };
  materials(world.store).put(version.id, { base64: material.toString('base64') });
  const versions = [version, ...key.versions] as const;
  const rotated = { ...key, ...bitSizeOf(material), versions, lastRotateDate: date, lastUpdateDate: date };
  const told = notifyServices(world, rotated, 'rotate');
  keys(world.store).put(key.id, told);
  return told;
}

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
  recordByItself(world, key, 'rotate', 'warning', { keyVersionId: rotated.versions[0].id });
}

/** A rotation by hand restarts the policy's clock. */
function nextRotation(key: Key): Date | undefined {
  const policy = key.rotation?.value;
  if (policy?.enabled !== true) return undefined;
  return after(key.lastRotateDate ?? key.creationDate, policy.interval_month * monthMs);
}
