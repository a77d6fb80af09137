import { CloudRefused, KeysteadError } from '../../model/errors.ts';
import type { AddressedCall, Answer, Endpoint } from '../api.ts';
import type { Transport } from '../http.ts';
import { type Pace, withRetries } from '../retry.ts';
import { dateMs } from '../retry-after.ts';
import { number, object, text } from '../shape.ts';
import { iam } from './api.ts';
import { type Granted, noToken } from './session.ts';

const TOKEN_TIMEOUT_MS = 30_000;

/**
 * Logs in with an API key.
 * Source: platform API reference, "POST /identity/token".
 *
 * @throws KeysteadError `LOGIN_REFUSED`
 */
export function apiKeyLogin(options: {
  readonly apiKey: string;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly pace: Pace;
}): () => Promise<Granted> {
  const { apiKey: apikey, endpoint, transport, pace } = options;
  const call: AddressedCall = {
    api: iam,
    endpoint,
    operation: 'log in',
    method: 'POST',
    path: '/identity/token',
    form: { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', response_type: 'cloud_iam', apikey },
    idempotent: true,
    reads: true,
    timeoutMs: TOKEN_TIMEOUT_MS,
  };
  return async () => {
    try {
      return grantedIn(await withRetries(call, (tries) => transport(call, tries, undefined), pace));
    } catch (error) {
      throw error instanceof CloudRefused ? loginRefused(error) : error;
    }
  };
}

/** 400, not 401, is IAM's answer to an unknown key. Other refusals are no verdict on the key: a wrong URL, for one. */
function loginRefused(error: CloudRefused): Error {
  const { status = 0, apiCode, apiMessage, correlationId } = error.facts;
  if (![400, 401, 403].includes(status)) return error;
  const words = [apiCode, apiMessage].filter((part) => part !== undefined).join(': ') || `HTTP ${status}`;
  const id = correlationId === undefined ? '' : ` (correlation id ${correlationId})`;
  return new KeysteadError('LOGIN_REFUSED', `IAM refused the login: ${words.replace(/\.$/, '')}${id}`, {
    remedy: 'set IBMCLOUD_API_KEY (or IC_API_KEY) to a valid API key of the account',
    cause: error,
  });
}

const grant = object({ access_token: text, expires_in: number });

function grantedIn(answer: Answer): Granted {
  try {
    const { access_token, expires_in } = grant(answer.body);
    return { token: access_token, livesMs: expires_in * 1000, theirs: dateMs(answer.headers['date']) };
  } catch {
    throw noToken();
  }
}
