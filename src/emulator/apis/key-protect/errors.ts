import { STATUS_CODES } from 'node:http';
import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/** What a reason points at. */
export interface Target {
  readonly type: 'field' | 'query_param' | 'header';
  readonly name: string;
}

/** One reason for saying no. */
export interface Reason {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly target?: Target;
}

/** Source: Key Protect reference, "Errors": the shape, and how `errorMsg` is put together. */
function refusal(failed: string, { status, code, message, target }: Reason): Reply {
  const phrase = STATUS_CODES[status] ?? String(status);
  const reason = { code, message, status, moreInfo: 'https://cloud.ibm.com/apidocs/key-protect' };
  return {
    status,
    body: {
      metadata: { collectionType: 'application/vnd.ibm.kms.error+json', collectionTotal: 1 },
      resources: [
        {
          errorMsg: `${phrase}: ${failed}: Please see \`reasons\` for more details (${code})`,
          reasons: [target === undefined ? reason : { ...reason, target }],
        },
      ],
    },
  };
}

/** A refusal by Key Protect. `failed` says what could not be done: "Key could not be created". */
export function refuse(failed: string, reason: Reason): ApiError {
  return new ApiError(refusal(failed, reason));
}

/** Statuses that have one code, whatever was asked. Source: Key Protect reference, "Reason codes"; the rest is judged. */
const codes: Readonly<Record<number, string>> = {
  400: 'BAD_BODY_ERR',
  401: 'UNAUTHORIZED_ERR',
  404: 'KEY_NOT_FOUND_ERR',
  429: 'TOO_MANY_REQUESTS_ERR',
};

/** How Key Protect words what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: (why) =>
    why === 'invalid'
      ? refusal('Action could not be performed', {
          status: 400,
          code: 'BEARER_SUB_EXTRACTION_ERR',
          message: 'The bearer token is malformed, or its scheme is not Bearer.',
        })
      : refusal('Action could not be performed', {
          status: 401,
          code: 'UNAUTHORIZED_ERR',
          message: `The user does not have access to the specified resource: the token is ${why}`,
        }),
  badJson: () =>
    refusal('Action could not be performed', {
      status: 400,
      code: 'BAD_BODY_ERR',
      message: 'The body of the request is not valid JSON.',
    }),
  notImplemented: (call: BareCall) =>
    refusal('Action could not be performed', {
      status: 501,
      code: 'NOT_EMULATED',
      message: `${call.method} ${call.path} is not emulated as it was asked for.`,
    }),
  unexpected: () =>
    refusal('Action could not be performed', {
      status: 500,
      code: 'INTERNAL_ERR',
      message: 'The request could not be processed.',
    }),
  injected: (status) =>
    refusal('Action could not be performed', {
      status,
      code: codes[status] ?? 'INJECTED_FAULT_ERR',
      message: `A fault rule of the emulator answered ${status}.`,
    }),
};
