/**
 * Milliseconds that a `Retry-After` header asks to wait: whole seconds, or an HTTP date. A date is compared with the
 * answer's own `Date`, so that this machine's clock does not count; `nowMs` stands in where there is none.
 * Source: RFC 9110, "Retry-After".
 *
 * @returns undefined when there is no header or it is neither
 */
export function retryAfterMs(header: string | undefined, date: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - (dateMs(date) ?? nowMs));
}

/** An HTTP date in milliseconds since the epoch. */
export function dateMs(header: string | undefined): number | undefined {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
