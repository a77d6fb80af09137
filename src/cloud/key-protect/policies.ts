import { type Ask, nothing } from '../call.ts';
import type { Writer } from '../reader.ts';
import { envelope, type KeyProtectCall, needs } from './api.ts';

export type KeyPolicyWrites = Pick<Writer, 'setRotationPolicy' | 'requireDualAuthorization'>;

const POLICY_TYPE = 'application/vnd.ibm.kms.policy+json';

/** Key Protect API reference, "Policies": a key's own. Setting one again is harmless. */
export function keyPolicyWrites(ask: Ask, at: KeyProtectCall): KeyPolicyWrites {
  const set = (
    instanceCrn: string,
    keyId: string,
    operation: string,
    policy: 'rotation' | 'dualAuthDelete',
    value: object,
  ) =>
    ask(
      at(instanceCrn, {
        operation,
        method: 'PUT',
        path: `/keys/${encodeURIComponent(keyId)}/policies`,
        query: { policy },
        body: envelope('policy', { type: POLICY_TYPE, [policy]: value }),
        idempotent: true,
        needs: needs.manage,
      }),
      nothing,
    );
  return {
    setRotationPolicy: (instanceCrn, keyId, rotation) =>
      set(instanceCrn, keyId, 'set rotation policy', 'rotation', rotation),
    requireDualAuthorization: (instanceCrn, keyId) =>
      set(instanceCrn, keyId, 'require dual authorization', 'dualAuthDelete', { enabled: true }),
  };
}
