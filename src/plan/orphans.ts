import type { Known } from '../kinds/known.ts';
import { addressOf } from '../model/address.ts';
import type { Plan } from '../model/change.ts';
import type { Desired, Observed } from '../model/resource.ts';

/** Live objects with this stack's mark that nothing declares. They are shown and left alone. */
export function orphansOf(
  stack: string,
  desired: readonly Desired[],
  objects: readonly Observed[],
  known: Known,
): Plan['orphans'] {
  const declared = new Set(desired.map(({ address }) => address));
  const claimed = new Set(desired.flatMap(({ address }) => known.id(address) ?? []));
  return objects
    .filter(({ id, life }) => !claimed.has(id) && (life.is === 'active' || life.is === 'settling'))
    .flatMap(({ id, kind, name, marks }) =>
      marks
        .filter((mark) => mark.stack === stack && !declared.has(addressOf(kind, mark.name)))
        .map((mark) => ({ address: addressOf(kind, mark.name), id, name })),
    )
    .sort((left, right) => (left.address < right.address ? -1 : 1));
}
