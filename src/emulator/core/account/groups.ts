import type { Store, Table, World } from '../world.ts';

/** A resource group of the account. Deleted ones stay, for lists that ask for them. */
export interface ResourceGroup {
  /** 32 hex digits, the short form; the long one is the CRN. */
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Any date long ago: groups are there before the emulator starts. */
const madeAt = '2019-04-11T14:15:23.139Z';

/** Every account has one default group, usually called `Default`. Source: platform reference, "Resource Manager". */
const initial: readonly ResourceGroup[] = [
  ['d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0', 'Default'] as const,
  ['abcdabcdabcdabcdabcdabcdabcdabcd', 'production'] as const,
].map(([id, name]) => ({
  id,
  name,
  isDefault: name === 'Default',
  state: 'ACTIVE',
  createdAt: madeAt,
  updatedAt: madeAt,
}));

/** What was made or changed since the account was opened, by id. */
export function groupTable(store: Store): Table<ResourceGroup> {
  return store.table<ResourceGroup>('resource-manager/groups');
}

/** Every group, deleted ones included, in the order in which they were made. */
export function allGroups(world: World): readonly ResourceGroup[] {
  const changed = groupTable(world.store);
  const made = changed.all().filter((group) => !initial.some(({ id }) => id === group.id));
  return [...initial.map((group) => changed.get(group.id) ?? group), ...made];
}

/** The CRN of a group. Live ones leave the location empty. */
export function groupCrn(world: World, id: string): string {
  return `crn:v1:bluemix:public:resource-controller::a/${world.account}::resource-group:${id}`;
}

/** The group that a short id or a CRN names, if it was not deleted. */
export function findGroup(world: World, idOrCrn: string): ResourceGroup | undefined {
  return allGroups(world).find(
    (group) => group.state !== 'DELETED' && (group.id === idOrCrn || groupCrn(world, group.id) === idOrCrn),
  );
}
