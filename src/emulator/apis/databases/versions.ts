import type { Call, Json, Reply, World } from '../../core/world.ts';
import { unprocessable } from './errors.ts';
import { faultOfVersion } from './limits.ts';
import { addressed, type Deployment } from './state.ts';
import { start } from './tasks.ts';
import type { DatabaseType } from './types.ts';

/** Which version a deployment runs: what it was upgraded to, else what its create said, else the preferred one. */
export function versionOf({ instance, type, database }: Omit<Deployment, 'disabled'>): string {
  const said = database.version ?? instance.parameters['version'];
  const preferred = type.versions.find(({ isPreferred }) => isPreferred)?.version ?? '';
  return (typeof said === 'string' && said !== '') || typeof said === 'number' ? String(said) : preferred;
}

/** The versions of a type, with what each can be upgraded to in place: every later one (judged). */
export function versionsView({ type, versions }: DatabaseType): Json {
  return versions.map(({ version, status, isPreferred }, index) => ({
    version,
    status,
    is_preferred: isPreferred,
    transitions: versions.slice(index + 1).map((later) => ({
      application: type,
      method: 'in-place',
      skip_backup_supported: true,
      from_version: version,
      to_version: later.version,
    })),
  }));
}

/**
 * `PATCH /deployments/{id}/version?skip_backup=&expiration_datetime=`: an upgrade in place, done with its task. It starts
 * at once, so that it never expires.
 *
 * @throws ApiError 422 for a version that there is none of, or that is not later (judged)
 */
export function setVersion(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const asked: unknown = Reflect.get(Object(call.body), 'version');
  const version = typeof asked === 'string' ? asked : '';
  const fault = faultOfVersion(deployment.type, version);
  if (fault !== undefined) throw unprocessable('version', fault);
  const known = deployment.type.versions.map((one) => one.version);
  const from = versionOf(deployment);
  if (known.indexOf(version) <= known.indexOf(from)) throw unprocessable('version', `must be later than ${from}`);
  return { ...start(world, deployment, 'upgrade', `Upgrading to version ${version}`, { version }), status: 200 };
}
