import type { KpKey } from '../../cloud/key-protect/shapes.ts';
import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { CloudRefused } from '../../model/errors.ts';
import type { Observed } from '../../model/resource.ts';
import { type LiveKey, see } from './facts.ts';

/** A key with its rotation policy, asked for where the answer left it out. Only live root keys have one. */
export async function withRotation(read: Reader, instance: LiveId, found: KpKey): Promise<KpKey> {
  if (found.rotation !== undefined || found.extractable || found.state === 5) return found;
  const rotation = await read.rotationPolicy(instance, found.id);
  return rotation === undefined ? found : { ...found, rotation };
}

/** As it is seen, rotation policy included. That takes the role Manager: where it is refused, the rest is seen all the same. */
export async function seeWhole(read: Reader, instance: LiveId, found: KpKey): Promise<Observed<LiveKey>> {
  try {
    return see(instance, await withRotation(read, instance, found));
  } catch (error) {
    if (!(error instanceof CloudRefused && [401, 403].includes(error.facts.status ?? 0))) throw error;
    const object = see(instance, found);
    return { ...object, facts: { ...object.facts, rotationUnread: 'not readable (needs Manager)' } };
  }
}
