import { type DatabaseType, flavors, multitenant, type Size } from './types.ts';

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
