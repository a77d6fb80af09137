import type { KpKey } from '../../cloud/wire.ts';
import type { FieldChange } from '../../model/change.ts';

/** The first of the two authorizations that a key's deletion may need. */
export type DeletionWord =
  | { readonly is: 'not-needed' | 'missing' }
  | { readonly is: 'given'; readonly until: string | undefined }
  | { readonly is: 'expired'; readonly since: string };

/**
 * Who gave it is not told, so whether the running identity may delete is found out by trying.
 * Source: Key Protect docs, "Deleting keys using dual authorization": it counts for seven days. UNSURE what a key shows
 * once it has expired; a past `authExpiration` is taken for it, whatever stands beside it.
 */
export function deletionWord({ dualAuthDelete }: KpKey, now: Date): DeletionWord {
  if (dualAuthDelete?.enabled !== true) return { is: 'not-needed' };
  const { keySetForDeletion, authExpiration } = dualAuthDelete;
  if (authExpiration !== undefined && Date.parse(authExpiration) <= now.getTime()) {
    return { is: 'expired', since: authExpiration };
  }
  return keySetForDeletion === true ? { is: 'given', until: authExpiration } : { is: 'missing' };
}

/** Giving the first authorization, and taking it back, as fields of a change. */
export const setForDeletion: FieldChange = { field: 'setForDeletion', before: false, after: true };
export const cancelDeletion: FieldChange = { field: 'setForDeletion', before: true, after: false };
