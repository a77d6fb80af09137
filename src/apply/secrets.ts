import type { ApplyContext } from '../kinds/context.ts';
import type { Change, Status } from '../model/change.ts';
import { KeysteadError } from '../model/errors.ts';
import { nameOf } from '../model/secret.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * Opens every secret that these changes will need, looks at its length, and overwrites it: what is missing or too short is
 * told before anything is written.
 *
 * @throws KeysteadError `MATERIAL_LENGTH`, and whatever `open` throws, naming the resource
 */
export async function checkSecrets(
  changes: readonly Change[],
  { wanted }: Snapshot,
  { kinds, secret }: ApplyContext,
): Promise<void> {
  for (const { address, verb, status } of changes) {
    const own = wanted.get(address);
    const need = own && kinds.of(own).lifecycle.secret(verb, own.spec);
    if (need === undefined || !comesInThisRun(status)) continue;
    const bytes = await secret(need.source);
    const { length } = bytes;
    bytes.fill(0);
    if (need.fits(length)) continue;
    const message = `${address}: ${nameOf(need.source)} holds ${length} bytes, and must hold ${need.lengths}`;
    throw new KeysteadError('MATERIAL_LENGTH', message, { remedy: 'nothing was changed; supply other material' });
  }
}

/** What waits for others of the same run comes; what waits for a date or for somebody may not, and is checked when it does. */
function comesInThisRun(status: Status): boolean {
  if (status.is !== 'deferred') return status.is === 'ready';
  return status.until.every(({ when }) => when === 'done' || when === 'settled');
}
