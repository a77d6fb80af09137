import type { Iso } from '../model/address.ts';

const DAY_MS = 86_400_000;

/**
 * How long a service may stay registered on its key after one of its instances was deleted, in days. Other services:
 * no estimate, never a guess.
 * Source: Key Protect docs, "Deleting keys": Cloud Databases and Db2; Data Virtualization docs, "Key Protect integration".
 */
const LINGER_DAYS = 9;
const LINGERING = /^(databases-for-.+|messages-for-rabbitmq|dashdb-for-transactions|data-virtualization)$/;

/** @returns undefined where IBM gives no number */
export function lingerDays(service: string): number | undefined {
  return LINGERING.test(service) ? LINGER_DAYS : undefined;
}

/** When the registration of an instance deleted at that time is gone at the latest. */
export function registrationEnds(service: string, deletedAt: Iso): Iso | undefined {
  const days = lingerDays(service);
  return days === undefined ? undefined : new Date(Date.parse(deletedAt) + days * DAY_MS).toISOString();
}
