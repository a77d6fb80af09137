import { instanceCrnOf, parseCrn } from '../../model/crn.ts';
import type { Api, Call } from '../call.ts';
import { type Endpoints, keyProtectIn } from '../endpoints.ts';
import { remedies } from './remedies.ts';

/** A call to one Key Protect instance: its region's host, and the header that names it. */
export type KeyProtectCall = (instanceCrn: string, call: Omit<Call, 'api'>) => Call;

/**
 * Source: Key Protect API reference, "Endpoint URLs" and "Request headers". An instance answers only on its own region's host.
 *
 * @param instanceCrn of the instance, or of anything in it
 */
export function keyProtectCalls(endpoints: Endpoints): KeyProtectCall {
  return (instanceCrn, call) => {
    const crn = parseCrn(instanceCrnOf(instanceCrn));
    if (crn === undefined) throw new TypeError(`not the CRN of a Key Protect instance: ${instanceCrn}`);
    const api: Api = {
      name: 'Key Protect',
      endpoint: keyProtectIn(endpoints, crn.location),
      idHeader: 'Correlation-Id',
      remedies,
    };
    return {
      api,
      ...call,
      path: `/api/v2${call.path}`,
      headers: { ...call.headers, 'Bluemix-Instance': crn.instance },
    };
  };
}

/** Key Protect API reference, "Envelope". */
export function envelope(type: string, ...resources: readonly object[]): object {
  const collectionType = `application/vnd.ibm.kms.${type}+json`;
  return { metadata: { collectionType, collectionTotal: resources.length }, resources };
}

/** Key Protect API reference, "IAM": which role an operation needs, as a 401's remedy says it. */
export const needs = {
  read: 'the service role Reader (or more) on the Key Protect instance',
  write: 'the service role Writer or Manager on the Key Protect instance',
  manage: 'the service role Manager on the Key Protect instance',
  purge: 'the service role KeyPurge on the Key Protect instance, which Manager does not imply',
} as const;
