import { isDeepStrictEqual } from 'node:util';
import { isObject, type Members } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { addressed, notFound, numberIn, objectIn, unprocessable } from './deployment.ts';
import { faultOfFlavor, faultOfSize } from './parameters.ts';
import { type Sizes, sizesOf } from './state.ts';
import { start } from './tasks.ts';
import { type DatabaseType, flavors, multitenant, type Size, typeNamed } from './types.ts';

const group = 'member';
/** MB of memory for each CPU. Source: deployments reference, "Objects" (Group). */
const cpuRatio = { ceiling: 32_768, usual: 8192 };

/** `GET /deployables/{type}/groups?host_flavor=`: what a new one gets, and the limits. @throws ApiError 404, 422 */
export function listDefaultGroups(_world: World, call: Call): Reply {
  const type = typeNamed(call.params['type'] ?? '');
  if (type === undefined) throw notFound();
  const flavor = call.query.get('host_flavor') ?? (type.isolated ? 'b3c.4x16.encrypted' : multitenant);
  requireFlavor(type, flavor);
  return { status: 200, body: { groups: [view(type, sizesOf({ members_host_flavor: flavor }, type), false)] } };
}

/** `GET /deployments/{id}/groups`. A disabled deployment has no members: the provider reads it so. */
export function listGroups(world: World, call: Call): Reply {
  const { type, database, disabled } = addressed(world, call);
  return { status: 200, body: { groups: [view(type, database.sizes, disabled)] } };
}

/**
 * `PATCH /deployments/{id}/groups/{group_id}`: totals, any of them → 202 with a task, or 204 when nothing changes.
 * @throws ApiError 422 for what is out of range or step, and for what would shrink and cannot
 * Source: deployments reference, "Endpoints", "Emulator checklist".
 */
export function scaleGroup(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  if (call.params['group_id'] !== group) throw notFound();
  const asked = objectIn(call, 'group');
  if (asked === undefined) throw unprocessable('group', 'is missing');
  const { sizes } = deployment.database;
  const wanted = resized(deployment.type, sizes, asked);
  if (isDeepStrictEqual(wanted, sizes)) return { status: 204 };
  return start(world, deployment, 'instance', 'Scaling database deployment', { sizes: wanted });
}

function resized(type: DatabaseType, now: Sizes, asked: Members): Sizes {
  const flavor = flavorOf(asked) ?? now.flavor;
  requireFlavor(type, flavor);
  const members = numberIn(asked['members'], 'allocation_count') ?? now.members;
  requireWithin('members', members, { min: type.members.least, max: type.members.most, step: 1 }, 1);
  if (members < now.members) throw unprocessable('members', 'cannot be scaled down');
  const fixed = flavors[flavor];
  const memory = numberIn(asked['memory'], 'allocation_mb');
  const cpu = numberIn(asked['cpu'], 'allocation_count');
  if (fixed !== undefined && (memory ?? cpu) !== undefined) {
    throw unprocessable(memory === undefined ? 'cpu' : 'memory', `is given by the host flavor ${flavor}`);
  }
  const each = (total: number): number => (total / now.members) * members;
  const disk = numberIn(asked['disk'], 'allocation_mb') ?? each(now.disk);
  if (disk < now.disk) throw unprocessable('disk', 'cannot be scaled down');
  const next: Sizes = {
    members,
    flavor,
    disk,
    memory: fixed === undefined ? (memory ?? each(now.memory)) : fixed.memory * members,
    cpu: fixed === undefined ? (cpu ?? each(now.flavor === flavor ? now.cpu : 0)) : fixed.cpu * members,
  };
  requireWithin('disk', next.disk, type.disk, members);
  if (fixed === undefined) {
    requireWithin('memory', next.memory, type.memory, members);
    if (next.cpu !== 0) requireWithin('cpu', next.cpu, type.cpu, members);
  }
  return next;
}

function flavorOf(asked: Members): string | undefined {
  const flavor = asked['host_flavor'];
  return isObject(flavor) && typeof flavor['id'] === 'string' ? flavor['id'] : undefined;
}

function requireFlavor(type: DatabaseType, flavor: string): void {
  const fault = faultOfFlavor(type, flavor);
  if (fault !== undefined) throw unprocessable('host_flavor', fault);
}

function requireWithin(field: string, total: number, size: Size, members: number): void {
  const fault = faultOfSize(total, size, members);
  if (fault !== undefined) throw unprocessable(field, fault);
}

/** Every member that the provider dereferences unchecked. Source: deployments reference, "Objects". */
function view(type: DatabaseType, sizes: Sizes, disabled: boolean): Members {
  const { members, memory, cpu, disk, flavor } = sizes;
  const count = disabled ? 0 : members;
  const sized = (unit: 'mb' | 'count', total: number, { min, max, step }: Size, flags: object, each = members) => ({
    units: unit,
    [`allocation_${unit}`]: total,
    [`minimum_${unit}`]: min * each,
    [`maximum_${unit}`]: max * each,
    [`step_size_${unit}`]: step * each,
    is_optional: false,
    can_scale_down: true,
    ...flags,
  });
  const { least, most } = type.members;
  const isAdjustable = flavors[flavor] === undefined;
  const adjustable = { is_adjustable: isAdjustable };
  const growing = { can_scale_down: false };
  return {
    id: group,
    count,
    members: sized('count', count, { min: least, max: most, step: 1 }, { ...growing, is_adjustable: least < most }, 1),
    memory: {
      ...sized('mb', memory, type.memory, adjustable),
      cpu_enforcement_ratio_ceiling_mb: cpuRatio.ceiling,
      cpu_enforcement_ratio_mb: cpuRatio.usual,
    },
    cpu: sized('count', cpu, type.cpu, { ...adjustable, is_optional: true }),
    disk: sized('mb', disk, type.disk, { ...growing, is_adjustable: true }),
    host_flavor: { id: flavor, name: isAdjustable ? '' : flavor, hosting_size: flavors[flavor]?.size ?? '' },
  };
}
