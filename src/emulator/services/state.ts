import { type Key, type KeyEvent, keys } from '../apis/key-protect/state.ts';
import { type Asker, authorizes } from '../apis/policy/access.ts';
import type { Store, Table } from '../core/store.ts';
import type { World } from '../core/world.ts';

/** That an instance uses a key: what its service remembers, beside the registration that Key Protect shows. */
export interface Binding {
  readonly id: string;
  readonly instanceGuid: string;
  readonly resourceCrn: string;
  /** The CRNs that stand in its registrations: of Cloud Databases one of each volume, of others its own. */
  readonly registrants: readonly string[];
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
  const registrants = [use.resourceCrn];
  return { ...plain, registrants, keyId: key.id, keyInstance: key.instanceGuid, keyCrn: key.crn, ...use };
}

/** All bindings, by id; one goes when the service has unregistered. */
export function bindings(store: Store): Table<Binding, 'instance' | 'key' | 'use' | 'waiting'> {
  return store.table('services/bindings', {
    instance: (binding: Binding) => binding.instanceGuid,
    key: (binding: Binding) => binding.keyId,
    use: ({ keyId, resourceCrn, registrants }: Binding) =>
      [...new Set([resourceCrn, ...registrants])].map((crn) => `${keyId}/${crn}`),
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

/** Whether the service gets at the key that its instance uses, now. A played service needs no authorization for it. */
export function mayUseKey(world: World, binding: Binding, role = 'Reader'): boolean {
  return binding.byHand || isAuthorized(world, binding, role);
}

/** Whether an authorization lets the service at the key, now. */
export function isAuthorized(world: World, binding: Binding, role = 'Reader'): boolean {
  const { resourceCrn, resourceGroupId, keyInstance, keyId } = binding;
  const keyRing = keys(world.store).get(keyId)?.keyRingId;
  return authorizes(world, {
    source: askerOf(resourceCrn, resourceGroupId),
    target: { service: 'kms', instance: keyInstance, key: keyId, ...(keyRing === undefined ? {} : { keyRing }) },
    role,
  });
}

/** What a resource registers as is not always what it is authorized as. By the service and the type in its CRN. */
const authorizedAs: Readonly<Record<string, string>> = {
  // Source: VPC docs, "Establishing service-to-service authorizations for Block Storage for VPC".
  'is/volume': 'server-protect',
  'is/snapshot': 'server-protect',
};

/**
 * As whom a resource asks for its key. Shares and the like ask as `is` with their type: VPC docs, "Establishing
 * service-to-service authorizations for File Storage for VPC".
 */
export function askerOf(crn: string, resourceGroup = ''): Asker {
  const [, , , , named = '', region = '', scope = '', instance = '', resourceType = '', resource = ''] = crn.split(':');
  const service = authorizedAs[`${named}/${resourceType}`] ?? named;
  const known = { instance, resourceGroup, region, resourceType, resource };
  const said = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ''));
  return { service, account: scope.replace(/^a\//, ''), ...said };
}
