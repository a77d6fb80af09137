import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { isWholeService } from '../../model/containment.ts';
import { isCrn, parseCrn } from '../../model/crn.ts';
import { CloudRefused } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type LivePolicy, see } from './facts.ts';

type Refer = (id: LiveId) => string | undefined;

/** Source and target as they are live; whatever is not declared is named by its CRN. */
export function tombstone(live: Observed<LivePolicy>, refer: Refer, snapshot: Snapshot): JsonObject {
  const [grant] = live.relations.grants;
  const { roles } = live.facts;
  if (grant === undefined) return { source: 'unknown', target: { service: 'kms' }, roles: [...roles] };
  const { service, instance, resourceGroup, resourceType, account } = grant.source;
  const narrower = {
    ...(instance !== undefined && isCrn(instance) ? { instance: refer(instance) ?? instance } : {}),
    ...(resourceGroup === undefined ? {} : { resourceGroup: snapshot.catalog.groupName(resourceGroup) }),
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(account === undefined ? {} : { account }),
  };
  const source = Object.keys(narrower).length === 0 ? service : { service, ...narrower };
  return { source, target: targetOf(grant.target, refer), roles: [...roles] };
}

function targetOf(target: string, refer: Refer): string | JsonObject {
  if (isWholeService(target)) return { service: target.slice('service:'.length) };
  const name = refer(target);
  const [instance = '', ring] = target.split('#');
  // A ring is referred to by a declared name alone; its instance brings it into scope as well.
  if (ring !== undefined) return name === undefined ? { instance } : { ring: name };
  const crn = parseCrn(target);
  // Its instance could not be asked for its CRN.
  if (crn === undefined) return { service: 'kms' };
  if (crn.type === 'key') return { key: name ?? target };
  return crn.service === 'kms' ? (name ?? { instance: target }) : { service: crn.service, crn: target };
}

/**
 * A policy of this stack about an instance that nothing else names any more: a policy knows it by its GUID alone, so it is
 * asked for. One that may not be read keeps its GUID.
 */
export async function located(
  live: Observed<LivePolicy>,
  read: Reader,
  snapshot: Snapshot,
): Promise<Observed<LivePolicy>> {
  const [grant] = live.relations.grants;
  const isOurs = live.marks.some(({ stack }) => snapshot.stacks.has(stack));
  const guids = [grant?.target, grant?.source.instance].flatMap((ref) => /^guid:([^#]+)/.exec(ref ?? '')?.[1] ?? []);
  if (!isOurs || guids.length === 0) return live;
  const crns = new Map(await Promise.all(guids.map(async (guid) => [guid, await crnOf(read, guid)] as const)));
  return see(live.facts.policy, {
    ...snapshot,
    instanceOfGuid: (guid) => snapshot.instanceOfGuid(guid) ?? crns.get(guid),
  });
}

async function crnOf(read: Reader, guid: string): Promise<LiveId | undefined> {
  try {
    return (await read.instance(guid))?.crn;
  } catch (error) {
    if (error instanceof CloudRefused) return undefined;
    throw error;
  }
}
