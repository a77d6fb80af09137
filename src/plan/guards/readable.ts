import { blocked } from '../../model/change.ts';
import { isUnlocated, isWholeService } from '../../model/containment.ts';
import { isDeletion } from '../../model/verbs.ts';
import type { Guard } from './guard.ts';

/** A grant goes only when it can be told whom it serves. A grant to a whole service cannot: its instances are not all listed. */
export const readable: Guard = ({ change, live }, { snapshot }) => {
  const grants = isDeletion(change.verb) ? (live?.relations.grants ?? []) : [];
  if (grants.length === 0) return undefined;
  const lacking = [...snapshot.incomplete].flatMap(([kind, why]) => (kind === live?.kind ? [] : [why]));
  const [hidden] = [...snapshot.unreadable.values(), ...lacking];
  if (hidden !== undefined) {
    return blocked(
      'UNREADABLE',
      `whom this authorization serves cannot be told, since not everything can be read: ${hidden}`,
    );
  }
  const lost = grants.find(({ target }) => isUnlocated(target));
  if (lost !== undefined) {
    const message = `this authorization is about ${lost.target}, which is not among the instances that are asked who needs it`;
    return blocked(
      'UNREADABLE',
      `${message}; declare that instance with \`existing: true\` and its \`crn\`, or delete this policy yourself if the instance is gone`,
    );
  }
  const whole = grants.find(({ target }) => isWholeService(target));
  if (whole === undefined) return undefined;
  const message = `this authorization covers every instance of ${whole.target.slice('service:'.length)}`;
  return blocked('UNREADABLE', `${message}, and not all of them can be asked who needs it; delete it yourself`);
};
