import { type CloudError, type CloudFacts, CloudRefused, CloudUnavailable, LostAnswer } from '../model/errors.ts';
import { assertNever, given } from '../model/json.ts';
import type { AddressedCall } from './api.ts';
import type { AttemptFailed, Failure } from './failure.ts';

/**
 * The error that leaves this folder: API, operation, what happened, the API's own words, the correlation id, a remedy.
 *
 * @param means what the last failure of the call means: see the classes in the model
 * @param tries how often it was sent
 */
export function conclude(
  means: 'refused' | 'unavailable' | 'lost',
  call: AddressedCall,
  failed: AttemptFailed,
  tries: number,
): CloudError {
  const { facts } = failed;
  const options = given({ remedy: remedyFor(call, failed.failure, facts) });
  const message = `${facts.api}, ${facts.operation}: ${told(call, failed.failure, facts)}`;
  if (means === 'refused') return new CloudRefused(facts, message, { ...options, details: failed.details });
  const tried = `${message}${tries > 1 ? `, after ${tries} tries` : ''}`;
  return means === 'lost'
    ? new LostAnswer(facts, `${tried}; it may have happened all the same`, options)
    : new CloudUnavailable(facts, tried, options);
}

function told(call: AddressedCall, failure: Failure, facts: CloudFacts): string {
  const id = facts.correlationId === undefined ? '' : ` (correlation id ${facts.correlationId})`;
  switch (failure.is) {
    case 'unreached':
      return `${call.endpoint.url} could not be reached (${failure.code})`;
    case 'unanswered':
      return `no usable answer came from ${call.endpoint.url} (${failure.code})${id}`;
    case 'answered': {
      const code = facts.apiCode === undefined ? '' : ` ${facts.apiCode}`;
      const words = facts.apiMessage === undefined ? '' : `: ${facts.apiMessage.replace(/\.$/, '')}`;
      return `HTTP ${failure.status}${code}${words}${id}`;
    }
    default:
      return assertNever(failure);
  }
}

function remedyFor(call: AddressedCall, failure: Failure, facts: CloudFacts): string | undefined {
  if (failure.is !== 'answered') return unreachable(call, failure.code);
  const { status } = failure;
  const own = call.api.remedies?.[facts.apiCode ?? ''];
  if (own !== undefined) return own;
  if (status === 401 || status === 403) return denied(call, status);
  if (status === 429)
    return 'run it again later, or with a lower --max-rps or --parallelism: IBM Cloud limits the rate of requests';
  if (status >= 500 && status !== 501) {
    return 'run it again later, see https://cloud.ibm.com/status, and give IBM support the correlation id';
  }
  return undefined;
}

/** Key Protect answers 401, not 403, for a missing role too: Key Protect API reference, "Reason codes". */
function denied({ api, needs, operation }: AddressedCall, status: 401 | 403): string {
  const role = needs ?? `a role that may ${operation}`;
  const remedy = `ask an administrator of the account for ${role}, or check whose API key it is`;
  return status === 401 && api.unauthorized !== undefined ? `${remedy}; ${api.unauthorized}` : remedy;
}

function unreachable(call: AddressedCall, code: string): string {
  const { url, variable, isOverride } = call.endpoint;
  if (isCertificateFault(code)) {
    return `set NODE_EXTRA_CA_CERTS to a file with the authority of the certificate of ${url}, which is not trusted here`;
  }
  if (code.startsWith('PROXY_')) {
    return 'check HTTPS_PROXY, which names the proxy, and NO_PROXY, which lists hosts that need none';
  }
  if (isOverride) return `check that ${variable} sets the right URL and that something answers there`;
  return `check the network and IC_VISIBILITY (private hosts answer only inside IBM Cloud), or set ${variable} to another URL`;
}

/** Node's codes for a certificate that does not verify: trying again cannot help. */
export function isCertificateFault(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
}
