import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/** Source: platform reference, "Errors" (IAM policy management); `trace` and `status_code` are optional there. */
function refusal(call: BareCall, status: number, code: string, message: string, details?: unknown): Reply {
  const error = details === undefined ? { code, message } : { code, message, details };
  return { status, body: { trace: call.transactionId, errors: [error], status_code: status } };
}

/** A request that the API refuses as malformed. */
export function badRequest(call: BareCall, code: string, message: string): ApiError {
  return new ApiError(refusal(call, 400, code, message));
}

/** The caller may not do that. The code's spelling is IBM's. */
export function forbidden(call: BareCall, message: string): ApiError {
  return new ApiError(refusal(call, 403, 'insufficent_permissions', message));
}

/** No policy of that id, or one that cannot be read yet. */
export function policyNotFound(call: BareCall, id: string): ApiError {
  return new ApiError(refusal(call, 404, 'policy_not_found', `Policy with id '${id}' not found.`));
}

/** No custom role of that id. */
export function roleNotFound(call: BareCall, id: string): ApiError {
  return new ApiError(refusal(call, 404, 'role_not_found', `Role with id '${id}' not found.`));
}

/** A body that is not sent as JSON. */
export function unsupportedContentType(call: BareCall, type: string): ApiError {
  const message = `The content type '${type}' is not supported; send application/json.`;
  return new ApiError(refusal(call, 415, 'unsupported_content_type', message));
}

/** 409 `role_conflict_error`. */
export function roleConflict(call: BareCall, message: string): ApiError {
  return new ApiError(refusal(call, 409, 'role_conflict_error', message));
}

/**
 * 409 `policy_conflict_error`; `details.conflicts_with` names the policy that stands in the way, whole, if there is
 * one.
 */
export function conflict(
  call: BareCall,
  message: string,
  winner?: { readonly etag: string; readonly policy: unknown },
): ApiError {
  const details = winner === undefined ? undefined : { conflicts_with: winner };
  return new ApiError(refusal(call, 409, 'policy_conflict_error', message, details));
}

/** Source: platform reference, "Errors" (IAM policy management). */
const codes: Readonly<Record<number, string>> = {
  401: 'invalid_token',
  403: 'insufficent_permissions',
  404: 'policy_not_found',
  409: 'policy_conflict_error',
  422: 'unable_to_process',
  429: 'too_many_requests',
};

/** How IAM policy management words what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: (why, call) =>
    refusal(call, 401, 'invalid_token', why === 'expired' ? 'The provided token is expired.' : `The token is ${why}.`),
  badJson: (call) => refusal(call, 400, 'invalid_body', 'The request body is not valid JSON.'),
  notImplemented: (call) => refusal(call, 501, 'not_emulated', 'This operation is not emulated.'),
  unexpected: (call) => refusal(call, 500, 'request_not_processed', 'The request could not be processed.'),
  injected: (status, call) =>
    refusal(call, status, codes[status] ?? 'request_not_processed', `A fault rule of the emulator answered ${status}.`),
};
