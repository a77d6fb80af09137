import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/**
 * `errors` is an object, never an array: SDKs show the plain status text.
 * Source: deployments reference, "Errors" (Cloud Databases API v5); bodies other than the 404 are UNSURE.
 */
function refusal(status: number, errors: Readonly<Record<string, unknown>>): Reply {
  return { status, body: { errors } };
}

export function notFound(): ApiError {
  const hint = 'You may need to URL-encode the deployment id.';
  return new ApiError(refusal(404, { errors: 'not_found', hint }));
}

/** The caller's platform role does not reach that far. */
export function forbidden(): ApiError {
  return new ApiError(refusal(403, { errors: 'forbidden' }));
}

/** One field of the body cannot be what it is. */
export function unprocessable(field: string, text: string): ApiError {
  return new ApiError(refusal(422, { [field]: [text] }));
}

/** Another task runs, or the deployment is disabled because of its key (both UNSURE in the reference). */
export function conflict(text: string): ApiError {
  return new ApiError(refusal(409, { errors: text }));
}

/** `If-Match` of an allowlist that was changed meanwhile (UNSURE in the reference). */
export function preconditionFailed(): ApiError {
  return new ApiError(refusal(412, { errors: 'precondition_failed' }));
}

/** How Cloud Databases words what the server itself refuses. */
export const dialect: Dialect = {
  unauthorized: () => refusal(401, { errors: 'unauthorized' }),
  badJson: () => refusal(400, { errors: 'bad_request' }),
  notImplemented: (call: BareCall) => refusal(501, { errors: `${call.method} ${call.path} is not emulated.` }),
  unexpected: () => refusal(500, { errors: 'internal_server_error' }),
  injected: (status) => refusal(status, { errors: `A fault rule of the emulator answered ${status}.` }),
};
