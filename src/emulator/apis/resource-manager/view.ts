import { groupCrn, type ResourceGroup } from '../../core/account/groups.ts';
import type { World } from '../../core/world.ts';
import { quotaId } from './quotas.ts';

/** A group as the API shows it; `resource_linkages` has strings only, or none, for the provider's sake. */
export function groupView(world: World, group: ResourceGroup): Readonly<Record<string, unknown>> {
  return {
    id: group.id,
    crn: groupCrn(world, group.id),
    account_id: world.account,
    name: group.name,
    state: group.state,
    default: group.isDefault,
    quota_id: quotaId,
    quota_url: `/v2/quota_definitions/${quotaId}`,
    payment_methods_url: `/v2/resource_groups/${group.id}/payment_methods`,
    resource_linkages: [],
    teams_url: `/v2/resource_groups/${group.id}/teams`,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
  };
}
