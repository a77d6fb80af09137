import type { World } from '../../core/world.ts';
import { endPolicy } from './end.ts';
import { spreadLater } from './propagate.ts';
import { nextEtag, recordPolicy } from './record.ts';
import { type Grant, identityOf, type Policy, policies } from './state.ts';

/** Writes an authorization on behalf of a deployment, whose CRN is then its creator; where one stands, that will do. */
export function grantAs(world: World, by: string, grant: Grant): void {
  if (policies(world.store).ids('identity', identityOf({ type: 'authorization', ...grant })).length > 0) return;
  const at = world.now().toISOString();
  const policy: Policy = {
    id: world.newId(),
    type: 'authorization',
    accountId: world.account,
    ...grant,
    tags: [],
    pattern: undefined,
    rule: undefined,
    description: undefined,
    state: 'active',
    etag: nextEtag(world, undefined),
    createdAt: at,
    createdById: by,
    lastModifiedAt: at,
    lastModifiedById: by,
  };
  policies(world.store).put(policy.id, policy);
  spreadLater(world, policy.id, policy);
  recordPolicy(world, policy, 'create', by);
}

/**
 * Ends what a deployment wrote, when it is removed for good.
 * Source: deployments reference, "What removing an authorization really does".
 */
export function endGrantsOf(world: World, by: string): void {
  for (const policy of policies(world.store).by('creator', by)) endPolicy(world, policy, by);
}
