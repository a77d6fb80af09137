import { isObject } from '../../core/json.ts';
import { ApiError, type Call, type Json, type Reply, type World } from '../../core/world.ts';
import { dialect, unprocessable } from './errors.ts';
import { addressed, objectIn } from './state.ts';
import { type DatabaseType, flavors, multitenant, typeNamed } from './types.ts';
import { versionsView } from './versions.ts';

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
