import {
  flag,
  listOf,
  listOrNone,
  Misshapen,
  map,
  number,
  object,
  optional,
  type Read,
  type Shape,
  text,
} from '../shape.ts';

export type KpRotation = Shape<typeof rotation>;
const rotation = object({ enabled: optional(flag), interval_month: optional(number) });

/** Whether two identities must agree to a key's deletion, and the first one's word while it counts. */
const dualAuth = object({
  enabled: optional(flag),
  keySetForDeletion: optional(flag),
  authExpiration: optional(text),
});

/** Key Protect API reference, "Key object". Without `payload`, which a standard key's answer may carry. */
export type KpKey = Shape<typeof key>;
export const key = object({
  id: text,
  crn: text,
  name: text,
  /** 0 pre-activation, 1 active, 2 suspended, 3 deactivated, 5 destroyed. */
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

export type KpRing = Shape<typeof ring>;
export const ring = object({ id: text, creationDate: optional(text), createdBy: optional(text) });

export type KpRegistration = Shape<typeof registration>;
export const registration = object({ keyId: text, resourceCrn: text, preventKeyDeletion: optional(flag) });

export const keyPolicy = object({ rotation: optional(rotation) });

/** Key Protect API, "Instance policies". */
export type KpInstancePolicy = Shape<typeof instancePolicy>;
export const instancePolicy = object({
  policy_type: text,
  policy_data: object({ enabled: optional(flag), attributes: optional(map) }),
});

export type KpImportToken = Shape<typeof importToken>;
export const importToken = object({
  /** Base64 of a public key in PEM. */
  payload: text,
  /** Base64. */
  nonce: text,
});

/** Key material in a request: plain, or wrapped for a secure import. */
export interface KpMaterial {
  /** Base64 of the material, or of what it is wrapped into. */
  readonly payload: string;
  readonly encryptionAlgorithm?: 'RSAES_OAEP_SHA_256';
  readonly encryptedNonce?: string;
  readonly iv?: string;
}

export interface KpKeyCreate {
  readonly name: string;
  readonly extractable: boolean;
  readonly description?: string;
  readonly aliases: readonly string[];
  readonly expirationDate?: string;
  /** Instead of what the instance's policy says; sent to a path of its own, which needs Manager. */
  readonly dualAuthDelete?: { readonly enabled: boolean };
  /** Brought along; absent: Key Protect generates it. */
  readonly material?: KpMaterial;
}

/** "Envelope": an empty list may come without `resources`. */
export function resources<T>(item: Read<T>): Read<readonly T[]> {
  const body = object({ resources: listOrNone(item) });
  return (value) => body(value).resources;
}

export function onlyResource<T>(item: Read<T>): Read<T> {
  const all = resources(item);
  return (value) => {
    const [first] = all(value);
    if (first === undefined) throw new Misshapen('a list with an element', 'resources');
    return first;
  };
}
