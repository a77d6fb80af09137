import type { World } from '../../core/world.ts';
import { dateOf } from './dates.ts';
import { bitSizeOf } from './material.ts';
import { notifyServices } from './notify.ts';
import { type Key, keys, materials } from './state.ts';

/** Saves the key with a new version in front, and tells its services. */
export function addVersion(world: World, { bitSize: _, ...key }: Key, material: Buffer): Key {
  const date = dateOf(world.now());
  const version = { id: world.newId(), creationDate: date };
  materials(world.store).put(version.id, { base64: material.toString('base64') });
  const versions = [version, ...key.versions] as const;
  const rotated = { ...key, ...bitSizeOf(material), versions, lastRotateDate: date, lastUpdateDate: date };
  const told = notifyServices(world, rotated, 'rotate');
  keys(world.store).put(key.id, told);
  return told;
}
