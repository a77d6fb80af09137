import type { Address, LiveId } from './address.ts';
import type { Change } from './change.ts';
import { groupBy } from './group-by.ts';
import { isDeletion } from './verbs.ts';

/** The changes of one plan: what goes together is judged together. */
export interface Changes {
  of(address: Address): readonly Change[];
  /** The change by which a live object goes, whatever its status. */
  deleting(id: LiveId): Change | undefined;
  /** What is done to a live object, and is not blocked. */
  to(id: LiveId): readonly Change[];
}

export function indexChanges(changes: readonly Change[]): Changes {
  const byAddress = groupBy(changes, ({ address }) => address);
  const byTarget = groupBy(changes, ({ target }) => target?.id);
  return {
    of: (address) => byAddress.get(address) ?? [],
    deleting: (id) => byTarget.get(id)?.find(({ verb }) => isDeletion(verb)),
    to: (id) => (byTarget.get(id) ?? []).filter(({ status }) => status.is !== 'blocked'),
  };
}
