import type { Because, Blocked, Change, FieldChange, Status } from '../model/change.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Verb } from '../model/verbs.ts';

export const READY: Status = { is: 'ready' };

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

export function blocked(code: ProblemCode, message: string, allow?: string): Blocked {
  return { is: 'blocked', code, message, ...(allow === undefined ? {} : { allow }) };
}
