import { blocked } from '../../model/change.ts';
import type { Guard } from './guard.ts';

/**
 * A grant that is not understood is neither rewritten nor deleted: a write would drop what is not known of it, and who needs it
 * cannot be told.
 */
export const understood: Guard = ({ live }) => {
  const opaque = live?.relations.grants.find((grant) => grant.opaque !== undefined)?.opaque;
  if (live === undefined || opaque === undefined) return undefined;
  const message = `what ${live.id} allows is not understood: ${opaque}`;
  return blocked('NOT_UNDERSTOOD', `${message}; change or delete it yourself`);
};
