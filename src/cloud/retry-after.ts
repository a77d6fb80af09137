import type { Answer } from './api.ts';

/**
 * Milliseconds that an answer asks to wait: by `Retry-After` in seconds or as an HTTP date, else until `X-RateLimit-Reset`.
 * That is said to be in seconds since the epoch; in recorded answers it is the seconds that are left, as is `Retry-After`,
 * and either may have a fraction. A date is compared with the answer's own `Date`, so that this machine's clock does not
 * count; `nowMs` stands in where there is none.
 * Source: RFC 9110, "Retry-After"; Resource Controller API reference, "Rate limiting"; recorded headers of Resource Controller
 * and Resource Manager, ManageIQ/manageiq-providers-ibm_cloud (2021-04-26, 2021-10-26, 2025-06-25).
 *
 * @param headers in lower case
 * @returns undefined when there is neither, or it cannot be read
 */
export function retryAfterMs(headers: Answer['headers'], nowMs: number): number | undefined {
  const sinceNow = (until: number) => Math.max(0, until - (dateMs(headers['date']) ?? nowMs));
  const after = headers['retry-after'];
  if (after !== undefined) {
    const until = dateMs(after);
    return secondsInMs(after) ?? (until === undefined ? undefined : sinceNow(until));
  }
  const reset = secondsInMs(headers['x-ratelimit-reset']);
  return reset === undefined || reset < EARLIEST_MS ? reset : sinceNow(reset);
}

/** A number of seconds below it is a duration, not a time. */
const EARLIEST_MS = Date.UTC(2001, 0);

function secondsInMs(text = ''): number | undefined {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Math.ceil(Number(text) * 1000) : undefined;
}

/** An HTTP date in milliseconds since the epoch. */
export function dateMs(header: string | undefined): number | undefined {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
