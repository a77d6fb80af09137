import { registrant } from '../apis/key-protect/registrations.ts';
import { endGrantsOf, grantAs } from '../apis/policy/write.ts';
import { instances } from '../core/account/instances.ts';
import type { Timers, World } from '../core/world.ts';
import { type Binding, bindings, mayUseKey } from './state.ts';

/** The kind of the timer by which a service learns that a policy of its own is gone. */
export const goneTimer = 'services/policy-gone';

const reader = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';

/**
 * The deployment lets the service that it leaves its backups to read its key, if it may delegate that, and does so again
 * where somebody took it away. That it names the one key, and does nothing more once it is deleted, is judged.
 * Source: deployments reference, "Authorization that a deployment needs" (delegation), "Emulator checklist".
 */
export function delegate(world: World, binding: Binding): void {
  const { delegatesTo, deletedAt, resourceCrn } = binding;
  if (delegatesTo === undefined || deletedAt !== undefined) return;
  if (!mayUseKey(world, binding, 'AuthorizationDelegator')) return;
  grantAs(world, registrant(resourceCrn), {
    subject: [equals('serviceName', delegatesTo), equals('accountId', world.account)],
    resource: [
      equals('serviceName', 'kms'),
      equals('accountId', world.account),
      equals('serviceInstance', binding.keyInstance),
      equals('resourceType', 'key'),
      equals('resource', binding.keyId),
    ],
    roles: [reader],
  });
}

/** What the instance delegated goes with it. */
export function endDelegation(world: World, instanceGuid: string): void {
  const instance = instances(world.store).get(instanceGuid);
  if (instance !== undefined) endGrantsOf(world, registrant(instance.crn));
}

/** Timer: one of these policies is gone; who still needs it writes it again. */
function policyGone(world: World): void {
  for (const binding of bindings(world.store).by('waiting', 'any')) delegate(world, binding);
}

function equals(key: string, value: string) {
  return { key, operator: 'stringEquals', value };
}

/** Timers of what deployments delegate. */
export const timers: Timers = { [goneTimer]: policyGone };
