import { randomBytes } from 'node:crypto';
import type { Reply } from '../../core/world.ts';
import { after, hourMs } from './dates.ts';
import { type Desk, recordAction } from './desk.ts';
import { badQuery, readOptionalBody } from './envelope.ts';
import { materialMembers, readMaterial } from './material.ts';
import { assertTokenUsed } from './prescriptions.ts';
import { scheduleRotation } from './scheduled-rotation.ts';
import type { Key } from './state.ts';
import { addVersion } from './versions.ts';

/**
 * `actions/rotate`: a new version, at most once an hour; the first one at once. A generated key makes its own material,
 * an imported one must be given new material. Source: Key Protect reference, "Actions" (rotate).
 */
export function rotateKey(desk: Desk, key: Key): Reply {
  const { world } = desk;
  const material = readNewMaterial(desk, key);
  if (key.lastRotateDate !== undefined && world.now() < after(key.lastRotateDate, hourMs)) {
    const message = 'The key was rotated within the last hour: Please wait and try again';
    throw desk.refuse({ status: 409, code: 'KEY_ROTATION_NOT_PERMITTED', message });
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
  const message = 'The key was imported: new key material is required to rotate it';
  throw desk.refuse({ status: 400, code: 'KEY_PAYLOAD_REQ_ERR', message });
}
