import type { Address, LiveId } from './address.ts';
import type { Change, Condition, Plan } from './change.ts';
import type { Verb } from './verbs.ts';

/** How one change of a run ended. `unknown`: it may or may not have happened; the next run decides by looking. */
export type Outcome = {
  readonly address: Address;
  readonly verb: Verb;
} /** `notes`: what is not shown yet of what was made. */ & (
  | { readonly is: 'done'; readonly id?: LiveId; readonly notes?: readonly string[] }
  | { readonly is: 'waiting'; readonly until: readonly Condition[] }
  | { readonly is: 'failed' | 'unknown'; readonly error: Failure }
  /** `waitedFor`: a change that did not get done; absent: the run was interrupted before this one began. */
  | { readonly is: 'skipped'; readonly waitedFor?: Address }
  | { readonly is: 'stale'; readonly reason: string }
);

/** An error as data: what was said, by whom. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What a run came to. */
export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** Reviewed changes that are still deferred. */
  readonly deferred: readonly Change[];
  readonly blocked: readonly Change[];
  /** Changes that a later look asked for and the review did not hold: reported, not done. */
  readonly unreviewed: readonly Change[];
  /** What `--target` leaves out. */
  readonly outside: Plan['outside'];
}
