import { isDeletion } from '../../model/verbs.ts';
import type { Guard } from './guard.ts';

/** The API's own clocks and states. A second step waits for the first whatever the API would say to it now. */
export const clock: Guard = ({ change, desired, live }, { kinds, snapshot }) => {
  if (live === undefined || !isDeletion(change.verb) || change.status.is === 'deferred') return undefined;
  return kinds.of(live).lifecycle.gate(change.verb, live, snapshot.now, desired.spec);
};
