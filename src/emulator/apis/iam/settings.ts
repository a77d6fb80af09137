import { mayOnPlatform } from '../../core/account/platform.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { entityTag } from './access.ts';
import { entity, notFound, refuse } from './call.ts';
import { historyOf } from './history.ts';

/**
 * `GET /v1/accounts/{account}/settings/identity`: those of an account in which nobody changed any; they cannot be changed
 * here.
 * @throws ApiError 404 for another account, 403 without Viewer on all of iam-identity (both judged)
 * Source: platform-services-go-sdk, model AccountSettingsResponse; that all of them are unset is judged.
 */
export function getAccountSettings(world: World, call: Call): Reply {
  const { account = '' } = call.params;
  if (account !== world.account) throw notFound(call, `The account ${account}`);
  const target = { serviceName: 'iam-identity', isAccountManagement: true } as const;
  if (!mayOnPlatform(world, call.identity.iamId, 'Viewer', target)) {
    throw refuse(call, 403, 'BXNIM0513E', 'You are not authorized to use this API.');
  }
  const unset = 'NOT_SET';
  return entity({
    account_id: account,
    entity_tag: entityTag(account, 1),
    ...(call.query.get('include_history') === 'true' ? { history: historyOf(world, account) } : {}),
    restrict_create_service_id: unset,
    restrict_create_platform_apikey: unset,
    allowed_ip_addresses: '',
    mfa: 'NONE',
    session_expiration_in_seconds: unset,
    session_invalidation_in_seconds: unset,
    max_sessions_per_identity: unset,
    system_access_token_expiration_in_seconds: unset,
    system_refresh_token_expiration_in_seconds: unset,
    restrict_user_list_visibility: 'NOT_RESTRICTED',
    user_mfa: [],
    restrict_user_domains: [],
  });
}
