import type { Kind } from '../kinds/kind.ts';
import type { Known } from '../kinds/known.ts';
import { addressOf, type Mark, sameMark } from '../model/address.ts';
import type { Change, Orphan } from '../model/change.ts';
import { marksOf } from '../model/ownership.ts';
import type { Desired, Inventory } from '../model/resource.ts';

export interface Search {
  readonly kinds: readonly Kind[];
  readonly stack: string;
  /** What was marked under the stack's former name is the stack's too. */
  readonly formerStack?: string | undefined;
  readonly desired: readonly Desired[];
  readonly inventory: Pick<Inventory, 'objects'>;
}

/**
 * Live objects with this stack's mark that no resource is. They are shown and left alone.
 *
 * One that bears a declared resource's mark is shown as well when the resource is another object by its pin; while it is
 * not settled which object a resource is, its own block tells.
 */
export function orphansOf(
  { kinds, stack, formerStack, desired, inventory }: Search,
  changes: readonly Change[],
  known: Known,
): readonly Orphan[] {
  const resources = desired.flatMap(({ address }) => known.id(address) ?? []);
  const claimed = new Set([...resources, ...changes.flatMap(({ target }) => target?.id ?? [])]);
  const isUndecided = (kind: string, mark: Mark): boolean => {
    const claimant = desired.find((one) => one.kind === kind && marksOf(one).some((own) => sameMark(own, mark)));
    return claimant !== undefined && known.id(claimant.address) === undefined;
  };
  // What several blocks may be carries the mark of each: one that nothing declares stays on it.
  const isLeftOn = (kind: string, mark: Mark): boolean =>
    kinds.some(({ name, marks }) => name === kind && marks === 'shared') &&
    !desired.some((one) => one.kind === kind && marksOf(one).some((own) => sameMark(own, mark)));
  return inventory.objects
    .filter(({ life }) => life.is === 'active' || life.is === 'settling')
    .flatMap(({ id, kind, name, marks }) =>
      marks
        .filter((mark) => (mark.stack === stack || mark.stack === formerStack) && !isUndecided(kind, mark))
        .filter((mark) => !claimed.has(id) || isLeftOn(kind, mark))
        .map((mark) => ({
          address: addressOf(kind, mark.name),
          id,
          name,
          ...(mark.stack === stack ? {} : { stack: mark.stack }),
        })),
    )
    .sort((left, right) => (left.address < right.address ? -1 : 1));
}
