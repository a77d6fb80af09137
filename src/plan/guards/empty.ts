import { blocked } from '../../model/change.ts';
import { isStanding } from '../../model/state.ts';
import { isDeletion } from '../../model/verbs.ts';
import type { Guard } from './guard.ts';

/** What is inside must go first, whoever owns it. What can be restored does not stand in the way. */
export const empty: Guard = ({ change, live }, { snapshot, changes }) => {
  if (live === undefined || !isDeletion(change.verb)) return undefined;
  const inside = snapshot.live.inside(live.id).filter(
    (object) =>
      isStanding(object) &&
      // A ring's own default goes with its instance.
      (object.marks.length > 0 || object.relations.wraps !== undefined) &&
      changes.deleting(object.id) === undefined,
  );
  if (inside.length === 0) return undefined;
  const names = inside.map(({ name, id }) => `"${name}" (${id})`).join(', ');
  return blocked('NOT_EMPTY', `${live.id} still holds ${names}; delete or move what is inside first`);
};
