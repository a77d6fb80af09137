import type { Reader } from '../cloud/reader.ts';
import type { RcInstance } from '../cloud/resource-controller/shapes.ts';
import type { LiveId } from '../model/address.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import { CloudRefused } from '../model/errors.ts';
import type { ExternalUser } from '../model/resource.ts';
import type { OpenSnapshot } from '../model/snapshot.ts';
import { instanceOf } from '../model/uses.ts';

/**
 * Names the registrants that no kind found, only for keys that this manifest endangers or that are destroyed or disabled:
 * one read each. A registrant that may not be read keeps its CRN as its name.
 */
export async function nameExternalUsers(
  snapshot: OpenSnapshot,
  read: Reader,
  endangered: readonly string[],
): Promise<void> {
  const { live, uses, idOf } = snapshot;
  const affected = new Set(endangered.flatMap((ref) => idOf(ref) ?? []));
  for (const { id, life, impaired } of live.all()) {
    if (life.is === 'restorable' || impaired !== undefined) affected.add(id);
  }
  const registrants = [...affected].flatMap((id) => uses.on(id).map(({ by }) => by));
  const instances = new Set(registrants.filter(isCrn).map(instanceOf));
  const unnamed = [...instances].filter((crn) => live.get(crn) === undefined).sort();
  const users = await Promise.all(unnamed.map((crn) => ask(read, crn)));
  for (const [index, user] of users.entries()) {
    const crn = unnamed[index];
    if (crn !== undefined && user !== undefined) snapshot.nameUser(crn, user);
  }
}

async function ask(read: Reader, crn: LiveId): Promise<ExternalUser | undefined> {
  try {
    const instance = await read.instance(crn);
    return instance && describe(instance, crn);
  } catch (error) {
    if (error instanceof CloudRefused) return undefined;
    throw error;
  }
}

function describe(instance: RcInstance, crn: LiveId): ExternalUser {
  const gone = instance.state === 'removed' || instance.state === 'pending_reclamation';
  const deletedAt = gone ? (instance.deleted_at ?? instance.updated_at ?? undefined) : undefined;
  const reclaimedAt =
    instance.state === 'pending_reclamation' ? (instance.scheduled_reclaim_at ?? undefined) : undefined;
  return {
    name: instance.name,
    service: parseCrn(crn)?.service ?? '',
    resourceGroup: instance.resource_group_id,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(reclaimedAt === undefined ? {} : { reclaimedAt }),
  };
}
