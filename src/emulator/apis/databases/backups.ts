import { instances } from '../../core/account/instances.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { notFound } from './errors.ts';
import { addressed, type Database, databases, requireRole } from './state.ts';
import { start } from './tasks.ts';

/** `GET /deployments/{id}/backups`: those that were asked for; scheduled ones are not emulated. */
export function listBackups(world: World, call: Call): Reply {
  const { instance, database } = addressed(world, call);
  return { status: 200, body: { backups: database.backups.map((backup) => view(instance.crn, backup)) } };
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
  return { status: 200, body: { backup: view(instance.crn, backup) } };
}

/** Source: deployments reference, "Objects" (Backup). */
function view(deployment: string, { id, at }: Database['backups'][number]): Json {
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
