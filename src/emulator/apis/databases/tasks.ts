import { instances } from '../../core/account/instances.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import type { Database, Deployment } from './state.ts';
import { addressed, conflict, databases, insideOf, notFound, requireRole } from './state.ts';
import { typeOfPlan } from './types.ts';

/** What a deployment is busy with, or was. */
export interface Task {
  readonly id: string;
  readonly guid: string;
  readonly deployment: string;
  readonly resourceType: 'backup' | 'configuration' | 'ip' | 'instance' | 'password' | 'upgrade' | 'user';
  readonly description: string;
  readonly status: 'running' | 'completed';
  readonly createdAt: string;
  /** What the inside of the deployment will have been changed to. */
  readonly change: Partial<Database>;
}

export const taskTimer = 'databases/task-done';

function tasks(store: Store): Table<Task, 'instance'> {
  return store.table('databases/tasks', { instance: ({ guid }: Task) => guid });
}

/**
 * Starts what a call asked for; it is done after `taskMs`, one task at a time.
 * @throws ApiError 409 while another runs, or while the deployment is disabled (both UNSURE in the reference)
 * Source: deployments reference, "Objects" (Tasks).
 */
export function start(
  world: World,
  { instance, disabled }: Deployment,
  resourceType: Task['resourceType'],
  description: string,
  change: Partial<Database>,
): Reply {
  if (disabled) throw conflict('deployment_disabled');
  if (instance.state !== 'active') throw conflict('deployment_provisioning');
  if (tasksOf(world, instance.guid).some(({ status }) => status === 'running')) throw conflict('task_running');
  const task = run(world, instance, resourceType, description, change);
  return { status: 202, body: { task: view(task) } };
}

/** Source: deployments reference, "Objects": the description; the type is UNSURE there. */
export function syncKms(world: World, guid: string): void {
  const instance = instances(world.store).get(guid);
  if (instance === undefined || typeOfPlan(instance.planId) === undefined) return;
  run(world, instance, 'instance', 'Syncing KMS state', {});
}

function run(
  world: World,
  { guid, crn }: { readonly guid: string; readonly crn: string },
  resourceType: Task['resourceType'],
  description: string,
  change: Partial<Database>,
): Task {
  const task: Task = {
    id: world.newId(),
    guid,
    deployment: crn,
    resourceType,
    description,
    status: 'running',
    createdAt: world.now().toISOString(),
    change,
  };
  tasks(world.store).put(task.id, task);
  world.scheduleIn(world.settings.taskMs, { kind: taskTimer, payload: task.id });
  return task;
}

/** Timer: what was asked for is so. */
export function finishTask(world: World, payload: Json): void {
  const task = tasks(world.store).get(String(payload));
  const instance = task && instances(world.store).get(task.guid);
  const type = instance && typeOfPlan(instance.planId);
  if (task === undefined || instance === undefined || type === undefined) return;
  tasks(world.store).put(task.id, { ...task, status: 'completed', change: {} });
  const inside = insideOf(world.store, instance, type);
  if (Object.keys(task.change).length > 0) databases(world.store).put(task.guid, { ...inside, ...task.change });
}

function tasksOf(world: World, guid: string): readonly Task[] {
  return tasks(world.store).by('instance', guid);
}

/** `GET /deployments/{id}/tasks`. */
export function listTasks(world: World, call: Call): Reply {
  const { instance } = addressed(world, call);
  return { status: 200, body: { tasks: tasksOf(world, instance.guid).map(view) } };
}

/** `GET /tasks/{task_id}`. */
export function getTask(world: World, call: Call): Reply {
  const task = tasks(world.store).get(call.params['task_id'] ?? '');
  const instance = instances(world.store).get(task?.guid ?? '');
  if (task === undefined || instance === undefined) throw notFound();
  requireRole(world, call, 'Viewer', instance);
  return { status: 200, body: { task: view(task) } };
}

function view(task: Task): Json {
  return {
    id: task.id,
    resource_type: task.resourceType,
    description: task.description,
    status: task.status,
    deployment_id: task.deployment,
    progress_percent: task.status === 'completed' ? 100 : 0,
    created_at: task.createdAt,
  };
}

/** `GET /deployments/{id}/backups`: those that were asked for; scheduled ones are not emulated. */
export function listBackups(world: World, call: Call): Reply {
  const { instance, database } = addressed(world, call);
  return { status: 200, body: { backups: database.backups.map((backup) => backupView(instance.crn, backup)) } };
}

/** `POST /deployments/{id}/backups`: it is there when its task is done. */
export function createBackup(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const { instance, database } = deployment;
  const backup = { id: `${instance.crn.slice(0, -1)}backup:${world.newId()}`, at: world.now().toISOString() };
  const backups = [...database.backups, backup];
  return start(world, deployment, 'backup', 'Creating on-demand backup', { backups });
}

/** `GET /backups/{backup_id}`. */
export function getBackup(world: World, call: Call): Reply {
  const id = call.params['backup_id'] ?? '';
  const [database] = databases(world.store).by('backup', id);
  const backup = database?.backups.find((other) => other.id === id);
  const instance = instances(world.store).get(database?.guid ?? '');
  if (backup === undefined || instance === undefined) throw notFound();
  requireRole(world, call, 'Viewer', instance);
  return { status: 200, body: { backup: backupView(instance.crn, backup) } };
}

/** Source: deployments reference, "Objects" (Backup). */
function backupView(deployment: string, { id, at }: Database['backups'][number]): Json {
  return {
    id,
    deployment_id: deployment,
    type: 'on_demand',
    status: 'completed',
    is_downloadable: false,
    is_restorable: true,
    download_link: '',
    created_at: at,
  };
}
