import type { World } from '../../core/world.ts';
import { nextEtag, recordPolicy } from './record.ts';
import { enforcedGrants, type Policy, policies } from './state.ts';

/** The kind of the timer by which the services learn that one of their own policies is gone; `services/` handles it. */
const goneTimer = 'services/policy-gone';
/** How soon they do. Source: deployments reference, "Emulator checklist" (a deleted one is back within a minute). */
const noticeMs = 60_000;

/** Deletes a policy: it stays as a tombstone, and counts for no service from now on. */
export function endPolicy(world: World, policy: Policy, by: string): void {
  const lastModifiedAt = world.now().toISOString();
  const etag = nextEtag(world, policy);
  const tombstone: Policy = { ...policy, state: 'deleted', etag, lastModifiedAt, lastModifiedById: by };
  policies(world.store).put(policy.id, tombstone);
  enforcedGrants(world.store).delete(policy.id);
  recordPolicy(world, tombstone, 'delete', by);
  if (!policy.createdById.startsWith('crn:')) return;
  world.schedule(new Date(world.now().getTime() + noticeMs), { kind: goneTimer, payload: policy.id });
}
