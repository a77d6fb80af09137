import { CloudError, type CloudFacts } from '../model/errors.ts';
import type { Answer } from './api.ts';

/** Why one attempt brought no answer that can be used. */
export type Failure =
  | {
      /** A status that is not 2xx. */
      readonly is: 'answered';
      readonly status: number;
      /** From `Retry-After` or `X-RateLimit-Reset`, counted from the answer on. */
      readonly retryAfterMs?: number;
      /** The answer's `Date`, milliseconds since the epoch. */
      readonly answeredAtMs?: number;
    }
  /** No connection: certainly nothing was sent. `code` is Node's, for example `ECONNREFUSED`. */
  | { readonly is: 'unreached'; readonly code: string }
  /** Sent, perhaps received, perhaps done: a timeout, a reset, a body cut short or not JSON. */
  | { readonly is: 'unanswered'; readonly code: string };

/** One attempt that failed, with what is known of it. Stays inside this folder: `retry.ts` decides what becomes of it. */
export class AttemptFailed extends CloudError {
  readonly failure: Failure;
  /** The answer's body. */
  readonly details: unknown;
  /** The answer's headers, in lower case; empty where none came. */
  readonly headers: Answer['headers'];

  constructor(failure: Failure, facts: CloudFacts, details?: unknown, headers: Answer['headers'] = {}) {
    super('ATTEMPT_FAILED', facts, `${facts.api}, ${facts.operation}: ${failure.is}`);
    this.failure = failure;
    this.details = details;
    this.headers = headers;
  }
}
