import { blocked } from '../../model/change.ts';
import { isDeletion } from '../../model/verbs.ts';
import { isPresent } from '../../model/wanted.ts';
import type { Guard } from './guard.ts';

/**
 * A tombstone of what another block is declared to be: a new map key whose former name was given a tombstone, or a pin on
 * it. It is never both kept and deleted. What is replaced is no tombstone's.
 */
export const redeclared: Guard = ({ change, desired, live }, { kinds, snapshot }) => {
  if (live === undefined || !isDeletion(change.verb) || isPresent(desired)) return undefined;
  const { id } = live;
  const other = snapshot.allDeclaredAs(id).find((one) => {
    if (one.kind !== desired.kind || !isPresent(one)) return false;
    // An `existing` authorization is satisfied by anything that covers it.
    return (
      !one.spec.existing ||
      kinds
        .of(one)
        .identity.satisfiedBy(one, snapshot)
        .every((object) => object.id === id)
    );
  });
  if (other === undefined) return undefined;
  const undone = desired.pruned ? 'leave `--prune` out' : 'remove this tombstone';
  const kept = other.spec.existing
    ? `or the block of ${other.address}`
    : `and add \`formerly: [${desired.mark.name}]\` to ${other.address} if that is its new name`;
  const message = `${id} is what ${other.address} is declared to be, which stays; ${undone}, ${kept}`;
  return blocked('DUPLICATE_IDENTITY', message);
};
