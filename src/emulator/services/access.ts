import { keys } from '../apis/key-protect/state.ts';
import { authorizes } from '../apis/policy/authorizes.ts';
import type { World } from '../core/world.ts';
import type { Binding } from './state.ts';

/** Whether an authorization lets the service at the key that its instance uses, now. A played service needs none. */
export function mayUseKey(world: World, binding: Binding, role = 'Reader'): boolean {
  if (binding.byHand) return true;
  const key = keys(world.store).get(binding.keyId);
  return authorizes(world, {
    sourceService: binding.serviceName,
    sourceInstance: binding.instanceGuid,
    sourceResourceGroup: binding.resourceGroupId,
    target: {
      service: 'kms',
      instance: binding.keyInstance,
      key: binding.keyId,
      ...(key === undefined ? {} : { keyRing: key.keyRingId }),
    },
    role,
  });
}
