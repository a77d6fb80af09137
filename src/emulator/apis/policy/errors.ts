import { dialectOf, refusal, refuse } from '../../core/words/words.ts';
import type { ApiError, BareCall, Dialect } from '../../core/world.ts';

/** A request that the API refuses as malformed. */
export function badRequest(call: BareCall, code: string, message: string): ApiError {
  return refuse(call, 400, code, message);
}

/** 400 `invalid_body`. */
export function malformed(call: BareCall, message: string): ApiError {
  return refuse(call, 400, 'invalid_body', message);
}

/** 400 `invalid_query_parameter`. */
export function badQuery(call: BareCall, message: string): ApiError {
  return refuse(call, 400, 'invalid_query_parameter', message);
}

/** The caller may not do that. The code's spelling is IBM's. */
export function forbidden(call: BareCall, message: string): ApiError {
  return refuse(call, 403, 'insufficent_permissions', message);
}

/** No policy of that id, or one that cannot be read yet. */
export function policyNotFound(call: BareCall, id: string): ApiError {
  return refuse(call, 404, 'policy_not_found', `Policy with id '${id}' not found.`);
}

/** No custom role of that id. */
export function roleNotFound(call: BareCall, id: string): ApiError {
  return refuse(call, 404, 'role_not_found', `Role with id '${id}' not found.`);
}

/** A body that is not sent as JSON. */
export function unsupportedContentType(call: BareCall, type: string): ApiError {
  const message = `The content type '${type}' is not supported; send application/json.`;
  return refuse(call, 415, 'unsupported_content_type', message);
}

/** 409 `role_conflict_error`. */
export function roleConflict(call: BareCall, message: string): ApiError {
  return refuse(call, 409, 'role_conflict_error', message);
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
  return refuse(call, 409, 'policy_conflict_error', message, details);
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
export const dialect: Dialect = dialectOf(
  refusal,
  { 400: 'invalid_body', 500: 'request_not_processed' },
  {
    unauthorized: (why, call) =>
      refusal(
        call,
        401,
        'invalid_token',
        why === 'expired' ? 'The provided token is expired.' : `The token is ${why}.`,
      ),
    injected: (status, call) => {
      const message = `A fault rule of the emulator answered ${status}.`;
      return refusal(call, status, codes[status] ?? 'request_not_processed', message);
    },
  },
);
