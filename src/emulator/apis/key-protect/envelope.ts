import { isObject, type Members } from '../../core/json.ts';
import type { Reply } from '../../core/world.ts';
import type { Desk } from './desk.ts';

/** The full name of a media type of Key Protect. */
export function mediaType(name: string): string {
  return `application/vnd.ibm.kms.${name}+json`;
}

/** The envelope of nearly every answer. Source: Key Protect reference, "Envelope". */
export function envelope(status: number, type: string, resources: readonly unknown[], metadata: object = {}): Reply {
  return {
    status,
    body: { metadata: { collectionType: mediaType(type), collectionTotal: resources.length, ...metadata }, resources },
  };
}

/**
 * Reads the resources of a request, strictly: an unknown member is refused, as IBM's decoder does.
 * Names match in any case, for the Go client spells some with a capital.
 * @throws ApiError 400 `BAD_BODY_ERR`
 */
export function readResources(desk: Desk, known: readonly string[]): readonly Members[] {
  const body = readMembers(desk, desk.call.body, ['metadata', 'resources']);
  const metadata = body['metadata'];
  if (!isObject(metadata) || Object.keys(metadata).length === 0) throw badBody(desk, 'metadata must not be empty');
  const resources = body['resources'];
  if (!Array.isArray(resources) || resources.length === 0) throw badBody(desk, 'resources must not be empty');
  return resources.map((resource) => readMembers(desk, resource, known));
}

/** The members of one object of a request, under the spelling of `known`. @throws ApiError 400 `BAD_BODY_ERR` */
export function readMembers(desk: Desk, value: unknown, known: readonly string[]): Members {
  if (!isObject(value)) throw badBody(desk, 'json: an object is expected');
  const members: Record<string, unknown> = {};
  for (const [given, member] of Object.entries(value)) {
    const name = known.find((candidate) => candidate.toLowerCase() === given.toLowerCase());
    if (name === undefined) throw badBody(desk, `json: unknown field "${given}"`);
    if (member !== null) members[name] = member;
  }
  return members;
}

/** The body of an action: nothing, `null` and `{}` are the same. */
export function readOptionalBody(desk: Desk, known: readonly string[]): Members {
  const { body } = desk.call;
  return body === undefined || body === null ? {} : readMembers(desk, body, known);
}

/** The bytes of a base64 member. @throws ApiError 400 `INVALID_FIELD_ERR` */
export function readBase64(desk: Desk, value: unknown, name: string): Buffer {
  if (typeof value !== 'string' || value === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(value) || value.length % 4 !== 0) {
    throw badField(desk, name, 'a base64 encoded string');
  }
  return Buffer.from(value, 'base64');
}

/** 400 `BAD_BODY_ERR`. */
export function badBody(desk: Desk, message: string): Error {
  return desk.refuse(400, 'BAD_BODY_ERR', message);
}

/** 400 `INVALID_FIELD_ERR`, in IBM's words: The field "name" must be: … */
export function badField(desk: Desk, name: string, must: string): Error {
  const message = `The field "${name}" must be: ${must}`;
  return desk.refuse(400, 'INVALID_FIELD_ERR', message, { type: 'field', name });
}

/** 400 `INVALID_QUERY_PARAM_ERR`. */
export function badQuery(desk: Desk, name: string, must: string): Error {
  const message = `The query parameter "${name}" must be: ${must}`;
  return desk.refuse(400, 'INVALID_QUERY_PARAM_ERR', message, { type: 'query_param', name });
}

/** Whether the caller wants the object back. */
export function wantsRepresentation(desk: Desk): boolean {
  return (desk.call.header('prefer') ?? '').includes('return=representation');
}

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

/** The policy that `?policy=` names, if it names one, must be the one that is given. @throws ApiError 400 */
export function assertNamed(desk: Desk, only: string | undefined, count: number, type: string | undefined): void {
  if (only === undefined) return;
  if (count > 1) {
    const message = 'With the query parameter "policy" exactly one policy is expected';
    throw desk.refuse(400, 'NUM_COLLECTION_RESOURCE_ERR', message);
  }
  if (type === only) return;
  const message = `The policy is of type ${type}, and the query parameter says ${only}`;
  throw desk.refuse(400, 'BODY_QUERY_PARAM_MISMATCH_ERR', message);
}

/** The interval of a rotation. */
export function isMonths(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 12;
}
