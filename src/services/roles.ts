import { DELEGATOR_ROLE, KEY_ROLE } from './table.ts';

/**
 * Roles in authorizations of Key Protect, by the last word of the role's CRN.
 * Source: Key Protect docs, "Roles and permissions"; IAM docs, "IAM roles and actions".
 */

/** Each role includes those to its right. Nothing implies KeyPurge or AuthorizationDelegator. */
const LADDER = ['Manager', 'Writer', 'ReaderPlus', 'Reader'] as const;

const PLATFORM_ROLES = ['Administrator', 'Editor', 'Operator', 'Viewer', 'AuthorizationDelegator'] as const;

/** Every role that Key Protect knows in an authorization. */
export const keyProtectRoles: readonly string[] = [...LADDER, 'KeyPurge', 'KmipAdapterManager', ...PLATFORM_ROLES];

/** One spelling for a role: display names lose their blanks, CRNs all but their last word. */
export function roleWord(written: string): string {
  const word = written.slice(written.lastIndexOf(':') + 1);
  return word.replaceAll(' ', '');
}

/** Whether holding `held` is as good as holding `wanted`. */
export function roleCovers(held: string, wanted: string): boolean {
  if (held === wanted) return true;
  const ladder: readonly string[] = LADDER;
  const [high, low] = [ladder.indexOf(held), ladder.indexOf(wanted)];
  return high >= 0 && low >= 0 && high < low;
}

/** The wanted roles that none of the held ones covers. */
export function missingRoles(held: readonly string[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((role) => !held.some((other) => roleCovers(other, role)));
}

/** Whether some of these roles lets its holder pass a key on, or may. */
export function mayDelegate(roles: readonly string[]): boolean {
  return roles.some((role) => !keyProtectRoles.includes(role) || role === DELEGATOR_ROLE);
}

/** Whether some of these roles reads keys, or may: what a custom role allows is not known here. */
export function mayRead(roles: readonly string[]): boolean {
  return roles.some((role) => !keyProtectRoles.includes(role) || roleCovers(role, KEY_ROLE));
}
