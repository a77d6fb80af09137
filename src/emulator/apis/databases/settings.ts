import { isObject } from '../../core/json.ts';
import type { Call, Json, Reply, World } from '../../core/world.ts';
import { notFound, unprocessable } from './errors.ts';
import { addressed, type Deployment, objectIn } from './state.ts';
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

/** `PATCH …/configuration`. Values are taken as they are. @throws ApiError 422 for a setting that the type has not */
export function updateConfiguration(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const given = objectIn(call, 'configuration');
  if (given === undefined) throw unprocessable('configuration', 'is missing');
  const unknown = Object.keys(given).find((name) => !deployment.type.configuration.includes(name));
  if (unknown !== undefined) throw unprocessable(unknown, `is not a setting of ${deployment.type.type}`);
  const configuration = { ...deployment.database.configuration, ...given };
  return start(world, deployment, 'configuration', 'Updating the configuration', { configuration });
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

function autoscalingOf({ database }: Deployment): Readonly<Record<string, unknown>> {
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

function merged(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(
    names.map((name) => {
      const [before, after] = [one[name], other[name]];
      if (isObject(before) && isObject(after)) return [name, merged(before, after)];
      return [name, after === undefined ? before : after];
    }),
  );
}
