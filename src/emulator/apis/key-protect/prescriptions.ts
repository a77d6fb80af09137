import type { Desk } from './desk.ts';
import { attributesInForce } from './instance-policy.ts';
import type { Material } from './material.ts';
import { stampPolicy } from './policies.ts';
import type { Key } from './state.ts';

/**
 * Refuses a kind of key, or a way of making one, that the instance does not allow.
 *
 * @param imported undefined for a key that makes its own material
 * @throws ApiError 409 `KEY_CREATE_IMPORT_ACCESS_ERR`
 * Source: Key Protect reference, "Instance policies" (`keyCreateImportAccess`).
 */
export function assertMayMake(desk: Desk, extractable: boolean, imported: Material | undefined): void {
  const access = attributesInForce(desk.world.store, desk.instance.guid, 'keyCreateImportAccess');
  if (access === undefined) return;
  const way = imported === undefined ? 'create' : 'import';
  const kind = extractable ? 'standard' : 'root';
  if (access[`${way}_${kind}_key`] === false) throw forbidden(desk, `to ${way} ${kind} keys`);
  assertTokenUsed(desk, imported);
}

/** The same policy also governs what material rotation and restore bring; what brings none is let through (judged). */
export function assertTokenUsed(desk: Desk, imported: Material | undefined): void {
  const access = attributesInForce(desk.world.store, desk.instance.guid, 'keyCreateImportAccess');
  if (access?.['enforce_token'] !== true || imported === undefined || imported.secure) return;
  throw forbidden(desk, 'to import key material without an import token');
}

function forbidden(desk: Desk, what: string): Error {
  const message = `The policy of the instance does not allow ${what}`;
  return desk.refuse({ status: 409, code: 'KEY_CREATE_IMPORT_ACCESS_ERR', message });
}

/** A new key with the policies that its instance prescribes. Rotation is for generated root keys. */
export function withPrescribed(desk: Desk, key: Key): Key {
  const { store } = desk.world;
  const months = attributesInForce(store, desk.instance.guid, 'rotation')?.['interval_month'];
  const rotates = typeof months === 'number' && !key.extractable && !key.imported;
  const dual = attributesInForce(store, desk.instance.guid, 'dualAuthDelete') !== undefined;
  return {
    ...key,
    ...(rotates ? { rotation: stampPolicy(desk, undefined, { enabled: true, interval_month: months }) } : {}),
    ...(dual ? { dualAuthDelete: stampPolicy(desk, undefined, { enabled: true }) } : {}),
  };
}
