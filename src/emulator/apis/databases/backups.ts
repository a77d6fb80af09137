import { instances } from '../../core/account/instances.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { addressed, notFound, requireRole } from './deployment.ts';
import { planned } from './queue.ts';
import { type Backup, backupId, type Database, insideOf } from './state.ts';
import { start } from './tasks.ts';
import { typeOfPlan } from './types.ts';

/**
 * `GET /deployments/{id}/backups`: the one that it has from the start, and those that were asked for, which are running
 * until their task is done; further scheduled ones are not emulated.
 */
export function listBackups(world: World, call: Call): Reply {
  const { instance, database } = addressed(world, call);
  return { status: 200, body: { backups: viewsOf(world, instance.crn, database) } };
}

/**
 * `POST /deployments/{id}/backups`.
 * Source: cloud-databases-go-sdk, integration tests (StartOndemandBackup): 200, not 202.
 */
export function createBackup(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const { instance, database } = deployment;
  const backup: Backup = {
    id: backupId(instance, world.newId()),
    type: 'on_demand',
    at: world.now().toISOString(),
  };
  const backups = [...database.backups, backup];
  return { ...start(world, deployment, 'backup', 'Creating on-demand backup', { backups }), status: 200 };
}

/** `GET /backups/{backup_id}`. @throws ApiError 404, 403 */
export function getBackup(world: World, call: Call): Reply {
  const id = call.params['backup_id'] ?? '';
  const instance = instances(world.store).get(id.split(':')[7] ?? '');
  const type = instance && typeOfPlan(instance.planId);
  if (instance === undefined || type === undefined) throw notFound();
  const inside = insideOf(world.store, instance, type);
  const backup = viewsOf(world, instance.crn, inside).find((view) => view['id'] === id);
  if (backup === undefined) throw notFound();
  requireRole(world, call, 'Viewer', instance);
  return { status: 200, body: { backup } };
}

type View = Readonly<Record<string, Json>>;

function viewsOf({ store }: World, deployment: string, inside: Database): readonly View[] {
  const isDone = (id: string): boolean => inside.backups.some((backup) => backup.id === id);
  return planned(store, inside).backups.map((backup) => backupView(deployment, backup, isDone(backup.id)));
}

/** Source: deployments reference, "Objects" (Backup). */
function backupView(deployment: string, { id, type = 'on_demand', at }: Backup, isDone: boolean): View {
  return {
    id,
    deployment_id: deployment,
    type,
    status: isDone ? 'completed' : 'running',
    is_downloadable: false,
    is_restorable: isDone,
    download_link: '',
    created_at: at,
  };
}
