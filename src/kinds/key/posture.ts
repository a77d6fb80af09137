import type { Observed } from '../../model/resource.ts';
import type { LiveKey } from './facts.ts';

const DAY_MS = 86_400_000;
/** A month of a rotation policy. */
const MONTH_MS = 30 * DAY_MS;
/** Key Protect rotates some time within a day. Source: Key Protect docs, "Setting a rotation policy". */
const WINDOW_MS = DAY_MS;
const NEAR_MS = 30 * DAY_MS;

/**
 * What a security officer looks for in a key that is as declared: a rotation that did not happen, an expiration that is
 * near, users that are cut off. Dates are the key's own.
 */
export function posture(live: Observed<LiveKey>, users: () => readonly string[], now: Date): readonly string[] {
  if (live.life.is !== 'active') return [];
  return [...overdue(live, now), ...expiring(live, now), ...cutOff(live, users)];
}

/** Where its material comes from, and how old it is. */
export function history({ facts: { key } }: Observed<LiveKey>): readonly string[] {
  const material =
    key.imported === undefined ? [] : [key.imported ? 'its material was imported' : 'Key Protect made its material'];
  if (key.extractable) return material;
  return [...material, key.lastRotateDate === undefined ? 'never rotated' : `last rotated: ${key.lastRotateDate}`];
}

function overdue({ facts: { key } }: Observed<LiveKey>, now: Date): readonly string[] {
  const months = key.rotation?.interval_month;
  const since = key.lastRotateDate ?? key.creationDate;
  if (key.state !== 1 || key.rotation?.enabled === false || months === undefined || since === undefined) return [];
  const due = new Date(Date.parse(since) + months * MONTH_MS);
  if (now.getTime() <= due.getTime() + WINDOW_MS) return [];
  const last = key.lastRotateDate === undefined ? `made ${since} and never rotated` : `last rotated ${since}`;
  return [`its rotation is overdue since ${due.toISOString()}: ${last}; \`rotatedSince\` rotates it on demand`];
}

function expiring({ facts: { key } }: Observed<LiveKey>, now: Date): readonly string[] {
  const left = key.expirationDate === undefined ? Number.NaN : Date.parse(key.expirationDate) - now.getTime();
  if (!(left > 0 && left <= NEAR_MS)) return [];
  return [`it expires on ${key.expirationDate}, which cannot be changed: move to another key before then`];
}

function cutOff({ facts: { key } }: Observed<LiveKey>, users: () => readonly string[]): readonly string[] {
  if (key.state !== 2) return [];
  const names = users().map((name) => `"${name}"`);
  if (names.length === 0) return [];
  return [`it is disabled, and ${names.join(', ')} cannot read or write under it; \`enabled: true\` brings that back`];
}
