import { given, isObject, type JsonObject } from '../model/json.ts';

/** What an API says about its own refusal. */
interface ErrorWords {
  readonly code?: string;
  readonly message?: string;
  /** The API's id of the transaction. */
  readonly id?: string;
}

const LONGEST = 600;

/**
 * Reads the error bodies of every API that Keystead talks to; an unknown shape gives nothing.
 *
 * - Key Protect API reference, "Error handling": `resources[0].errorMsg` and, mostly, `resources[0].reasons[0]`
 * - IAM Policy Management, Global Tagging, Global Search: `errors[0]`, `trace`
 * - Resource Controller, Resource Manager: `message`, `error_code`, `transaction_id`
 * - IAM token: `errorCode`, `errorMessage`, `errorDetails`, `context.requestId`
 * - Cloud Databases: `errors` is an object, or a string (ManageIQ's recordings, 2021-10-26: a 404 of version 5)
 */
export function readErrorBody(body: unknown): ErrorWords {
  if (typeof body === 'string') return body.trimStart().startsWith('<') ? {} : words({ message: body });
  if (!isObject(body)) return {};
  const resource = first(body['resources']);
  if (resource !== undefined) return ofKeyProtect(resource);
  const error = first(body['errors']);
  if (error !== undefined) return words({ code: error['code'], message: error['message'], id: body['trace'] });
  if (isObject(body['errors'])) return ofCloudDatabases(body['errors']);
  if (typeof body['errors'] === 'string') return words({ message: body['errors'] });
  const context = body['context'];
  return words({
    code: body['errorCode'] ?? body['error_code'] ?? body['code'],
    message: body['errorMessage'] ?? body['message'] ?? body['error'],
    id: body['transaction_id'] ?? (isObject(context) ? context['requestId'] : body['trace']),
  });
}

function ofKeyProtect(resource: JsonObject): ErrorWords {
  const reason = first(resource['reasons']);
  return words({ code: reason?.['code'], message: reason?.['message'] ?? resource['errorMsg'] });
}

function ofCloudDatabases(errors: JsonObject): ErrorWords {
  const texts = Object.entries(errors).map(([field, text]) => {
    const shown = Array.isArray(text) ? text.filter((item) => typeof item === 'string').join(', ') : text;
    return field === 'errors' || field === 'hint' ? String(shown) : `${field}: ${String(shown)}`;
  });
  return words({ message: texts.join('; ') });
}

function first(list: unknown): JsonObject | undefined {
  const item: unknown = Array.isArray(list) ? list[0] : undefined;
  return isObject(item) ? item : undefined;
}

function words(found: { code?: unknown; message?: unknown; id?: unknown }): ErrorWords {
  const text = (value: unknown) =>
    typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, LONGEST) : undefined;
  return given({ code: text(found.code), message: text(found.message), id: text(found.id) });
}
