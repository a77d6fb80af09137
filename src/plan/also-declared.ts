import type { Kind } from '../kinds/kind.ts';
import type { Known } from '../kinds/known.ts';
import type { Blocked, Change } from '../model/change.ts';
import type { Desired, Inventory } from '../model/resource.ts';

interface Scene {
  readonly kinds: readonly Kind[];
  readonly desired: readonly Desired[];
  readonly inventory: Pick<Inventory, 'objects'>;
  readonly known: Known;
}

/**
 * A tombstone of what another block is declared to be: a new map key whose former name was given a tombstone, or a pin on
 * it. It is never both kept and ended. What is replaced is no tombstone's.
 */
export function alsoDeclared(change: Change, { kinds, desired, inventory, known }: Scene): Blocked | undefined {
  const own = desired.find(({ address }) => address === change.address);
  const id = change.target?.id;
  if (own === undefined || id === undefined || isStaying(own)) return undefined;
  const kind = kinds.find(({ name }) => name === own.kind);
  const rest = inventory.objects.filter((object) => object.kind === own.kind && object.id !== id);
  // An `existing` authorization is met by anything that covers it.
  const isMetElsewhere = (one: Desired): boolean =>
    one.spec.existing === true && kind?.meets(one, rest, known) !== undefined;
  const other = desired.find(
    (one) => one.kind === own.kind && isStaying(one) && known.id(one.address) === id && !isMetElsewhere(one),
  );
  if (other === undefined) return undefined;
  const undone = own.pruned ? 'leave `--prune` out' : 'remove this tombstone';
  const kept = other.spec.existing
    ? `or the block of ${other.address}`
    : `and add \`formerly: [${own.mark.name}]\` to ${other.address} if that is its new name`;
  const message = `${id} is what ${other.address} is declared to be, which stays; ${undone}, ${kept}`;
  return { is: 'blocked', code: 'DUPLICATE_IDENTITY', message };
}

function isStaying({ spec: { state = 'present' } }: Desired): boolean {
  return state === 'present';
}
