import type { World } from '../../core/world.ts';
import { attributeOf, type Policy } from './state.ts';

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
    at: world.now().toISOString(),
    target: `crn:v1:bluemix:public:iam-am::a/${policy.accountId}::policy:${policy.id}`,
    initiator,
    outcome: 'success',
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
export function nextEtag(world: World, before: Policy | undefined): string {
  const version = before === undefined ? 1 : Number.parseInt(before.etag, 10) + 1;
  return `${version}-${world.newId().replaceAll('-', '')}`;
}
