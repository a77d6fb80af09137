import pRetry from 'p-retry';
import { assertNever } from '../model/json.ts';
import { type AddressedCall, isRead } from './api.ts';
import type { Clock } from './clock.ts';
import { conclude, isCertificateFault } from './conclude.ts';
import { AttemptFailed, type Failure } from './failure.ts';

type Verdict = 'retry' | 'lost-answer' | 'give-up';

/** What comes from outside, so that tests neither wait nor guess. */
export interface Pace {
  readonly clock: Clock;
  /** 0 to 1, as `Math.random`. */
  random(): number;
  /** Cuts waits short. What is in flight is never torn down: an answer that is thrown away is a lost one. */
  readonly signal?: AbortSignal;
}

const MOST_TRIES = 6;
/** Waiting for a host that refuses connections soon stops being useful. */
const MOST_TRIES_UNREACHED = 4;
/** For the waits of one request, and, but for refusals of its rate, for its tries from the first failure on. */
export const BUDGET_MS = 120_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * What to do about a failed attempt.
 *
 * - 429 refused it before it began, and an unreached host never saw it: anything may be sent again.
 * - 408, 5xx but 501, a reset, a timeout: a read, or a write that may be repeated, is sent again. For any other write
 *   the answer is lost: it may have happened, and only a look at the cloud can tell.
 * - Any other status is an answer.
 */
export function classify(failure: Failure, call: { readonly method?: string; readonly idempotent?: boolean }): Verdict {
  const { method = 'GET', idempotent = false } = call;
  const again = method === 'GET' || method === 'HEAD' || idempotent ? 'retry' : 'lost-answer';
  switch (failure.is) {
    case 'unreached':
      return isCertificateFault(failure.code) ? 'give-up' : 'retry';
    case 'unanswered':
      return again;
    case 'answered':
      if (isRateLimited(failure)) return 'retry';
      return failure.status === 408 || (failure.status >= 500 && failure.status !== 501) ? again : 'give-up';
    default:
      return assertNever(failure);
  }
}

/**
 * Milliseconds before the next try: what the API asked for, else doubling from half a second, with jitter. Less than that is
 * not asked for: Resource Controller sends `Retry-After: 0` and a billionth of a second with answers of every kind.
 */
export function waitMsAfter(failure: Failure, tries: number, random: number): number {
  const asked = failure.is === 'answered' ? (failure.retryAfterMs ?? 0) : 0;
  if (asked >= FIRST_WAIT_MS) return asked;
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  return full * (0.5 + random / 2);
}

/**
 * The one place that tries again. `attempt` throws `AttemptFailed`; anything else it throws ends the call as it is.
 *
 * @throws CloudRefused, CloudUnavailable, LostAnswer
 */
export function withRetries<T>(call: AddressedCall, attempt: (tries: number) => Promise<T>, pace: Pace): Promise<T> {
  let firstFailedAt: number | undefined;
  /** But for those that were refused for their rate: these are waited for as long as there is time. */
  let failures = 0;
  /** How long a request stands in a queue is not its fault. */
  let waitedMs = 0;
  let mayHaveHappened = false;
  return pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    // p-retry's own waits use the machine's clock: they are nothing, and the wait is below.
    minTimeout: 0,
    factor: 1,
    onFailedAttempt: async ({ error, attemptNumber }) => {
      if (!(error instanceof AttemptFailed)) throw error;
      const { failure } = error;
      const verdict = classify(failure, call);
      if (verdict === 'lost-answer') throw conclude('lost', call, error, attemptNumber);
      if (verdict === 'give-up') {
        throw conclude(failure.is === 'answered' ? 'refused' : 'unavailable', call, error, attemptNumber);
      }
      mayHaveHappened ||= !isRead(call) && wasSent(failure);
      const used = () => conclude(mayHaveHappened ? 'lost' : 'unavailable', call, error, attemptNumber);
      const most = failure.is === 'unreached' ? MOST_TRIES_UNREACHED : MOST_TRIES;
      const waitMs = waitMsAfter(failure, attemptNumber, pace.random());
      if (!isRateLimited(failure)) {
        failures += 1;
        firstFailedAt ??= pace.clock.now();
      }
      const elapsedMs = firstFailedAt === undefined ? 0 : pace.clock.now() - firstFailedAt;
      if (failures >= most || Math.max(elapsedMs, waitedMs) + waitMs > BUDGET_MS) throw used();
      waitedMs += waitMs;
      await pace.clock.sleep(waitMs, pace.signal).catch(() => {
        // Interrupted: what was not done stays undone.
        throw used();
      });
    },
  });
}

function wasSent(failure: Failure): boolean {
  return failure.is === 'unanswered' || (failure.is === 'answered' && !isRateLimited(failure));
}

function isRateLimited(failure: Failure): boolean {
  return failure.is === 'answered' && failure.status === 429;
}
