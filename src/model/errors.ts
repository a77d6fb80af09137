import type { Condition } from './change.ts';
import type { ProblemCode } from './problem-codes.ts';
import type { Location } from './resource.ts';

export type { ProblemCode } from './problem-codes.ts';

/** One fault in what the user wrote. Values, collected, all shown at once. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do; may hold YAML to paste, over several lines. */
  readonly remedy?: string;
  /** Absent where no file is to blame. */
  readonly at?: Location;
  /** A second place, for example the first declaration of a duplicate. */
  readonly also?: Location;
}

interface Why {
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** A run cannot go on. `message` says what is wrong; `remedy` what to do. */
export class KeysteadError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(code: string, message: string, options: Why = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = options.remedy;
  }
}

/** Refused by safety: exit 5. */
export class SafetyRefusal extends KeysteadError {}

/** What is known of one request that did not succeed. Never holds headers or bodies, which carry secrets. */
export interface CloudFacts {
  /** The API's short name, for example `Key Protect`. */
  readonly api: string;
  /** What was being done, for example `create key`. */
  readonly operation: string;
  /** Absent when no answer came. */
  readonly status?: number;
  /** The API's own code, for example `KEY_ALIAS_NOT_UNIQUE_ERR`. */
  readonly apiCode?: string;
  /** The API's own words. */
  readonly apiMessage?: string;
  readonly correlationId?: string;
}

/** Anything that IBM Cloud did not do for us. */
export class CloudError extends KeysteadError {
  readonly facts: CloudFacts;

  constructor(code: string, facts: CloudFacts, message: string, options: Why = {}) {
    super(code, message, options);
    this.facts = facts;
  }
}

/** The cloud answered, and the answer was no. Never retried. `details` is the answer's body, for the one client that reads it. */
export class CloudRefused extends CloudError {
  readonly details: unknown;

  constructor(facts: CloudFacts, message: string, options: Why & { readonly details?: unknown } = {}) {
    super('CLOUD_REFUSED', facts, message, options);
    this.details = options.details;
  }
}

/** @param reasons statuses, or the API's own codes */
export function isRefused(error: unknown, ...reasons: readonly (number | string)[]): error is CloudRefused {
  if (!(error instanceof CloudRefused)) return false;
  const { status, apiCode } = error.facts;
  return reasons.some((reason) => reason === status || reason === apiCode);
}

/** No answer, or no useful one, and nothing was changed: retries are used up. */
export class CloudUnavailable extends CloudError {
  constructor(facts: CloudFacts, message: string, options: Why = {}) {
    super('CLOUD_UNAVAILABLE', facts, message, options);
  }
}

/** A write was sent and its answer never came: it may have happened. Judged by reading again. */
export class LostAnswer extends CloudError {
  constructor(facts: CloudFacts, message: string, options: Why = {}) {
    super('LOST_ANSWER', facts, message, options);
  }
}

/** A refusal that may only be propagation. The engine tries again while a covering grant is fresh. */
export class NotYet extends KeysteadError {
  constructor(symptom: string, options: { cause?: unknown } = {}) {
    super('NOT_YET', symptom, options);
  }
}

/**
 * The cloud will do it, but not now or not for this identity: deferred, not failed, and not tried again in this run
 * (design 6: the hour between rotations, the second identity of a deletion).
 */
export class Deferred extends KeysteadError {
  readonly until: readonly Condition[];

  constructor(message: string, until: readonly Condition[], options: { cause?: unknown } = {}) {
    super('DEFERRED', message, options);
    this.until = until;
  }
}

/** A wait was cut short by an interrupt. What was sent before it may have happened; nothing was sent after it. */
export class Interrupted extends KeysteadError {
  constructor(options: { cause?: unknown } = {}) {
    super('INTERRUPTED', 'interrupted before a read could show what became of it', options);
  }
}

/** What was met is not what was planned: the change is stale, plan again (exit 7). */
export class Stale extends KeysteadError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('STALE', message, options);
  }
}
