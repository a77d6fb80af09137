import { instances } from '../../core/account/instances.ts';
import type { Members } from '../../core/json.ts';
import type { Store } from '../../core/store.ts';
import { insideOf } from './state.ts';
import { type DatabaseType, flavors, multitenant, type Size, typeOfPlan } from './types.ts';

const endpoints = ['public', 'private', 'public-and-private'];
/** Given with the CRN of the deployment that a new one is made from. */
const sources = ['remote_leader_id', 'point_in_time_recovery_deployment_id'];

/**
 * What of the parameters of a classic plan its broker does not take. Members that are empty count as left out; those
 * that are not known here are nobody's business.
 * @returns a sentence that names the first parameter at fault; undefined where there is none, and for any other plan
 * Source: deployments reference, "Members (classic plans)", "Default and limit data for the emulator"; that the
 * broker refuses, and does so at once, is judged by how it refuses a key.
 */
export function faultOfParameters(store: Store, planId: string, parameters: Members): string | undefined {
  const type = typeOfPlan(planId);
  if (type === undefined) return undefined;
  const members = membersOf(store, type, parameters);
  for (const [name, value] of Object.entries(parameters)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined || isEmpty(value)) continue;
    const fault = check(value, { type, members, parameters });
    if (fault !== undefined) return `The parameter ${name} ${fault}.`;
  }
  return undefined;
}

interface Given {
  readonly type: DatabaseType;
  readonly members: number;
  readonly parameters: Members;
}

/** By parameter: why it cannot have a value, to follow its name. */
const checks: Readonly<Record<string, (value: unknown, given: Given) => string | undefined>> = {
  // Older ones than those that are offered here are let in: which IBM still offers changes by the month (judged).
  version: (value) => (/^[1-9]\d*(\.\d+)*$/.test(String(value)) ? undefined : 'must be a version such as 16'),
  members_host_flavor: (value, { type }) => faultOfFlavor(type, String(value)),
  members_memory_allocation_mb: (value, given) =>
    faultBesideFlavor(given.parameters) ?? faultOfTotal(value, given.type.memory, given),
  members_disk_allocation_mb: (value, given) => faultOfTotal(value, given.type.disk, given),
  // 0: as the memory gives. That it is a total is UNSURE in the reference.
  members_cpu_allocation_count: (value, given) =>
    faultBesideFlavor(given.parameters) ??
    (Number(value) === 0 ? undefined : faultOfTotal(value, given.type.cpu, given)),
  'service-endpoints': faultOfEndpoints,
  service_endpoints: faultOfEndpoints,
};

/** As a number, or as the string that the command line makes of it. */
function faultOfTotal(value: unknown, size: Size, { members }: Given): string | undefined {
  const isWhole = typeof value === 'string' ? /^\d+$/.test(value) : Number.isInteger(value);
  return isWhole ? faultOfSize(Number(value), size, members) : 'must be a whole number';
}

function faultBesideFlavor({ members_host_flavor: flavor }: Members): string | undefined {
  return typeof flavor === 'string' && Object.hasOwn(flavors, flavor)
    ? `is given by the host flavor ${flavor}`
    : undefined;
}

function faultOfEndpoints(value: unknown, { type }: Given): string | undefined {
  const offered = endpoints.filter((word) => word !== 'public-and-private' || !type.type.startsWith('mongodb'));
  return typeof value === 'string' && offered.includes(value) ? undefined : `must be one of ${offered.join(', ')}`;
}

/** Whoever makes a deployment from another gives totals over the members of that one, as IBM's provider does. */
function membersOf(store: Store, type: DatabaseType, parameters: Members): number {
  const crn = sources.map((name) => parameters[name]).find((value) => typeof value === 'string' && value !== '');
  const source = typeof crn === 'string' ? instances(store).get(crn.split(':')[7] ?? '') : undefined;
  const isAlike = source !== undefined && typeOfPlan(source.planId) === type;
  return isAlike ? insideOf(store, source, type).sizes.members : type.members.least;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** @returns why a type cannot have a host flavor, to follow its name; undefined where it can */
export function faultOfFlavor(type: DatabaseType, flavor: string): string | undefined {
  if (flavor === multitenant) return type.isolated ? 'multitenant is not offered' : undefined;
  return Object.hasOwn(flavors, flavor) ? undefined : 'is unknown';
}

/**
 * @param total  over the members; memory and disk in MB
 * @returns why a size is none of its type, to follow its name; undefined for what it can be
 */
export function faultOfSize(total: number, { min, max, step }: Size, members: number): string | undefined {
  const [least, most, steps] = [min * members, max * members, step * members];
  const fits = total >= least && total <= most && total % steps === 0;
  return fits ? undefined : `must be from ${least} to ${most} in steps of ${steps}`;
}

/** @returns why a type has no such version, to follow its name; undefined where it has */
export function faultOfVersion({ versions }: DatabaseType, version: string): string | undefined {
  const known = versions.map((one) => one.version);
  return known.includes(version) ? undefined : `must be one of ${known.join(', ')}`;
}
