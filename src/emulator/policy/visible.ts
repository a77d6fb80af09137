import { mayOnPlatform, type PlatformRole } from '../iam/platform.ts';
import type { Call, World } from '../world.ts';
import { forbidden } from './errors.ts';
import { attributeOf, type Grant } from './state.ts';

/**
 * Whether the caller has that platform role on what a policy opens: its target's service, or one instance of it. Lists
 * show such policies only, which for some callers is none. Source: platform reference, "Operations" (IAM policy
 * management): an unreadable account is an empty list, not 403; how the role is found is judged.
 */
export function hasRoleOn(
  world: World,
  call: Call,
  role: PlatformRole,
  { resource }: Pick<Grant, 'resource'>,
): boolean {
  const guid = attributeOf(resource, 'serviceInstance');
  const serviceName = attributeOf(resource, 'serviceName') ?? '';
  return mayOnPlatform(world, call.identity.iamId, role, { serviceName, ...(guid === undefined ? {} : { guid }) });
}

/** Writing a policy takes Administrator on its target. @throws ApiError 403 `insufficent_permissions` */
export function requireAdministrator(world: World, call: Call, grant: Pick<Grant, 'resource'>): void {
  if (hasRoleOn(world, call, 'Administrator', grant)) return;
  throw forbidden(call, 'The platform role Administrator on the target of the policy is required.');
}
