import type { Status } from '../../model/change.ts';
import type { Draft, Proposal } from '../draft.ts';

/** What one rule makes of a change: a status that it must have, or nothing to say. It looks and sets nothing. */
export type Guard = (proposal: Proposal, draft: Draft) => Status | undefined;
