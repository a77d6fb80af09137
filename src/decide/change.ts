import { type Because, type Change, type FieldChange, READY, type Status } from '../model/change.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Verb } from '../model/verbs.ts';

/** A change as a kind's decision has it: whom it hits, what it waits for and its order are the planner's. */
export function change(
  desired: Desired,
  verb: Verb,
  because: Because,
  more: { readonly status?: Status; readonly live?: Observed; readonly fields?: readonly FieldChange[] },
): Change {
  const { live } = more;
  return {
    address: desired.address,
    verb,
    because,
    fields: more.fields ?? [],
    ...(live ? { target: { id: live.id, version: live.version } } : {}),
    after: [],
    status: more.status ?? READY,
  };
}
