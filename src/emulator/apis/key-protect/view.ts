import type { Members } from '../../core/json.ts';
import { viewDualAuthorization } from './dual-authorization.ts';
import { after, dateOf, dayMs, hourMs, type Key } from './state.ts';

/** How long a destroyed key can be restored. Source: Key Protect reference, "Deletion semantics". */
const restoreWindowMs = 30 * dayMs;
/** From a key's deletion to when it can be purged by hand. */
export const purgeableMs = 4 * hourMs;
/** And to when it is purged: "any time after" 90 days in the real one, exactly then here (judged). */
export const purgedMs = 90 * dayMs;

/** A key as the API shows it, without its payload. Source: Key Protect reference, "Key object". */
export function viewKey(key: Key, now: Date): Members {
  const [newest] = key.versions;
  const { id, name, description, state, expirationDate, extractable, crn, imported, creationDate, createdBy } = key;
  return {
    ...{ id, name, description, state, expirationDate, extractable, crn, imported, creationDate, createdBy },
    type: 'application/vnd.ibm.kms.key+json',
    ...(key.aliases.length === 0 ? {} : { aliases: key.aliases }),
    ...(key.tags.length === 0 ? {} : { tags: key.tags }),
    keyRingID: key.keyRingId,
    lastUpdateDate: key.lastUpdateDate,
    lastRotateDate: key.lastRotateDate,
    ...(extractable ? {} : { keyVersion: newest }),
    algorithmType: 'Deprecated',
    algorithmMode: 'Deprecated',
    algorithmMetadata: { bitLength: String(key.bitSize ?? 256), mode: 'Deprecated' },
    algorithmBitSize: key.bitSize ?? 256,
    dualAuthDelete: viewDualAuthorization(key, now),
    rotation: key.rotation?.value,
    deleted: state === 5,
    ...viewDeletion(key, now),
  };
}

/** Until when a destroyed key can be restored: 30 days, or its expiration if that comes first. */
export function restorableUntil(key: Key, deletionDate: string): Date {
  const window = after(deletionDate, restoreWindowMs).getTime();
  return new Date(Math.min(window, key.expirationDate === undefined ? window : Date.parse(key.expirationDate)));
}

function viewDeletion(key: Key, now: Date): Members {
  if (key.deletionDate === undefined) return {};
  const restorable = restorableUntil(key, key.deletionDate);
  const purgeFrom = after(key.deletionDate, purgeableMs);
  return {
    deletionDate: key.deletionDate,
    deletedBy: key.deletedBy,
    restoreAllowed: now <= restorable,
    restoreExpirationDate: dateOf(restorable),
    purgeAllowed: now >= purgeFrom,
    purgeAllowedFrom: dateOf(purgeFrom),
    purgeScheduledOn: dateOf(after(key.deletionDate, purgedMs)),
  };
}
