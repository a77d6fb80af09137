import type { Answer } from './api.ts';

/**
 * Milliseconds that an answer asks to wait: by `Retry-After` in whole seconds or as an HTTP date, else until
 * `X-RateLimit-Reset`, in seconds since the epoch. A date is compared with the answer's own `Date`, so that this machine's
 * clock does not count; `nowMs` stands in where there is none.
 * Source: RFC 9110, "Retry-After"; Resource Controller API reference, "Rate limiting".
 *
 * @param headers in lower case
 * @returns undefined when there is neither, or it cannot be read
 */
export function retryAfterMs(headers: Answer['headers'], nowMs: number): number | undefined {
  const after = headers['retry-after'];
  if (after !== undefined && isWhole(after)) return Number(after) * 1000;
  const reset = headers['x-ratelimit-reset'];
  const until =
    after !== undefined ? dateMs(after) : reset !== undefined && isWhole(reset) ? Number(reset) * 1000 : undefined;
  return until === undefined ? undefined : Math.max(0, until - (dateMs(headers['date']) ?? nowMs));
}

function isWhole(text: string): boolean {
  return /^\d+$/.test(text.trim());
}

/** An HTTP date in milliseconds since the epoch. */
export function dateMs(header: string | undefined): number | undefined {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
