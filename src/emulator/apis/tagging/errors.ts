import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/** UNSURE in the reference: error bodies of Tagging and Search. */
function refusal(call: BareCall, status: number, code: string, message: string): Reply {
  return { status, body: { errors: [{ code, message }], trace: call.transactionId, status_code: status } };
}

/** The request as a whole is malformed; what fails for one resource is `is_error` in a 200 instead. */
export function badRequest(call: BareCall, message: string): ApiError {
  return new ApiError(refusal(call, 400, 'bad_request', message));
}

/** The caller may not do that. */
export function forbidden(call: BareCall, message: string): ApiError {
  return new ApiError(refusal(call, 403, 'forbidden', message));
}

/** How Global Tagging and Global Search word what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: (why, call) => refusal(call, 401, 'unauthorized', `The token is ${why}.`),
  badJson: (call) => refusal(call, 400, 'bad_request', 'The request body is not valid JSON.'),
  notImplemented: (call) => refusal(call, 501, 'not_emulated', 'This operation is not emulated.'),
  unexpected: (call) => refusal(call, 500, 'internal_error', 'The request could not be processed.'),
  injected: (status, call) =>
    refusal(call, status, 'injected_fault', `A fault rule of the emulator answered ${status}.`),
};
