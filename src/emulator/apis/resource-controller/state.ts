import type { Instance, LastOperation } from '../../core/account/instances.ts';
import type { Store, Table } from '../../core/store.ts';

/** The soft-delete record of an instance; gone when the instance is restored or removed. */
export interface Reclamation {
  /** 32 hex digits; not the instance's. */
  readonly id: string;
  readonly instanceGuid: string;
  readonly state: 'SCHEDULED' | 'RECLAIMING' | 'RESTORING';
  /** End of retention. */
  readonly targetTime: string;
  readonly policyId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  /** On whose behalf it was changed last; a reclaim or restore may name somebody (`request_by`). */
  readonly updatedBy: string;
  /** IAM id of the caller who changed it last. */
  readonly actedBy: string;
}

/** All reclamations, by their own id. */
export function reclamations(store: Store): Table<Reclamation, 'instance'> {
  return store.table('resource-controller/reclamations', { instance: (one: Reclamation) => one.instanceGuid });
}

/** An asynchronous operation is running: no other may start. */
export function isBusy(instance: Instance): boolean {
  return instance.lastOperation.async && instance.lastOperation.state === 'in progress';
}

/** Only a create that still runs can be taken back (judged: the reference says that some operations cannot). */
export function isCancelable({ type, async, state }: LastOperation): boolean {
  return type === 'create' && async && state === 'in progress';
}
