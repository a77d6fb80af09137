import { isObject, type Members } from '../json.ts';
import { ApiError, type BareCall, type Call, type Dialect, type Refused, type Reply } from '../world.ts';
import { dialectOf } from './words.ts';

/**
 * Source: platform reference, "Errors" (Resource Controller): message, status_code and transaction_id are always there.
 */
function refusal(call: BareCall, status: number, message: string, errorCode?: string, details?: string): Reply {
  const sent = call.header('Transaction-Id');
  return {
    status,
    body: {
      ...(errorCode === undefined ? {} : { error_code: errorCode }),
      message,
      status_code: status,
      ...(details === undefined ? {} : { details }),
      transaction_id:
        sent ??
        `bss-${call.transactionId
          .replace(/[^0-9a-f]/g, '')
          .padEnd(16, '0')
          .slice(0, 16)}`,
    },
  };
}

/** A refusal by the platform itself; most carry no `error_code`. */
export function refuse(call: BareCall, status: number, message: string): ApiError {
  return new ApiError(refusal(call, status, message));
}

/**
 * The service's broker said no; its text stands in the message, as the platform passes it on.
 * @param passedOn the platform's own status, where it is not the broker's
 */
export function brokerRefuses(call: BareCall, { text, status }: Refused, passedOn: number = status): ApiError {
  const phrase = status === 409 ? 'Conflict' : 'Bad Request';
  return new ApiError(refusal(call, passedOn, `[${status}, ${phrase}] ${text}`, 'RC-ServiceBrokerErrorResponse', text));
}

/** How Resource Controller and Resource Manager word what the server itself refuses. */
export const dialect: Dialect = dialectOf(
  (call, status, _code, message) => refusal(call, status, message),
  {},
  {
    unauthorized: (why, call) =>
      refusal(call, 401, why === 'expired' ? 'Token is expired' : `Token is ${why}`, 'RC-IamErrorResponse'),
    unexpected: (call) => refusal(call, 500, 'Internal server error'),
  },
);

/**
 * The body, with members that are null left out: to a server written in Go they are absent (judged).
 * @throws ApiError 400 for what is no object, and for members that the operation does not have
 */
export function readMembers(call: Call, members: readonly string[]): Members {
  if (!isObject(call.body)) throw refuse(call, 400, 'The body must be an object.');
  const unknown = Object.keys(call.body).find((member) => !members.includes(member));
  if (unknown !== undefined) throw refuse(call, 400, `The body has an unknown member '${unknown}'.`);
  return Object.fromEntries(Object.entries(call.body).filter(([, value]) => value !== null));
}

/** A member that must be there. @throws ApiError 400 */
export function readText(call: Call, body: Members, member: string): string {
  const value = body[member];
  if (typeof value !== 'string' || value === '') throw refuse(call, 400, `The body needs a string '${member}'.`);
  return value;
}
