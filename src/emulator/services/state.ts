import { type Key, type KeyEvent, keys } from '../apis/key-protect/state.ts';
import { authorizes } from '../apis/policy/access.ts';
import type { Store, Table } from '../core/store.ts';
import type { World } from '../core/world.ts';

/** That an instance uses a key: what its service remembers, beside the registration that Key Protect shows. */
export interface Binding {
  readonly id: string;
  readonly instanceGuid: string;
  readonly resourceCrn: string;
  readonly serviceName: string;
  readonly resourceGroupId: string;
  readonly keyId: string;
  /** GUID of the key's Key Protect instance. */
  readonly keyInstance: string;
  readonly keyCrn: string;
  readonly roles: readonly string[];
  /** The service that it lets at the key too, by a policy of its own. */
  readonly delegatesTo: string | undefined;
  /** When the instance was deleted; undefined while it is in use, and again after it was restored. */
  readonly deletedAt: string | undefined;
  /** Registered through the control API: it lasts until it is unregistered there, and needs no authorization. */
  readonly byHand: boolean;
  /**
   * Since when (ISO 8601) and why the disks are locked; undefined while the key can be used. Resource Controller does
   * not show it: there the instance stays `active`. Source: deployments reference, "Emulator checklist".
   */
  readonly locked: { readonly since: string; readonly because: 'disabled' | 'destroyed' } | undefined;
  /** What the service was told and could not act on while no authorization let it. */
  readonly owes: KeyEvent | undefined;
}

/** That something uses a key, as nothing has happened to it yet. */
export function bindingOn(
  key: Pick<Key, 'id' | 'instanceGuid' | 'crn'>,
  use: Pick<Binding, 'id' | 'instanceGuid' | 'resourceCrn' | 'serviceName'> & Partial<Binding>,
): Binding {
  const untouched = { deletedAt: undefined, locked: undefined, owes: undefined, delegatesTo: undefined };
  const plain = { resourceGroupId: '', roles: [], byHand: false, ...untouched };
  return { ...plain, keyId: key.id, keyInstance: key.instanceGuid, keyCrn: key.crn, ...use };
}

/** All bindings, by id; one goes when the service has unregistered. */
export function bindings(store: Store): Table<Binding, 'instance' | 'key' | 'use' | 'waiting'> {
  return store.table('services/bindings', {
    instance: (binding: Binding) => binding.instanceGuid,
    key: (binding: Binding) => binding.keyId,
    use: (binding: Binding) => `${binding.keyId}/${binding.resourceCrn}`,
    // Whom a policy may let do what is still to be done: any, one for the instance of its key, one for its key.
    waiting: ({ owes, delegatesTo, deletedAt, keyInstance, keyId }: Binding) =>
      (owes ?? delegatesTo ?? deletedAt) === undefined ? undefined : ['any', keyInstance, keyId],
  });
}

/** The bindings of one instance. */
export function bindingsOf(store: Store, instanceGuid: string): readonly Binding[] {
  return bindings(store).by('instance', instanceGuid);
}

/** Whether a deployment is disabled because of its key. */
export function isLocked(store: Store, instanceGuid: string): boolean {
  return bindingsOf(store, instanceGuid).some(({ locked }) => locked !== undefined);
}

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
