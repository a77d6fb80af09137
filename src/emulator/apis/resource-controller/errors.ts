import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

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

/** The service's broker said no; its text stands in the message, as the platform passes it on. */
export function brokerRefuses(call: BareCall, text: string, status = 400): ApiError {
  const phrase = status === 409 ? 'Conflict' : 'Bad Request';
  return new ApiError(refusal(call, status, `[${status}, ${phrase}] ${text}`, 'RC-ServiceBrokerErrorResponse', text));
}

/** How Resource Controller and Resource Manager word what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: (why, call) =>
    refusal(call, 401, why === 'expired' ? 'Token is expired' : `Token is ${why}`, 'RC-IamErrorResponse'),
  badJson: (call) => refusal(call, 400, 'The request body is not valid JSON.'),
  notImplemented: (call) => refusal(call, 501, 'This operation is not emulated.'),
  unexpected: (call) => refusal(call, 500, 'Internal server error'),
  injected: (status, call) => refusal(call, status, `A fault rule of the emulator answered ${status}.`),
};
