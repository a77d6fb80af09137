import type { Reader } from '../../cloud/reader.ts';
import type { KpKey } from '../../cloud/wire.ts';
import type { LiveId } from '../../model/address.ts';

/** A key with its rotation policy, asked for where the answer left it out. Only live root keys have one. */
export async function withRotation(read: Reader, instance: LiveId, found: KpKey): Promise<KpKey> {
  if (found.rotation !== undefined || found.extractable || found.state === 5) return found;
  const rotation = await read.rotationPolicy(instance, found.id);
  return rotation === undefined ? found : { ...found, rotation };
}
