import type { Store, Table } from '../store.ts';

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
  readonly roles: readonly string[];
  /** When the instance was deleted; undefined while it is in use, and again after it was restored. */
  readonly deletedAt: string | undefined;
}

/** All bindings, by id; one goes when the service has unregistered. */
export function bindings(store: Store): Table<Binding> {
  return store.table<Binding>('services/bindings');
}

/** The bindings of one instance. */
export function bindingsOf(store: Store, instanceGuid: string): readonly Binding[] {
  return bindings(store)
    .all()
    .filter((binding) => binding.instanceGuid === instanceGuid);
}
