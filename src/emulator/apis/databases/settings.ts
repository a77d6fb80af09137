import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { isObject, type Members } from '../../core/json.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { addressed, type Deployment, notFound, objectIn, preconditionFailed, unprocessable } from './deployment.ts';
import type { Address } from './state.ts';
import { start } from './tasks.ts';

/** `GET …/configuration/schema`, v5 and v4: defaults only, never what was set. @throws ApiError 404 where there is none (judged) */
export function getConfigurationSchema(world: World, call: Call): Reply {
  const { configuration } = addressed(world, call).type;
  if (configuration.length === 0) throw notFound();
  // Which members a setting has is UNSURE in the reference.
  const schema = Object.fromEntries(
    configuration.map((name) => [name, { customer_configurable: true, default: null, requires_restart: false }]),
  );
  return { status: 200, body: { schema } };
}

/**
 * `PATCH …/configuration`. Values are taken as they are.
 * @throws ApiError 422 for a setting that the type has not
 * Source: cloud-databases-go-sdk, integration tests (UpdateDatabaseConfiguration): 200, not 202.
 */
export function updateConfiguration(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const given = objectIn(call, 'configuration');
  if (given === undefined) throw unprocessable('configuration', 'is missing');
  const unknown = Object.keys(given).find((name) => !deployment.type.configuration.includes(name));
  if (unknown !== undefined) throw unprocessable(unknown, `is not a setting of ${deployment.type.type}`);
  const configuration = { ...deployment.database.configuration, ...given };
  return { ...start(world, deployment, 'configuration', 'Updating the configuration', { configuration }), status: 200 };
}

/** `GET …/groups/{group_id}/autoscaling`: disk, memory and cpu are always there, for the provider. */
export function getAutoscaling(world: World, call: Call): Reply {
  return { status: 200, body: { autoscaling: autoscalingOf(ofMember(world, call)) } };
}

/** `PATCH …`: the given parts are set. */
export function setAutoscaling(world: World, call: Call): Reply {
  const deployment = ofMember(world, call);
  const given = objectIn(call, 'autoscaling');
  if (given === undefined) throw unprocessable('autoscaling', 'is missing');
  const unknown = Object.keys(given).find((name) => !['disk', 'memory', 'cpu'].includes(name));
  if (unknown !== undefined) throw unprocessable(unknown, 'cannot be scaled by itself');
  const autoscaling = merged(autoscalingOf(deployment), given);
  return start(world, deployment, 'instance', 'Setting autoscaling', { autoscaling });
}

function ofMember(world: World, call: Call): Deployment {
  if (call.params['group_id'] !== 'member') throw notFound();
  return addressed(world, call);
}

function autoscalingOf({ database }: Deployment): Members {
  return merged(initial, database.autoscaling);
}

/** Source: deployments reference, "Objects" (Autoscaling): its sample; the rest is judged. */
const scaler = { enabled: false, over_period: '30m', above_percent: 45 };
const initial: Readonly<Record<string, Json>> = {
  disk: {
    scalers: { capacity: { enabled: false, free_space_less_than_percent: 10 }, io_utilization: scaler },
    rate: { increase_percent: 20, period_seconds: 900, limit_mb_per_member: 3_670_016, units: 'mb' },
  },
  memory: {
    scalers: { io_utilization: scaler },
    rate: { increase_percent: 10, period_seconds: 900, limit_mb_per_member: 114_688, units: 'mb' },
  },
  cpu: { scalers: {}, rate: { increase_percent: 10, period_seconds: 900, limit_count_per_member: 28, units: 'count' } },
};

function merged(one: Members, other: Members): Members {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(
    names.map((name) => {
      const [before, after] = [one[name], other[name]];
      if (isObject(before) && isObject(after)) return [name, merged(before, after)];
      return [name, after === undefined ? before : after];
    }),
  );
}

/** Source: deployments reference, "Endpoints". */
const most = 100;

/** `GET /deployments/{id}/allowlists/ip_addresses`, with an ETag. */
export function getAllowlist(world: World, call: Call): Reply {
  const { allowlist } = addressed(world, call).database;
  return { status: 200, body: { ip_addresses: allowlist }, headers: { ETag: etagOf(allowlist) } };
}

/** `PUT …`: replaces all; `If-Match` is optional. @throws ApiError 412, 422 */
export function setAllowlist(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const { allowlist } = deployment.database;
  const match = call.header('If-Match');
  if (match !== undefined && match !== etagOf(allowlist)) throw preconditionFailed();
  const given: unknown = isObject(call.body) ? call.body['ip_addresses'] : undefined;
  if (!Array.isArray(given)) throw unprocessable('ip_addresses', 'must be a list');
  const wanted = given.map((item: unknown) => read(isObject(item) ? item : {}));
  return start(world, deployment, 'ip', 'Setting the allowlist', { allowlist: limited(wanted) });
}

/** `POST …`: adds one, or changes its description. */
export function addAddress(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const added = read(objectIn(call, 'ip_address') ?? {});
  const others = deployment.database.allowlist.filter(({ address }) => address !== added.address);
  return start(world, deployment, 'ip', 'Adding to the allowlist', { allowlist: limited([...others, added]) });
}

/** `DELETE …/{ip}`. @throws ApiError 404 for an address that is not in it (judged) */
export function removeAddress(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const { allowlist } = deployment.database;
  const left = allowlist.filter(({ address }) => address !== call.params['ip']);
  if (left.length === allowlist.length) throw notFound();
  return start(world, deployment, 'ip', 'Removing from the allowlist', { allowlist: left });
}

function read(item: Members): Address {
  const { address, description = '' } = item;
  const [ip = '', bits] = typeof address === 'string' ? address.split('/') : [];
  const isRange = bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32);
  if (typeof address !== 'string' || !isIPv4(ip) || !isRange) {
    throw unprocessable('address', 'must be an IPv4 address or a CIDR range');
  }
  return { address, description: String(description) };
}

function limited(allowlist: readonly Address[]): readonly Address[] {
  if (allowlist.length > most) throw unprocessable('ip_addresses', `must not hold more than ${most}`);
  return allowlist;
}

function etagOf(allowlist: readonly Address[]): string {
  return `"${createHash('sha256').update(JSON.stringify(allowlist)).digest('hex').slice(0, 16)}"`;
}
