import { registrationOf } from '../apis/key-protect/register.ts';
import { instances } from '../core/account/instances.ts';
import type { World } from '../core/world.ts';
import { mayUseKey } from './access.ts';
import { type Binding, bindings } from './state.ts';
import { serviceNamed } from './table.ts';

/** What a service knows of one resource and one key: the inside that no API of IBM shows. */
export interface ServiceUse {
  /** Catalog name. */
  readonly service: string;
  /** CRN of the instance, or of what is in it. */
  readonly resource: string;
  /** Full CRN; null for a deployment without a key of the customer. */
  readonly key: string | null;
  readonly registered: boolean;
  readonly preventKeyDeletion: boolean;
  readonly byHand: boolean;
  /** Since when (ISO 8601) its disks are locked, and why; null while they are not. */
  readonly locked: Binding['locked'] | null;
  /** ISO 8601; the earliest moment, for a deleted deployment that is still registered. Later without an authorization. */
  readonly unregistersAt: string | null;
  /** Whether an authorization lets the service at the key now; true for one that is played by hand. */
  readonly authorized: boolean;
}

/** Every use of a key, and every instance of a service that takes keys and has none. */
export function listServiceUses(world: World): readonly ServiceUse[] {
  const uses = bindings(world.store).all();
  const bound = new Set(uses.map((binding) => binding.instanceGuid));
  const plain = instances(world.store)
    .all()
    .filter(({ guid, state, serviceName }) => {
      return state !== 'removed' && !bound.has(guid) && serviceNamed(world.store, serviceName).keyParameters.length > 0;
    });
  return [
    ...uses.map((binding) => viewUse(world, binding)),
    ...plain.map((instance) => ({
      service: instance.serviceName,
      resource: instance.crn,
      key: null,
      registered: false,
      preventKeyDeletion: false,
      byHand: false,
      locked: null,
      unregistersAt: null,
      authorized: false,
    })),
  ];
}

function viewUse(world: World, binding: Binding): ServiceUse {
  const registration = registrationOf(world, binding.keyId, binding.resourceCrn);
  return {
    service: binding.serviceName,
    resource: binding.resourceCrn,
    key: binding.keyCrn,
    registered: registration !== undefined,
    preventKeyDeletion: registration?.preventKeyDeletion ?? false,
    byHand: binding.byHand,
    locked: binding.locked ?? null,
    unregistersAt: registration === undefined ? null : endOfUse(world, binding),
    authorized: mayUseKey(world, binding),
  };
}

/** The service's window and the reclamation have both to be over. */
function endOfUse(world: World, { deletedAt, instanceGuid }: Binding): string | null {
  if (deletedAt === undefined) return null;
  const window = Date.parse(deletedAt) + world.settings.registrationLingerMs;
  const instance = instances(world.store).get(instanceGuid);
  const retention = instance?.state === 'pending_reclamation' ? instance.scheduledReclaimAt : undefined;
  return new Date(Math.max(window, retention === undefined ? window : Date.parse(retention))).toISOString();
}
