import type { KpRegistration } from '../../cloud/key-protect/shapes.ts';
import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { parseCrn } from '../../model/crn.ts';
import { type Need, unrelated } from '../../model/relation.ts';
import type { Observed } from '../../model/resource.ts';
import { encryptionOf, KEY_ROLE } from '../../services/table.ts';
import { unlessGone } from '../gone.ts';
import { indexedBy } from '../index-rows.ts';
import { type InstanceFacts, observedInstance } from '../instance/facts.ts';

export interface LiveDeployment extends InstanceFacts {
  /** The service's catalog name. */
  readonly service: string;
  /** CRNs of the keys that it is known to use: echoed in its parameters, else registered on. */
  readonly keys: readonly LiveId[];
  /** The key that `encryption.key` set, if that can be told. */
  readonly encryptedBy?: LiveId;
}

export function toObserved(facts: LiveDeployment): Observed<LiveDeployment> {
  const { instance, service, keys } = facts;
  const by = { service, instance: instance.crn, resourceGroup: instance.resource_group_id };
  const needs: Need[] = keys.map((on) => ({ by, on, roles: [KEY_ROLE], pointer: '' }));
  return observedInstance('deployment', facts, { ...unrelated, needs });
}

/**
 * Which keys a live instance uses. Its echoed parameters come first; a service that does not echo them registers on
 * its key, so the registrations of the Key Protect instances in scope are asked then.
 *
 * @param vaults Key Protect instances to ask
 * Source: design 5, "Live key of a deployment"; without Cloud Databases' platform_options.
 */
export async function withKeys(
  read: Reader,
  facts: InstanceFacts,
  service: string,
  vaults: readonly LiveId[],
): Promise<LiveDeployment> {
  const echoed = keysIn(facts.instance.parameters);
  const parameter = encryptionOf(service)?.parameter;
  const own = parameter === undefined ? undefined : facts.instance.parameters?.[parameter];
  if (typeof own === 'string') return { ...facts, service, keys: echoed, encryptedBy: own };
  const registered = (await Promise.all(vaults.map((vault) => registeredKeys(read, vault, facts.instance.crn)))).flat();
  const keys = [...new Set([...echoed, ...registered])];
  const [only] = registered;
  return { ...facts, service, keys, ...(registered.length === 1 && only !== undefined ? { encryptedBy: only } : {}) };
}

const byRegistrant = indexedBy(({ resourceCrn }: KpRegistration) => [resourceCrn]);

async function registeredKeys(read: Reader, vault: LiveId, crn: LiveId): Promise<readonly LiveId[]> {
  const registrations = byRegistrant(await unlessGone([], read.registrations(vault), [])).get(crn) ?? [];
  return registrations.map(({ keyId }) => `${vault.slice(0, -1)}key:${keyId}`);
}

/** Every full CRN of a key, however deep. */
function keysIn(value: unknown): readonly LiveId[] {
  if (typeof value === 'string') return parseCrn(value)?.type === 'key' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(keysIn);
}
