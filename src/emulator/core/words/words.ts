import { ApiError, type BareCall, type Dialect, type Reply } from '../world.ts';

/** How an API puts one refusal. */
export type Say = (call: BareCall, status: number, code: string, message: string) => Reply;

/**
 * How an API words what the server itself refuses: as most do, but for the codes and the words that are its own.
 * @param codes by status; the code of an injected fault of another status is under 0
 */
export function dialectOf(say: Say, codes: Readonly<Record<number, string>> = {}, own: Partial<Dialect> = {}): Dialect {
  return {
    unauthorized: (why, call) => say(call, 401, codes[401] ?? 'unauthorized', `The token is ${why}.`),
    badJson: (call) => say(call, 400, codes[400] ?? 'bad_request', 'The request body is not valid JSON.'),
    notImplemented: (call) => say(call, 501, 'not_emulated', 'This operation is not emulated.'),
    unexpected: (call) => say(call, 500, codes[500] ?? 'internal_error', 'The request could not be processed.'),
    injected: (status, call) =>
      say(call, status, codes[0] ?? 'injected_fault', `A fault rule of the emulator answered ${status}.`),
    ...own,
  };
}

/** The form that most APIs share. Source: platform reference, "Errors" (IAM policy management). */
export function refusal(call: BareCall, status: number, code: string, message: string, details?: unknown): Reply {
  const error = details === undefined ? { code, message } : { code, message, details };
  return { status, body: { trace: call.transactionId, errors: [error], status_code: status } };
}

/** A refusal in that form. */
export function refuse(call: BareCall, status: number, code: string, message: string, details?: unknown): ApiError {
  return new ApiError(refusal(call, status, code, message, details));
}

/** Where the same was asked for, with other values of some query parameters: the pages of a list. */
export function linkTo(call: BareCall, changes: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  return `${call.origin}${call.path}?${query}`;
}

/** 400 `bad_request`, in that form. */
export function badRequest(call: BareCall, message: string): ApiError {
  return refuse(call, 400, 'bad_request', message);
}

/** Of APIs whose own words no source shows: Tagging, Search, the catalog (UNSURE in the reference). */
export const plainDialect: Dialect = dialectOf(refusal);
