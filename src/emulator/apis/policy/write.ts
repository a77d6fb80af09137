import type { Json, Timers, World } from '../../core/world.ts';
import type { Grant, Policy } from './state.ts';
import { attributeOf, enforcedGrants, identityOf, policies, spreadingGrants } from './state.ts';

/** What a create or replace asks for. */
export interface Wanted extends Grant, Pick<Policy, 'type' | 'tags' | 'pattern' | 'rule' | 'description'> {}

/**
 * Tells the activity log. Source: IBM Cloud docs, "Activity tracking events for IAM", "Policy events" (the actions);
 * the form of the target's CRN and the severities are judged.
 */
export function recordPolicy(
  world: World,
  policy: Policy,
  verb: 'create' | 'update' | 'delete',
  initiator: string,
): void {
  world.record({
    action: `iam-am.policy.${verb}`,
    target: `crn:v1:bluemix:public:iam-am::a/${policy.accountId}::policy:${policy.id}`,
    initiator,
    severity: verb === 'delete' ? 'critical' : verb === 'update' ? 'warning' : 'normal',
    data: {
      policyId: policy.id,
      source: attributeOf(policy.subject, 'serviceName') ?? attributeOf(policy.subject, 'iam_id') ?? '',
      target: attributeOf(policy.resource, 'serviceName') ?? '',
      instanceID: attributeOf(policy.resource, 'serviceInstance') ?? '',
      roles: policy.roles.join(','),
    },
  });
}

/** `<number of the version>-<32 hex>`, as seen in live answers. */
export function nextEtag(world: World, before: { readonly etag: string } | undefined): string {
  const version = before === undefined ? 1 : Number.parseInt(before.etag, 10) + 1;
  return `${version}-${world.newId().replaceAll('-', '')}`;
}

/** The kind of the timer that brings a changed policy to the services. */
const spreadTimer = 'policy/spread';

/**
 * Makes the grant as it is now count for the services after `propagationMs`. Goes with every write but a deletion,
 * which counts at once.
 */
export function spreadLater(world: World, policyId: string, { subject, resource, roles }: Grant): void {
  // Two changes in a row spread one after the other, each as it was written: so the grant is kept, not read when the
  // timer runs.
  const id = world.newId();
  spreadingGrants(world.store).put(id, { policyId, grant: { subject, resource, roles } });
  world.scheduleIn(world.settings.propagationMs, { kind: spreadTimer, payload: id });
}

function spread(world: World, payload: Json): void {
  const id = String(payload);
  const spreading = spreadingGrants(world.store).get(id);
  if (spreading === undefined) return;
  spreadingGrants(world.store).delete(id);
  if (policies(world.store).get(spreading.policyId)?.state !== 'active') return;
  enforcedGrants(world.store).put(spreading.policyId, spreading.grant);
  world.emit('policy.arrived', { id: spreading.policyId });
}

/** Timers of this API. */
export const timers: Timers = { [spreadTimer]: spread };

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

/** Writes a new policy. */
export function makePolicy(world: World, by: string, accountId: string, wanted: Wanted): Policy {
  const at = world.now().toISOString();
  const stamps = { createdAt: at, createdById: by, lastModifiedAt: at, lastModifiedById: by };
  const etag = nextEtag(world, undefined);
  const policy: Policy = { id: world.newId(), accountId, ...wanted, state: 'active', etag, ...stamps };
  policies(world.store).put(policy.id, policy);
  spreadLater(world, policy.id, policy);
  recordPolicy(world, policy, 'create', by);
  return policy;
}

/** Writes an authorization on behalf of a deployment, whose IAM id is then its creator's; where one stands, that will do. */
export function grantAs(world: World, by: string, grant: Grant): void {
  if (policies(world.store).ids('identity', identityOf({ type: 'authorization', ...grant })).length > 0) return;
  const plain = { tags: [], pattern: undefined, rule: undefined, description: undefined };
  makePolicy(world, by, world.account, { type: 'authorization', ...grant, ...plain });
}

/**
 * Ends what a deployment wrote, when it is removed for good.
 * Source: deployments reference, "What removing an authorization really does".
 */
export function endGrantsOf(world: World, by: string): void {
  for (const policy of policies(world.store).by('creator', by)) endPolicy(world, policy, by);
}
