import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/** UNSURE: no source shows an error body of the catalog; this is the shape that its SDK's core can read. */
function refusal(call: BareCall, status: number, code: string, message: string): Reply {
  return { status, body: { trace: call.transactionId, errors: [{ code, message }], status_code: status } };
}

/** A refusal by the catalog. */
export function refuse(call: BareCall, status: number, code: string, message: string): ApiError {
  return new ApiError(refusal(call, status, code, message));
}

/** How the catalog words what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: (why, call) => refusal(call, 401, 'unauthorized', `The token is ${why}.`),
  badJson: (call) => refusal(call, 400, 'bad_request', 'The request body is not valid JSON.'),
  notImplemented: (call) => refusal(call, 501, 'not_emulated', 'This operation is not emulated.'),
  unexpected: (call) => refusal(call, 500, 'internal_error', 'The request could not be processed.'),
  injected: (status, call) =>
    refusal(call, status, 'injected_fault', `A fault rule of the emulator answered ${status}.`),
};
