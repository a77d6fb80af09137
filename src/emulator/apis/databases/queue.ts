import type { Store, Table } from '../../core/store.ts';
import type { Database } from './state.ts';

/** What a deployment is busy with, will be, or was. */
export interface Task {
  /** A CRN of the deployment. Source: terraform-provider-ibm, ibm/acctest/acctest.go (a task that its tests read). */
  readonly id: string;
  readonly guid: string;
  readonly deployment: string;
  readonly resourceType: 'backup' | 'configuration' | 'ip' | 'instance' | 'password' | 'upgrade' | 'user';
  readonly description: string;
  readonly status: 'queued' | 'running' | 'completed';
  readonly createdAt: string;
  /** What the inside of the deployment will have been changed to. */
  readonly change: Partial<Database>;
}

/** All tasks, by id. */
export function tasks(store: Store): Table<Task, 'instance'> {
  return store.table('databases/tasks', { instance: ({ guid }: Task) => guid });
}

/** Those of a deployment that are not done, in the order in which they will be. */
export function openTasks(store: Store, guid: string): readonly Task[] {
  return tasks(store)
    .by('instance', guid)
    .filter(({ status }) => status !== 'completed');
}

/** The inside of a deployment as it will be when every task that is open now is done: what a further change starts from. */
export function planned(store: Store, inside: Database): Database {
  let then = inside;
  for (const { change } of openTasks(store, inside.guid)) then = { ...then, ...change };
  return then;
}
