import type { Json, Store, Table } from '../../core/world.ts';

/** Source: Key Protect reference, "Instance policies". */
export const instancePolicyTypes = [
  'allowedNetwork',
  'dualAuthDelete',
  'allowedIP',
  'keyCreateImportAccess',
  'metrics',
  'rotation',
] as const;

export type InstancePolicyType = (typeof instancePolicyTypes)[number];

/** What an instance prescribes; one of a type at most. */
export interface InstancePolicy {
  readonly instanceGuid: string;
  readonly type: InstancePolicyType;
  readonly enabled: boolean;
  /** Empty where the type has none, and while it is disabled. */
  readonly attributes: Readonly<Record<string, Json>>;
  readonly createdBy: string;
  readonly creationDate: string;
  readonly updatedBy: string;
  readonly lastUpdated: string;
}

/** Which keys may be made how, unless a policy says otherwise: all, in any way. */
export const openAccess = {
  create_root_key: true,
  create_standard_key: true,
  import_root_key: true,
  import_standard_key: true,
  enforce_token: false,
} as const;

/** All instance policies, by `<instance GUID>/<type>`. */
export function instancePolicies(store: Store): Table<InstancePolicy> {
  return store.table('key-protect/instance-policies');
}

/** The attributes of a policy that is in force; undefined without one. */
export function attributesInForce(
  store: Store,
  instanceGuid: string,
  type: InstancePolicyType,
): Readonly<Record<string, Json>> | undefined {
  const policy = instancePolicies(store).get(`${instanceGuid}/${type}`);
  return policy?.enabled === true ? policy.attributes : undefined;
}

/** What goes with an instance. */
export function eraseInstancePolicies(store: Store, instanceGuid: string): void {
  for (const type of instancePolicyTypes) instancePolicies(store).delete(`${instanceGuid}/${type}`);
}
