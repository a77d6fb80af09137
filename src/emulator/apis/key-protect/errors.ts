import { STATUS_CODES } from 'node:http';
import { dialectOf } from '../../core/words/words.ts';
import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/** What a reason points at. */
export interface Target {
  readonly type: 'field' | 'query_param' | 'header';
  readonly name: string;
}

/** Says no. `target`: what of the request the reason points at. */
export type Refuse = (status: number, code: string, message: string, target?: Target) => ApiError;

/** Source: Key Protect reference, "Errors": the shape, and how `errorMsg` is put together. */
function refusal(failed: string, ...[status, code, message, target]: Parameters<Refuse>): Reply {
  const phrase = STATUS_CODES[status] ?? String(status);
  const reason = { code, message, status, moreInfo: 'https://cloud.ibm.com/apidocs/key-protect' };
  const errorMsg = `${phrase}: ${failed}: Please see \`reasons\` for more details (${code})`;
  return {
    status,
    body: {
      metadata: { collectionType: 'application/vnd.ibm.kms.error+json', collectionTotal: 1 },
      resources: [{ errorMsg, reasons: [target === undefined ? reason : { ...reason, target }] }],
    },
  };
}

/** How an operation says no. `failed` says what could not be done: "Key could not be created". */
export function refuserOf(failed: string): Refuse {
  return (...reason) => new ApiError(refusal(failed, ...reason));
}

/** Statuses that have one code, whatever was asked. Source: Key Protect reference, "Reason codes"; the rest is judged. */
const codes: Readonly<Record<number, string>> = {
  400: 'BAD_BODY_ERR',
  401: 'UNAUTHORIZED_ERR',
  404: 'KEY_NOT_FOUND_ERR',
  429: 'TOO_MANY_REQUESTS_ERR',
};

/** How Key Protect words what the server itself refuses. */
export const dialect: Dialect = dialectOf(
  say,
  { 500: 'INTERNAL_ERR' },
  {
    unauthorized: (why, call) =>
      why === 'invalid'
        ? say(call, 400, 'BEARER_SUB_EXTRACTION_ERR', 'The bearer token is malformed, or its scheme is not Bearer.')
        : say(
            call,
            401,
            codes[401] ?? '',
            `The user does not have access to the specified resource: the token is ${why}`,
          ),
    badJson: (call) => say(call, 400, 'BAD_BODY_ERR', 'The body of the request is not valid JSON.'),
    notImplemented: (call) =>
      say(call, 501, 'NOT_EMULATED', `${call.method} ${call.path} is not emulated as it was asked for.`),
    injected: (status, call) =>
      say(call, status, codes[status] ?? 'INJECTED_FAULT_ERR', `A fault rule of the emulator answered ${status}.`),
  },
);

function say(_call: BareCall, status: number, code: string, message: string): Reply {
  return refusal('Action could not be performed', status, code, message);
}
