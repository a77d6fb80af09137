import type { Members } from '../json.ts';
import type { Store, Table } from '../store.ts';

/**
 * Source: platform reference, "Instance object (full)". `pre_provisioning` and `pending_removal` are never shown here.
 */
export type InstanceState = 'provisioning' | 'active' | 'failed' | 'pending_reclamation' | 'removed';

/** What was done to an instance last. While `state` is `in progress` and `async`, nothing else may be done. */
export interface LastOperation {
  readonly type: 'create' | 'update' | 'delete' | 'lock' | 'unlock' | 'reclamation';
  readonly subType: string;
  readonly state: 'in progress' | 'succeeded' | 'failed';
  readonly async: boolean;
  readonly description: string;
}

/** A service instance. Unset times are undefined; removed instances stay, readable by id. */
export interface Instance {
  readonly guid: string;
  readonly crn: string;
  readonly name: string;
  readonly state: InstanceState;
  /** Catalog name, e.g. `kms`: the service segment of the CRN. */
  readonly serviceName: string;
  /** Catalog id of the service: a UUID for kms. Not its name. */
  readonly resourceId: string;
  readonly planId: string;
  readonly region: string;
  readonly resourceGroupId: string;
  readonly accountId: string;
  readonly targetCrn: string;
  /** As the service has them: those of the create, with what every update set. */
  readonly parameters: Members;
  /** Those of the last update that gave any, which is all that is shown of them; undefined before the first. */
  readonly lastParameters: Members | undefined;
  /** What a running update will set when it is done. */
  readonly updating: Pick<Instance, 'parameters' | 'lastParameters' | 'planId'> | undefined;
  readonly allowCleanup: boolean;
  readonly locked: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly deletedAt: string | undefined;
  readonly deletedBy: string;
  readonly scheduledReclaimAt: string | undefined;
  readonly scheduledReclaimBy: string;
  readonly restoredAt: string | undefined;
  readonly restoredBy: string;
  readonly lastOperation: LastOperation;
  readonly planHistory: readonly {
    readonly planId: string;
    readonly startDate: string;
    readonly requestorId: string;
  }[];
}

/** All instances, removed ones included, by GUID. */
export function instances(store: Store): Table<Instance, 'group' | 'leader'> {
  return store.table('resource-controller/instances', {
    group: (instance: Instance) => instance.resourceGroupId,
    leader: ({ parameters: { remote_leader_id: leader } }: Instance) =>
      typeof leader === 'string' ? leader : undefined,
  });
}

/** The instance that a GUID or a CRN names, in whatever state. */
export function findInstance({ store }: { readonly store: Store }, guidOrCrn: string): Instance | undefined {
  if (!guidOrCrn.startsWith('crn:')) return instances(store).get(guidOrCrn);
  const guid = guidOrCrn.split(':')[7] ?? '';
  const instance = instances(store).get(guid);
  return instance?.crn === guidOrCrn ? instance : undefined;
}
