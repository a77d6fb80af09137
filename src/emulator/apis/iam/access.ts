import {
  type IdentityRecord,
  identities,
  type PlatformRole,
  type PlatformTarget,
} from '../../core/account/identities.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import type { Call, World } from '../../core/world.ts';
import { aboutOf } from './about.ts';
import { refuse } from './errors.ts';

/** What the identity service keeps: a kind of identity, or one of them. */
interface Kept {
  readonly type: 'serviceid' | 'profile' | 'user';
  /** As the identity API has it: `ServiceId-…`, `Profile-…`, or a user's IAM id. */
  readonly id?: string;
}

/** The identity of that IAM id. Its API keys are its own: who may use it may use them. */
export function kept(iamId: string): Kept {
  if (iamId.startsWith('iam-ServiceId-')) return { type: 'serviceid', id: iamId.replace(/^iam-/, '') };
  if (iamId.startsWith('iam-Profile-')) return { type: 'profile', id: iamId.replace(/^iam-/, '') };
  return { type: 'user', id: iamId };
}

/**
 * Whether the caller has that platform role on it; everybody sees oneself, and administers the service IDs that one made.
 * Source of the last: IBM Cloud docs, IAM Identity service.
 */
function mayOnIdentity(world: World, call: Call, role: PlatformRole, one: Kept): boolean {
  const { iamId } = call.identity;
  const isMaker = one.type === 'serviceid' && one.id !== undefined && aboutOf(world.store, one.id).createdBy === iamId;
  const isEnough = isMaker || (role === 'Viewer' && isCaller(call, one));
  return isEnough || mayOnPlatform(world, iamId, role, targetOf(one));
}

/**
 * Viewer sees service IDs and profiles; Operator makes, changes and deletes service IDs, sees and manages the API keys of
 * others, and deletes profiles; Editor changes profiles with their rules, links and identities; Administrator makes them.
 *
 * Source: IBM Cloud docs, "Actions and roles for account management services", IAM Identity Service. Judged: that Operator
 * changes service IDs, that whom a profile trusts is part of it, and, as everywhere here, that Editor contains Operator.
 *
 * @throws ApiError 403 `BXNIM0513E`
 */
export function requireOnIdentity(world: World, call: Call, role: PlatformRole, one: Kept): void {
  if (mayOnIdentity(world, call, role, one)) return;
  const message = `You are not authorized to use this API: the platform role ${role} on iam-identity is required.`;
  throw refuse(call, 403, 'BXNIM0513E', message);
}

/** Whether somebody may do with the API keys of an identity what takes Operator: a user may with its own ones. */
export function mayOnKeysOf(world: World, call: Call, iamId: string): boolean {
  const one = kept(iamId);
  return (one.type === 'user' && isCaller(call, one)) || mayOnIdentity(world, call, 'Operator', one);
}

/** @throws ApiError 403 */
export function requireOnKeysOf(world: World, call: Call, iamId: string): void {
  if (!mayOnKeysOf(world, call, iamId)) requireOnIdentity(world, call, 'Operator', kept(iamId));
}

/** Whether it is the caller's own. */
export function isCaller(call: Call, one: Kept): boolean {
  return one.id !== undefined && kept(call.identity.iamId).id === one.id;
}

/** Those of one kind that a list is asked for and that the caller sees: of the account, by name if one is given. */
export function identitiesAsked(world: World, call: Call, kind: IdentityRecord['kind']): readonly IdentityRecord[] {
  if ((call.query.get('account_id') ?? world.account) !== world.account) return [];
  const name = call.query.get('name');
  return world.store.remember(`identities ${kind} ${call.identity.iamId} ${name ?? ''}`, () => {
    const table = identities(world.store);
    return (name === null ? table.all() : table.by('name', name))
      .filter((one) => one.kind === kind)
      .filter(({ iamId }) => mayOnIdentity(world, call, 'Viewer', kept(iamId)));
  });
}

function targetOf(one: Kept): PlatformTarget {
  const guid = one.id === undefined ? {} : { guid: one.id };
  return { serviceName: 'iam-identity', isAccountManagement: true, resource: one, ...guid };
}
