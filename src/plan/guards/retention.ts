import { blocked } from '../../model/change.ts';
import { instanceOf } from '../../model/uses.ts';
import { affectedBy } from '../affected.ts';
import type { Guard } from './guard.ts';

/**
 * What prevents the deletion of its key is never overruled. It is a retention policy, or a service that holds its key until its
 * instance is reclaimed: in reclamation, or when the same plan deletes it, that ends by itself and is waited for.
 *
 * Source: terraform-provider-ibm, issue 5472 (Event Streams).
 */
export const retention: Guard = ({ change: { verb }, effect }, { snapshot, changes }) => {
  if (verb !== 'delete' && verb !== 'cryptoshred') return undefined;
  const uses = [...effect.endsUses, ...(effect.awaiting?.uses ?? [])].filter(
    ({ preventsDeletion }) => preventsDeletion,
  );
  const affected = affectedBy(uses, snapshot);
  const lasting = affected.filter(({ by, deletedAt }) => deletedAt === undefined && !changes.deleting(instanceOf(by)));
  if (lasting.length === 0) return undefined;
  const names = lasting.map(({ name, by }) => (name === by ? by : `"${name}" (${by})`));
  const message = `${names.join(', ')} prevents the deletion of its key, even by force`;
  const why = 'it has a retention policy, or its service holds the key until it is reclaimed';
  return blocked('DELETION_PREVENTED', `${message}: ${why}; end the retention, or delete it, first`);
};
