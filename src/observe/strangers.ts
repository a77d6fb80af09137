import type { Reader } from '../cloud/reader.ts';
import type { RcInstance } from '../cloud/resource-controller/shapes.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import { containersAmongLive, isWithin } from '../model/containment.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import { CloudRefused } from '../model/errors.ts';
import type { Desired, Inventory, Stranger } from '../model/resource.ts';
import { allUses } from '../rules/outlive.ts';

/**
 * Names the registrants that no kind found, only for keys that this manifest endangers or that are destroyed or disabled: one read
 * each. A registrant that may not be read keeps its CRN as its name.
 */
export async function nameStrangers(
  kinds: readonly Kind[],
  desired: readonly Desired[],
  inventory: Inventory,
  lexicon: Lexicon,
  read: Reader,
  /** What ends beside what is declared absent, and what it is about. */
  doomed: readonly LiveId[] = [],
): Promise<Inventory> {
  const { objects } = inventory;
  const known = identify(kinds, desired, objects, lexicon);
  const containers = containersAmongLive(objects);
  const going = desired.filter((resource) =>
    kinds.find(({ name }) => name === resource.kind)?.endangers(resource.spec),
  );
  const endangered: readonly LiveId[] = [
    ...doomed,
    ...going.flatMap(({ address }) => known.id(address) ?? []),
    ...going.flatMap(({ relations }) => relations.grants.flatMap(({ target }) => known.id(target) ?? [])),
    ...objects.filter(({ life, impaired }) => life.is === 'restorable' || impaired !== undefined).map(({ id }) => id),
  ];
  const found = new Set(objects.map(({ id }) => id));
  const registrants = allUses(inventory)
    .filter(({ on }) => endangered.some((id) => isWithin(id, on, containers)))
    .map(({ by }) => by)
    .filter(isCrn)
    .map(instanceCrnOf);
  const unnamed = [...new Set(registrants)].filter((crn) => !found.has(crn)).sort();
  const strangers = await Promise.all(unnamed.map(async (crn) => [crn, await ask(read, crn)] as const));
  return { ...inventory, strangers: new Map(strangers.flatMap(([crn, who]) => (who ? [[crn, who] as const] : []))) };
}

async function ask(read: Reader, crn: LiveId): Promise<Stranger | undefined> {
  try {
    const instance = await read.instance(crn);
    return instance && describe(instance, crn);
  } catch (error) {
    if (error instanceof CloudRefused) return undefined;
    throw error;
  }
}

function describe(instance: RcInstance, crn: LiveId): Stranger {
  const gone = instance.state === 'removed' || instance.state === 'pending_reclamation';
  const deletedAt = gone ? (instance.deleted_at ?? instance.updated_at ?? undefined) : undefined;
  return {
    name: instance.name,
    service: parseCrn(crn)?.service ?? '',
    resourceGroup: instance.resource_group_id,
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}
