import type { World } from '../world.ts';

/** A resource group of the account. The emulator has two, and they cannot be changed. */
export interface ResourceGroup {
  /** 32 hex digits, the short form; the long one is the CRN. */
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
}

/** Every account has one default group, usually called `Default`. Source: platform reference, "Resource Manager". */
export const groups: readonly ResourceGroup[] = [
  { id: 'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0', name: 'Default', isDefault: true },
  { id: 'abcdabcdabcdabcdabcdabcdabcdabcd', name: 'production', isDefault: false },
];

/** The CRN of a group. Live ones leave the location empty. */
export function groupCrn(world: World, id: string): string {
  return `crn:v1:bluemix:public:resource-controller::a/${world.account}::resource-group:${id}`;
}

/** The group that a short id or a CRN names. */
export function findGroup(world: World, idOrCrn: string): ResourceGroup | undefined {
  return groups.find((group) => group.id === idOrCrn || groupCrn(world, group.id) === idOrCrn);
}
