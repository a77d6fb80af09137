import { blocked } from '../../model/change.ts';
import { affectedBy } from '../affected.ts';
import type { Guard } from './guard.ts';

/** A retention policy is never overruled. */
export const retention: Guard = ({ change: { verb }, effect }, { snapshot }) => {
  if (verb !== 'delete' && verb !== 'cryptoshred') return undefined;
  const uses = [...effect.endsUses, ...(effect.awaiting?.uses ?? [])].filter(
    ({ preventsDeletion }) => preventsDeletion,
  );
  if (uses.length === 0) return undefined;
  const names = affectedBy(uses, snapshot).map(({ name, by }) => (name === by ? by : `"${name}" (${by})`));
  const message = `${names.join(', ')} has a retention policy and prevents the deletion of its key, even by force`;
  return blocked('DELETION_PREVENTED', `${message}; end the retention there first`);
};
