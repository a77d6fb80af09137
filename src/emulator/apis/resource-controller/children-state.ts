import { secretPrefix } from '../../core/tables.ts';
import type { Store, Table, World } from '../../core/world.ts';

/** What hangs on an instance: service credentials (keys), and the aliases and bindings of Cloud Foundry's time. */
export type ChildKind = 'key' | 'alias' | 'binding';

/** A key, alias or binding. Removed ones stay, readable by id, as removed instances do. */
export interface Child {
  readonly kind: ChildKind;
  readonly guid: string;
  readonly crn: string;
  readonly name: string;
  readonly state: 'active' | 'removed';
  /** GUID of the instance, also where the source is an alias of it. */
  readonly instanceGuid: string;
  /** CRN of what it was made of: an instance, or for bindings and some keys an alias. */
  readonly sourceCrn: string;
  /** CRN of the space or application that an alias or binding is for; empty for keys. */
  readonly targetCrn: string;
  readonly resourceId: string;
  readonly resourceGroupId: string;
  readonly accountId: string;
  /** The API key and the service ID that were made for it, which go with it; empty where there are none. */
  readonly apiKeyId: string;
  readonly serviceIamId: string;
  /** Whether the instance says that credentials are shown once only. */
  readonly onetime: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly deletedAt: string | undefined;
  readonly deletedBy: string;
}

/** The credentials of a key or binding, by its GUID: saved, and not shown in the emulator's state. */
export type Credentials = Readonly<Record<string, unknown>>;

/** All keys, aliases and bindings, removed ones included, by GUID. */
export function children(store: Store): Table<Child, 'source' | 'instance'> {
  return store.table('resource-controller/children', {
    source: (child: Child) => child.sourceCrn,
    instance: (child: Child) => child.instanceGuid,
  });
}

/** Where credentials lie; those of a removed key are gone. */
export function credentialsTable(store: Store): Table<Credentials> {
  return store.table<Credentials>(`${secretPrefix}resource-controller-credentials`);
}

/** The child of that kind that a GUID or a CRN names, in whatever state. */
export function findChild(world: World, kind: ChildKind, guidOrCrn: string): Child | undefined {
  const guid = guidOrCrn.startsWith('crn:') ? (guidOrCrn.split(':')[9] ?? '') : guidOrCrn;
  const child = children(world.store).get(guid);
  return child?.kind === kind && (child.guid === guidOrCrn || child.crn === guidOrCrn) ? child : undefined;
}

/** What stands on an instance or an alias, by the CRN of its source. */
export function dependants(world: World, sourceCrn: string): readonly Child[] {
  return children(world.store)
    .by('source', sourceCrn)
    .filter(({ state }) => state === 'active');
}
