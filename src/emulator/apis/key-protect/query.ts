import type { Desk } from './desk.ts';
import { badQuery } from './envelope.ts';

/** A page of a list. */
export interface Page<T> {
  readonly shown: readonly T[];
  /** `totalCount`, where it was asked for. */
  readonly metadata: { readonly totalCount?: number };
}

/** Cuts a page out by `limit` and `offset`. @throws ApiError 400 `INVALID_QUERY_PARAM_ERR` */
export function pageOf<T>(desk: Desk, all: readonly T[], usual = 200): Page<T> {
  const limit = readNumber(desk, 'limit', usual, [1, 5000]);
  const offset = readNumber(desk, 'offset', 0, [0, Number.MAX_SAFE_INTEGER]);
  const shown = all.slice(offset, offset + limit);
  return { shown, metadata: readFlag(desk, 'totalCount') === true ? { totalCount: all.length } : {} };
}

/** What the pages of a list are cut from: the caller's, for this instance, ring and query but for the page. */
export function selection<T>({ world, call, instance }: Desk, make: () => T): T {
  const query = new URLSearchParams(call.query);
  for (const name of ['limit', 'offset', 'totalCount']) query.delete(name);
  const ring = call.header('x-kms-key-ring') ?? '';
  const { method, path, identity } = call;
  return world.store.remember([method, path, instance.guid, ring, query, identity.iamId].join(' '), make);
}

/** A boolean query parameter. @throws ApiError 400 `INVALID_QUERY_PARAM_ERR` */
export function readFlag(desk: Desk, name: string): boolean | undefined {
  const text = desk.call.query.get(name);
  if (text === null || text === '') return undefined;
  if (text !== 'true' && text !== 'false') throw badQuery(desk, name, 'true or false');
  return text === 'true';
}

function readNumber(desk: Desk, name: string, absent: number, [least, most]: readonly [number, number]): number {
  const text = desk.call.query.get(name);
  if (text === null || text === '') return absent;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw badQuery(desk, name, `an integer between ${least} and ${most} (inclusive)`);
  }
  return value;
}
