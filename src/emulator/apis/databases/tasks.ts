import { instances } from '../../core/account/instances.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { addressed, conflict, type Deployment, notFound, requireRole } from './deployment.ts';
import { openTasks, type Task, tasks } from './queue.ts';
import { type Database, databases, insideOf } from './state.ts';
import { typeOfPlan } from './types.ts';

export const taskTimer = 'databases/task-done';

/**
 * Starts what a call asked for; it is done after `taskMs`, one task at a time: while another runs it is queued.
 * @throws ApiError 409 while the deployment is provisioned, or disabled (both UNSURE in the reference)
 * Source: deployments reference, "Objects" (Tasks); cloud-databases-go-sdk, integration tests: they start a backup and scale
 * without waiting, and know the status `queued`.
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
  const isFirst = openTasks(world.store, guid).length === 0;
  const task: Task = {
    id: `${crn.slice(0, -1)}task:${world.newId()}`,
    guid,
    deployment: crn,
    resourceType,
    description,
    status: isFirst ? 'running' : 'queued',
    createdAt: world.now().toISOString(),
    change,
  };
  tasks(world.store).put(task.id, task);
  if (isFirst) finishLater(world, task);
  return task;
}

function finishLater(world: World, { id }: Task): void {
  world.scheduleIn(world.settings.taskMs, { kind: taskTimer, payload: id });
}

/** Timer: what was asked for is so, and the next one that waits starts. */
export function finishTask(world: World, payload: Json): void {
  const task = tasks(world.store).get(String(payload));
  const instance = task && instances(world.store).get(task.guid);
  const type = instance && typeOfPlan(instance.planId);
  if (task === undefined || instance === undefined || type === undefined) return;
  tasks(world.store).put(task.id, { ...task, status: 'completed', change: {} });
  const inside = insideOf(world.store, instance, type);
  if (Object.keys(task.change).length > 0) databases(world.store).put(task.guid, { ...inside, ...task.change });
  if (task.change.sizes !== undefined) world.emit('deployment.scaled', { guid: task.guid });
  const [next] = openTasks(world.store, task.guid);
  if (next?.status !== 'queued') return;
  tasks(world.store).put(next.id, { ...next, status: 'running' });
  finishLater(world, next);
}

/** `GET /deployments/{id}/tasks`. */
export function listTasks(world: World, call: Call): Reply {
  const { instance } = addressed(world, call);
  return { status: 200, body: { tasks: tasks(world.store).by('instance', instance.guid).map(view) } };
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
