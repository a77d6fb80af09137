import type { Json } from './json.ts';

/**
 * One entry of the activity log, such as IBM Cloud Activity Tracker shows.
 * Source: Key Protect docs, "Activity tracking events".
 */
export interface ActivityEvent {
  /** `kms.secrets.delete` and the like. */
  readonly action: string;
  /** ISO 8601, emulator time. */
  readonly at: string;
  /** The CRN of what it was done to. */
  readonly target: string;
  /** The IAM id of who did it; a service's CRN where a service did. */
  readonly initiator: string;
  readonly outcome: 'success' | 'failure';
  readonly severity: 'normal' | 'warning' | 'critical';
  /** The caller's transaction id, or one made for the timer; filled in by the engine where the event does not say it. */
  readonly correlationId?: string;
  readonly data?: Readonly<Record<string, Json>>;
}
