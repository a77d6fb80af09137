import { offerings } from '../../core/account/offerings.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { addressed, type Deployment } from './state.ts';
import { types } from './types.ts';
import { versionOf, versionsView } from './versions.ts';

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

/** Source: deployments reference, "Objects" (Deployment). */
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
  };
}
