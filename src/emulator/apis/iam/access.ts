import type { PlatformRole, PlatformTarget } from '../../core/account/identities.ts';
import { developer, findIdentity, identityOf, keyOfSecret } from '../../core/account/identities.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Call, Identity, World } from '../../core/world.ts';
import { refuse } from './call.ts';

/** What the identity service keeps: a kind of identity, or one of them. */
interface Kept {
  readonly type: 'serviceid' | 'profile' | 'user';
  /** As the identity API has it: `ServiceId-…`, `Profile-…`, or a user's IAM id. */
  readonly id?: string;
}

/** The identity of that IAM id. Its API keys are its own: who may use it may use them. */
export function kept(iamId: string): Kept & { readonly id: string } {
  if (iamId.startsWith('iam-ServiceId-')) return { type: 'serviceid', id: iamId.replace(/^iam-/, '') };
  if (iamId.startsWith('iam-Profile-')) return { type: 'profile', id: iamId.replace(/^iam-/, '') };
  return { type: 'user', id: iamId };
}

/**
 * Whether the caller has that platform role on it; everybody sees oneself, and administers the service IDs that one made.
 * Source of the last: IBM Cloud docs, IAM Identity service.
 */
export function mayOnIdentity(world: World, call: Call, role: PlatformRole, one: Kept): boolean {
  const { iamId } = call.identity;
  const isMaker = one.type === 'serviceid' && one.id !== undefined && aboutOf(world.store, one.id).createdBy === iamId;
  const isEnough = isMaker || (role === 'Viewer' && isCaller(call, one));
  return isEnough || mayOnPlatform(world, iamId, role, targetOf(one));
}

/**
 * Viewer sees service IDs and profiles; Operator makes, changes and deletes service IDs, sees and manages the API keys of
 * others, and deletes profiles; Editor changes profiles with their rules, links and identities; Administrator makes them.
 * Source: IBM Cloud docs, "Actions and roles for account management services", IAM Identity Service. Judged: that Operator
 * changes service IDs, that whom a profile trusts is part of it, and, as everywhere here, that Editor contains Operator.
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

function targetOf(one: Kept): PlatformTarget {
  const guid = one.id === undefined ? {} : { guid: one.id };
  return { serviceName: 'iam-identity', isAccountManagement: true, resource: one, ...guid };
}

/** What the identity API keeps of a service ID, an API key or a profile beside who it is. */
export interface About {
  /** Of an API key; undefined: its identity's. */
  readonly name: string | undefined;
  readonly description: string;
  readonly locked: boolean;
  readonly disabled: boolean;
  readonly expiresAt: string | undefined;
  readonly supportSessions: boolean;
  readonly actionWhenLeaked: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly modifiedAt: string;
  /** Raised with every write: the first part of the entity tag. */
  readonly version: number;
  /** Since it was made, the oldest first. */
  readonly changes: readonly Change[];
}

/** Who changed it, and when. */
interface Change {
  readonly at: string;
  readonly by: string;
  readonly action: 'UPDATE';
}

/** Of what was there before anybody asked: the default identity and those of the start. */
const unsaid: About = {
  name: undefined,
  description: '',
  locked: false,
  disabled: false,
  expiresAt: undefined,
  supportSessions: false,
  actionWhenLeaked: 'none',
  createdAt: '2026-01-02T03:04:00.000Z',
  createdBy: 'IBMid-3100000001',
  modifiedAt: '2026-01-02T03:04:00.000Z',
  version: 1,
  changes: [],
};

/** By the id of the API key, service ID or profile. */
export function abouts(store: Store): Table<About> {
  return store.table<About>('iam/about');
}

/** What is known of it; what nobody said otherwise. */
export function aboutOf(store: Store, id: string): About {
  return { ...unsaid, ...abouts(store).get(id) };
}

/** Writes something new. */
export function describe(world: World, call: Call, id: string, given: Partial<About>): void {
  const at = world.now().toISOString();
  abouts(world.store).put(id, { ...unsaid, ...given, createdAt: at, modifiedAt: at, createdBy: call.identity.iamId });
}

/** Changes what is known, with another entity tag. */
export function change(world: World, call: Call, id: string, given: Partial<About>): void {
  const before = aboutOf(world.store, id);
  const modifiedAt = world.now().toISOString();
  const changes = [...before.changes, { at: modifiedAt, by: call.identity.iamId, action: 'UPDATE' as const }];
  abouts(world.store).put(id, { ...before, ...given, modifiedAt, version: before.version + 1, changes });
}

/** As IBM writes them: the version and a part that differs from thing to thing. */
export function entityTag(id: string, version: number): string {
  return `${version}-${Buffer.from(id).toString('hex').slice(-32)}`;
}

/** `2026-01-02T03:04+0000`: minutes, and no colon in the zone. Source: platform reference, "Identity API used for bootstrap". */
export function identityTime(iso: string): string {
  return `${iso.slice(0, 16)}+0000`;
}

/** The API key of that secret, if it may be used. */
export function findApiKey(
  world: World,
  secret: string,
): { readonly id: string; readonly name: string; readonly identity: Identity } | undefined {
  const key = keyOfSecret(world.store, secret);
  const record = key === undefined ? undefined : findIdentity(world.store, key.iamId);
  if (key === undefined || record === undefined) return undefined;
  const about = aboutOf(world.store, key.id);
  if (about.disabled || (about.expiresAt !== undefined && Date.parse(about.expiresAt) <= world.now().getTime())) {
    return undefined;
  }
  const name = about.name ?? (record.iamId === developer.iamId ? 'keystead' : record.name);
  return { id: key.id, name, identity: identityOf(world, record) };
}
