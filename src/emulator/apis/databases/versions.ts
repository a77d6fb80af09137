import { offerings } from '../../core/account/offerings.ts';
import { isObject } from '../../core/json.ts';
import { ApiError, type Call, type Json, type Reply, type World } from '../../core/world.ts';
import { addressed, type Deployment, dialect, objectIn, unprocessable } from './deployment.ts';
import { faultOfVersion } from './parameters.ts';
import { start } from './tasks.ts';
import { type DatabaseType, flavors, multitenant, typeNamed, types } from './types.ts';

/** Which version a deployment runs: what it was upgraded to, else what its create said, else the preferred one. */
function versionOf({ instance, type, database }: Omit<Deployment, 'disabled'>): string {
  const said = database.version ?? instance.parameters['version'];
  const preferred = type.versions.find(({ isPreferred }) => isPreferred)?.version ?? '';
  return (typeof said === 'string' && said !== '') || typeof said === 'number' ? String(said) : preferred;
}

/** The versions of a type, with what each can be upgraded to in place: every later one (judged). */
function versionsView({ type, versions }: DatabaseType): Json {
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

/** `GET /deployments/{id}/capability/{capability_id}`: what can be done with a deployment. The provider asks for `versions`. */
export function getCapability(world: World, call: Call): Reply {
  const { type, instance } = addressed(world, call);
  const deployment = { type: type.type, platform: 'classic', location: instance.region };
  return { status: 200, body: { deployment, capability: capabilityOf(call, type) } };
}

/** `POST /capability/{capability_id}`: the same for a type that is to be made. @throws ApiError 422 for an unknown type */
export function askCapability(_world: World, call: Call): Reply {
  const deployment = objectIn(call, 'deployment');
  const type = typeNamed(String(deployment?.['type']));
  if (!isObject(deployment) || type === undefined) throw unprocessable('type', 'is no type of database');
  return { status: 200, body: { deployment, capability: capabilityOf(call, type) } };
}

/** Source: deployments reference, "Endpoints" (Cloud Databases API v5); what it calls UNSURE is 501 here. */
function capabilityOf(call: Call, type: DatabaseType): Json {
  const isMongo = type.type.startsWith('mongodb');
  switch (call.params['capability_id']) {
    case 'versions':
      return { versions: versionsView(type) };
    case 'flavors':
      return { flavors: flavorsOf(type) };
    case 'encryption':
      return { disk_encryption_supported: true };
    case 'endpoints':
      return {
        direct_endpoints_supported: false,
        public_endpoints_supported: true,
        private_endpoints_supported: true,
        multiple_endpoints_supported: !isMongo,
      };
    default:
      throw new ApiError(dialect.notImplemented(call));
  }
}

function flavorsOf(type: DatabaseType): Json {
  const own = Object.entries(flavors).map(([id, { cpu, memory, size }]) => ({
    id,
    name: id.split('.')[1] ?? id,
    cpu: { allocation_count: cpu },
    memory: { allocation_mb: memory },
    hosting_size: size,
  }));
  const together = {
    id: multitenant,
    name: multitenant,
    cpu: { allocation_count: 0 },
    memory: { allocation_mb: 0 },
    hosting_size: '',
  };
  return type.isolated ? own : [...own, together];
}

/** `GET /deployables`. */
export function listDeployables(): Reply {
  const deployables = types.map((type) => ({ type: type.type, versions: versionsView(type) }));
  return { status: 200, body: { deployables } };
}

/** `GET /regions`: where a plan of a database is offered. */
export function listRegions(): Reply {
  const plans = new Set(types.flatMap((type) => type.plans));
  const offered = offerings.flatMap((offering) => offering.plans).filter(({ id }) => plans.has(id));
  return { status: 200, body: { regions: [...new Set(offered.flatMap(({ locations }) => locations))] } };
}

/** `GET /v5/ibm/deployments/{id}`, also while it is provisioned. */
export function getDeployment(world: World, call: Call): Reply {
  return { status: 200, body: { deployment: view(addressed(world, call)) } };
}

/** `GET /v4/ibm/deployments/{id}`: the older form names the admin twice. */
export function getDeploymentV4(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const body = { ...view(deployment), admin_username: deployment.type.admins['database'] ?? '' };
  return { status: 200, body: { deployment: body } };
}

/** Source: deployments reference, "Objects" (Deployment); `disablements`: ManageIQ's recordings, 2021-10-26. */
function view(deployment: Deployment): { readonly [member: string]: Json } {
  const { instance, type } = deployment;
  const { parameters } = instance;
  const said = (...names: readonly string[]): string => {
    const found = names.map((name) => parameters[name]).find((value) => typeof value === 'string');
    return typeof found === 'string' ? found : '';
  };
  const disk = said('disk_encryption_key_crn', 'key_protect_key');
  const endpoints = said('service-endpoints', 'service_endpoints') || 'public';
  return {
    id: instance.crn,
    name: instance.name,
    type: type.type,
    platform: 'classic',
    version: versionOf(deployment),
    platform_options: {
      key_protect_key_id: disk.split(':')[9] ?? '',
      disk_encryption_key_crn: disk,
      backup_encryption_key_crn: said('backup_encryption_key_crn'),
    },
    admin_usernames: type.admins,
    enable_public_endpoints: endpoints.startsWith('public'),
    enable_private_endpoints: endpoints.endsWith('private'),
    disablements: [],
  };
}
