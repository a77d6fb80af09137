import type { Kind } from '../kinds/kind.ts';
import { type Because, type Change, READY } from '../model/change.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Verb } from '../model/verbs.ts';

/** A resource, the live object that it is, and all that is known: what most questions of this folder are about. */
export interface Case {
  readonly kind: Kind;
  readonly desired: Desired;
  readonly live: Observed;
  readonly snapshot: Snapshot;
}

/** A change as a kind's decision has it: whom it hits, what it waits for and its order are the planner's. */
export function change(
  { desired, live }: Pick<Case, 'desired'> & Partial<Pick<Case, 'live'>>,
  verb: Verb,
  because: Because,
  { fields = [], status = READY, remarks = [] }: Partial<Pick<Change, 'fields' | 'status' | 'remarks'>> = {},
): Change {
  return {
    address: desired.address,
    verb,
    because,
    fields,
    ...(live ? { target: { id: live.id, version: live.version } } : {}),
    after: [],
    status,
    ...(remarks.length > 0 ? { remarks } : {}),
  };
}
