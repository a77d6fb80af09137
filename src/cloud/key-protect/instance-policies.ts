import { type Ask, nothing } from '../call.ts';
import type { Reader, Writer } from '../reader.ts';
import { envelope, type KeyProtectCall, needs } from './api.ts';
import { instancePolicy, resources } from './shapes.ts';

export type InstancePolicyReads = Pick<Reader, 'instancePolicies'>;
export type InstancePolicyWrites = Pick<Writer, 'setInstancePolicies'>;

const PATH = '/instance/policies';

/** Key Protect API reference, "Instance policies". One that was never set is absent. */
export function instancePolicyReads(ask: Ask, at: KeyProtectCall): InstancePolicyReads {
  return {
    instancePolicies: async (instanceCrn) =>
      ask(
        at(instanceCrn, { operation: 'read instance policies', method: 'GET', path: PATH, needs: needs.manage }),
        ({ body }) => resources(instancePolicy)(body, ''),
      ),
  };
}

/** Several at once, each whole; what is not among them stays as it is. */
export function instancePolicyWrites(ask: Ask, at: KeyProtectCall): InstancePolicyWrites {
  return {
    setInstancePolicies: async (instanceCrn, policies) =>
      ask(
        at(instanceCrn, {
          operation: 'set instance policies',
          method: 'PUT',
          path: PATH,
          body: envelope('policy', ...policies),
          idempotent: true,
          needs: needs.manage,
        }),
        nothing,
      ),
  };
}
