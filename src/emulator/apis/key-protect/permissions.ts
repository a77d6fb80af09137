import type { World } from '../../core/world.ts';
import { type Access, findIdentity } from '../iam/identities.ts';
import { accessFromPolicies } from '../policy/access.ts';
import type { Instance } from '../resource-controller/state.ts';

/** The service roles of Key Protect. */
export type KeyProtectRole = 'Reader' | 'ReaderPlus' | 'Writer' | 'Manager' | 'KeyPurge';

const fromReader = ['Reader', 'ReaderPlus', 'Writer', 'Manager'] as const;
const fromReaderPlus = ['ReaderPlus', 'Writer', 'Manager'] as const;
const fromWriter = ['Writer', 'Manager'] as const;
const manager = ['Manager'] as const;

/**
 * Which roles contain which action. Each contains the ones before it, but KeyPurge, which stands alone.
 * Source: Key Protect reference, "IAM"; names of actions are partly derived from event names (UNSURE).
 */
const grantedBy = {
  'kms.secrets.list': fromReader,
  'kms.secrets.head': fromReader,
  'kms.secrets.readmetadata': fromReader,
  'kms.secrets.listkeyversions': fromReader,
  'kms.secrets.wrap': fromReader,
  'kms.secrets.unwrap': fromReader,
  'kms.secrets.rewrap': fromReader,
  'kms.registrations.list': fromReader,
  'kms.registrations.write': fromReader,
  'kms.keyrings.list': fromReader,
  'kms.instanceallowedipport.read': fromReader,
  'kms.secrets.read': fromReaderPlus,
  'kms.secrets.create': fromWriter,
  'kms.secrets.rotate': fromWriter,
  'kms.secrets.sync': fromWriter,
  'kms.secrets.setkeyfordeletion': fromWriter,
  'kms.secrets.unsetkeyfordeletion': fromWriter,
  'kms.secrets.createalias': fromWriter,
  'kms.secrets.deletealias': fromWriter,
  'kms.keyrings.create': fromWriter,
  'kms.importtoken.create': fromWriter,
  'kms.importtoken.read': fromWriter,
  'kms.secrets-with-policy-overrides.create': manager,
  'kms.secrets.delete': manager,
  'kms.secrets.restore': manager,
  'kms.secrets.enable': manager,
  'kms.secrets.disable': manager,
  'kms.secrets.patch': manager,
  'kms.policies.read': manager,
  'kms.policies.write': manager,
  'kms.instancepolicies.read': manager,
  'kms.instancepolicies.write': manager,
  'kms.keyrings.delete': manager,
  'kms.secrets.purge': ['KeyPurge'],
} as const satisfies Readonly<Record<string, readonly KeyProtectRole[]>>;

/** An action that IAM grants. */
export type Permission = keyof typeof grantedBy;

/** The actions that a role contains, for whoever lists roles. */
export function actionsOf(role: KeyProtectRole): readonly string[] {
  return Object.entries(grantedBy).flatMap(([action, roles]) => (roles.some((one) => one === role) ? [action] : []));
}

/** What is asked for: a key in its ring, a ring, or the whole instance. */
export interface Place {
  readonly ring?: string;
  readonly key?: string;
}

/** What an identity may do in an instance; `all` contains also what no role does. */
export type AccessHere = readonly Access[] | 'all';

/** What an identity was given, and what access policies add to it. */
export function accessIn(world: World, iamId: string, instance: Instance): AccessHere {
  const access = findIdentity(world.store, iamId)?.access ?? [];
  if (access === 'all') return access;
  const given = access.filter(
    (one) => one.instance === undefined || [instance.guid, instance.name].includes(one.instance),
  );
  return [...given, ...accessFromPolicies(world, iamId, instance)];
}

/**
 * Whether that allows something in a place. An access that is narrowed to a ring or a key says nothing of what is wider.
 * Source: Key Protect reference, "IAM" (the attributes of a policy).
 */
export function allows(access: AccessHere, permission: Permission, place: Place): boolean {
  if (access === 'all') return true;
  const granting: readonly string[] = grantedBy[permission];
  return access.some(
    ({ ring, key, roles, actions }) =>
      (ring === undefined || ring === place.ring) &&
      (key === undefined || key === place.key) &&
      (roles.some((role) => granting.includes(role)) || actions?.includes(permission) === true),
  );
}
