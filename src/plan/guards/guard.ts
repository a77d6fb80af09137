import type { Blocked, Status } from '../../model/change.ts';
import type { Draft, Proposal } from '../draft.ts';

/** What one rule makes of a change: a status that it must have, or nothing to say. It looks and sets nothing. */
export type Guard = (proposal: Proposal, draft: Draft) => Status | undefined;

export function blocked(code: Blocked['code'], message: string, allow?: string): Blocked {
  return { is: 'blocked', code, message, ...(allow === undefined ? {} : { allow }) };
}
