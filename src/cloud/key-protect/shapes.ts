import { flag, listOf, listOrNone, Misshapen, map, number, object, optional, type Read, text } from '../shape.ts';
import type { KpDualAuth, KpInstancePolicy, KpKey, KpRegistration, KpRing, KpRotation } from '../wire.ts';

const dualAuth = object<KpDualAuth>({
  enabled: optional(flag),
  keySetForDeletion: optional(flag),
  authExpiration: optional(text),
});
const rotation = object<KpRotation>({ enabled: optional(flag), interval_month: optional(number) });

/** Key Protect API reference, "Key object". Without `payload`, which a standard key's answer may carry. */
export const key = object<KpKey>({
  id: text,
  crn: text,
  name: text,
  state: number,
  extractable: flag,
  imported: optional(flag),
  description: optional(text),
  aliases: optional(listOf(text)),
  keyRingID: optional(text),
  expirationDate: optional(text),
  creationDate: optional(text),
  createdBy: optional(text),
  lastUpdateDate: optional(text),
  lastRotateDate: optional(text),
  deletionDate: optional(text),
  deletedBy: optional(text),
  restoreAllowed: optional(flag),
  restoreExpirationDate: optional(text),
  purgeAllowedFrom: optional(text),
  rotation: optional(rotation),
  dualAuthDelete: optional(dualAuth),
});

export const ring = object<KpRing>({ id: text, creationDate: optional(text), createdBy: optional(text) });

export const registration = object<KpRegistration>({
  keyId: text,
  resourceCrn: text,
  preventKeyDeletion: optional(flag),
});

export const keyPolicy = object<{ readonly rotation?: KpRotation }>({ rotation: optional(rotation) });

export const instancePolicy = object<KpInstancePolicy>({
  policy_type: text,
  policy_data: object<KpInstancePolicy['policy_data']>({ enabled: optional(flag), attributes: optional(map) }),
});

/** "Envelope": an empty list may come without `resources`. */
export function resources<T>(item: Read<T>): Read<readonly T[]> {
  const body = object<{ readonly resources: readonly T[] }>({ resources: listOrNone(item) });
  return (value, at) => body(value, at).resources;
}

export function onlyResource<T>(item: Read<T>): Read<T> {
  const all = resources(item);
  return (value, at) => {
    const [first] = all(value, at);
    if (first === undefined) throw new Misshapen('resources', 'a list with an element');
    return first;
  };
}
