import { isObject, type Members } from '../../core/json.ts';
import { dialectOf, linkTo } from '../../core/words/words.ts';
import { ApiError, type BareCall, type Call, type Dialect, type Reply, type World } from '../../core/world.ts';

/** The codes of these refusals are judged, and plainly not IBM's: no source has them. */
export function notFound(call: Call, what: string): ApiError {
  return refuse(call, 404, 'not_found', `${what} was not found.`);
}

/** Something stands in the way: a lock, an older entity tag, a twin. */
export function conflict(call: Call, message: string): ApiError {
  return refuse(call, 409, 'conflict', message);
}

/** A body, query or header that the API refuses. */
export function badRequest(call: Call, message: string): ApiError {
  return refuse(call, 400, 'BXNIM0106E', message);
}

/** The body as an object. @throws ApiError 400 */
export function readObject(call: Call): Members {
  if (!isObject(call.body)) throw badRequest(call, 'The body must be an object.');
  return call.body;
}

/** A member that must be a text. @throws ApiError 400 */
export function readText(call: Call, body: Members, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw badRequest(call, `${name} is required.`);
  return value;
}

/** A member that may be a text. @throws ApiError 400 for anything else */
export function readOptional(call: Call, body: Members, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw badRequest(call, `${name} must be a text.`);
  return value;
}

/** The account that the body names, which must be this one: 400 else, as IBM's integration tests for profiles have it. */
export function requireAccount(world: World, call: Call, body: Members): void {
  if (readText(call, body, 'account_id') !== world.account) {
    throw badRequest(call, 'account_id is not the account of the token.');
  }
}

/** `If-Match` must name the present entity tag, or be `*`. @throws ApiError 400, 409 */
export function requireMatch(call: Call, tag: string): void {
  const expected = call.header('If-Match');
  if (expected === undefined || expected === '') throw badRequest(call, 'The If-Match header is required.');
  if (expected !== '*' && expected !== tag) throw conflict(call, 'The entity was changed since its tag was read.');
}

/** An answer about one entity: its tag stands in the `ETag` header too. Source: platform-services-node-sdk, integration tests. */
export function entity(body: Members, status = 200): Reply {
  return { status, body, headers: { ETag: String(body['entity_tag']) } };
}

const defaultPage = 20;
const largestPage = 100;

/**
 * One page of a list of the identity API. Links to the other pages carry a token.
 * Source: platform-services-node-sdk (parameters and members; 20 a page, 100 at most).
 */
export function page<T>(call: Call, member: string, items: readonly T[], view: (item: T) => unknown): Members {
  const limit = Number(call.query.get('pagesize') ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage) {
    throw badRequest(call, `pagesize must be from 1 to ${largestPage}.`);
  }
  const offset = readToken(call);
  const link = (from: number): string =>
    linkTo(call, { pagetoken: Buffer.from(`offset:${from}`).toString('base64url') });
  return {
    offset,
    limit,
    first: link(0),
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : undefined,
    next: offset + limit < items.length ? link(offset + limit) : undefined,
    [member]: items.slice(offset, offset + limit).map(view),
  };
}

function readToken(call: Call): number {
  const token = call.query.get('pagetoken');
  if (token === null) return 0;
  const offset = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (offset === undefined) throw badRequest(call, 'pagetoken is not a token of a list.');
  return Number(offset);
}

/** The error body of IAM. Source: platform reference, "POST /identity/token" (errors). */
function refusal(
  call: BareCall,
  status: number,
  errorCode: string,
  errorMessage: string,
  errorDetails?: string,
): Reply {
  const time = call.at.toISOString();
  const context = {
    requestId: call.transactionId,
    requestType: 'incoming.Identity_Token',
    userAgent: call.header('user-agent') ?? '',
    url: call.origin,
    instanceId: 'emulator',
    threadId: 'emulator',
    host: 'emulator',
    startTime: time,
    endTime: time,
    elapsedTime: '0',
    locale: 'en_US',
    clusterName: 'emulator',
  };
  return {
    status,
    body: { context, errorCode, errorMessage, ...(errorDetails === undefined ? {} : { errorDetails }) },
  };
}

/** A refusal by IAM's token and identity API. */
export function refuse(call: BareCall, status: number, errorCode: string, message: string): ApiError {
  return new ApiError(refusal(call, status, errorCode, message));
}

/** How IAM words what the server itself refuses. UNSURE: the codes but BXNIM0407E are judged. */
export const dialect: Dialect = dialectOf(
  refusal,
  { 400: 'BXNIM0106E', 500: 'BXNIM0001E' },
  {
    unauthorized: (why, call) =>
      refusal(call, 401, 'BXNIM0407E', 'Provided token is invalid or expired.', `The token is ${why}.`),
    notImplemented: (call) =>
      refusal(call, 501, 'not_emulated', `${call.method} ${call.path} is not emulated in full.`),
  },
);
