import type { World } from '../../core/world.ts';
import { nextEtag, recordPolicy } from './record.ts';
import { enforcedGrants, type Policy, policies } from './state.ts';

/** Deletes a policy: it stays as a tombstone, and counts for no service from now on. */
export function endPolicy(world: World, policy: Policy, by: string): void {
  const lastModifiedAt = world.now().toISOString();
  const etag = nextEtag(world, policy);
  const tombstone: Policy = { ...policy, state: 'deleted', etag, lastModifiedAt, lastModifiedById: by };
  policies(world.store).put(policy.id, tombstone);
  enforcedGrants(world.store).delete(policy.id);
  recordPolicy(world, tombstone, 'delete', by);
  world.emit('policy.ended', { id: policy.id, createdBy: policy.createdById });
}
