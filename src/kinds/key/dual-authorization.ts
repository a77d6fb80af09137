import type { KpKey } from '../../cloud/key-protect/shapes.ts';
import type { FieldChange } from '../../model/change.ts';
import type { Cancellation } from '../kind.ts';

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

/** Giving the first authorization, as a field of a change. */
export const setForDeletion: FieldChange = { field: 'setForDeletion', before: false, after: true };

/** One that stands, and how it is taken back. */
export function standingWord({ dualAuthDelete }: KpKey): Cancellation | undefined {
  if (dualAuthDelete?.keySetForDeletion !== true) return undefined;
  const { authExpiration } = dualAuthDelete;
  const until = authExpiration === undefined ? '' : ` until ${authExpiration}`;
  return {
    field: { field: 'setForDeletion', before: true, after: false },
    standing: `it is set for deletion${until}; another identity than the one that set it must delete it`,
    undone: `cancels the deletion that it is set for${until}`,
  };
}
