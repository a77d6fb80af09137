import type { Role } from '../../core/account/roles.ts';
import type { Store, Table } from '../../core/store.ts';

/** A role that the account made of a service's actions. */
export interface CustomRole extends Role {
  /** 32 hex digits. */
  readonly id: string;
  /** Last word of its CRN. */
  readonly name: string;
  readonly accountId: string;
  readonly serviceName: string;
  readonly etag: string;
  readonly createdAt: string;
  readonly createdById: string;
  readonly lastModifiedAt: string;
  readonly lastModifiedById: string;
}

/** All custom roles, by id. */
export function customRoles(store: Store): Table<CustomRole> {
  return store.table<CustomRole>('policy/custom-roles');
}
