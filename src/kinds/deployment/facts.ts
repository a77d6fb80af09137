import type { KpRegistration } from '../../cloud/key-protect/shapes.ts';
import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { instanceCrnOf } from '../../model/crn.ts';
import { CloudError, isRefused } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import { unrelated } from '../../model/relation.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { serviceRows } from '../../services/table.ts';
import { indexedBy } from '../index-rows.ts';
import { type InstanceFacts, observedInstance } from '../instance/facts.ts';
import { keysIn } from './echo.ts';
import { type LiveDeployment, needsOf, registeredDataKeys, type SeenKeys } from './live-keys.ts';
import type { DeploymentSpec } from './spec.ts';

type Offering = Pick<LiveDeployment, 'service' | 'plan'>;

export function offeringOf({ instance }: InstanceFacts, service: string, { catalog }: Snapshot): Offering {
  return { service, plan: catalog.planName(service, instance.resource_plan_id) };
}

export function toObserved(facts: LiveDeployment): Observed<LiveDeployment> {
  return observedInstance('deployment', facts, { ...unrelated, needs: needsOf(facts) });
}

/**
 * Looks for the keys of a live instance where they are registered, and where they are not, asks its service.
 *
 * @param vaults Key Protect instances to ask
 * @param told what its service said before; absent: it is not to be asked
 */
export async function withKeys(
  read: Reader,
  facts: InstanceFacts,
  offering: Offering,
  vaults: readonly LiveId[],
  told?: SeenKeys['told'] | 'ask',
): Promise<LiveDeployment> {
  const answers = await Promise.all(vaults.map((vault) => registeredKeys(read, vault, facts.instance.crn)));
  const registered = [...new Set(answers.flatMap((keys) => keys ?? []))];
  const asked = vaults.filter((_, index) => answers[index] !== undefined);
  const seen = { ...facts, ...offering, keys: { registered, asked } };
  // Registered on several that the echo does not tell apart, it says which is for what.
  if (told === undefined || registeredDataKeys(seen).length === 1) return seen;
  const answer = told === 'ask' ? await toldBy(read, seen) : told;
  return answer === undefined ? seen : { ...seen, keys: { ...seen.keys, told: answer } };
}

/**
 * What a database that is not registered says of its keys: `""` is a key of IBM's.
 *
 * @returns undefined where it does not say, or cannot be asked
 * Source: Cloud Databases API v5, `platform_options`; ManageIQ's recorded answers (2021-10-26).
 */
async function toldBy(read: Reader, { instance, service, plan }: LiveDeployment): Promise<SeenKeys['told']> {
  const asks = serviceRows(service, plan).some(({ toldBy: api }) => api === 'Cloud Databases');
  if (!asks || instance.state !== 'active') return undefined;
  try {
    const { disk_encryption_key_crn: disk, backup_encryption_key_crn: backups } =
      (await read.databaseKeys(instance.crn)) ?? {};
    return given({ data: keyTold(disk), backups: keyTold(backups) });
  } catch (error) {
    if (error instanceof CloudError) return undefined;
    throw error;
  }
}

function keyTold(text: string | undefined): LiveId | null | undefined {
  return text === '' ? null : keysIn(text)[0];
}

/** The live Key Protect instances that hold the keys of these deployments. */
export function vaultsOf(asked: readonly Desired<DeploymentSpec>[], snapshot: Snapshot): readonly LiveId[] {
  const keys = asked.flatMap(({ refs }) => Object.values(refs).flatMap((ref) => snapshot.idOf(ref) ?? []));
  return [...new Set(keys.map(instanceCrnOf))];
}

/** The Key Protect instances that hold the keys it was seen to use. */
export function vaultsSeen({ instance, keys }: Pick<LiveDeployment, 'instance' | 'keys'>): readonly LiveId[] {
  const vaults = [...keys.registered, ...keysIn([instance.parameters, instance.extensions])].map(instanceCrnOf);
  return [...new Set([...keys.asked, ...vaults])];
}

/**
 * Services register an instance, or each of its volumes or parts: the first eight segments tell whose it is.
 * Source: IBM/keyprotect-nodejs-client, v2.ts, listRegistrations: `…:<guid>:*:*` finds those of a deployment.
 */
const byRegistrant = indexedBy(({ resourceCrn }: KpRegistration) => [instanceCrnOf(resourceCrn)]);

/** @returns undefined where nobody tells: this login may not read registrations, or that instance answers no more */
async function registeredKeys(read: Reader, vault: LiveId, crn: LiveId): Promise<readonly LiveId[] | undefined> {
  try {
    const registrations = byRegistrant(await read.registrations(vault)).get(crn) ?? [];
    return registrations.map(({ keyId }) => `${vault.slice(0, -1)}key:${keyId}`);
  } catch (error) {
    if (isRefused(error, 401, 403, 404)) return undefined;
    throw error;
  }
}
