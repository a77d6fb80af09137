import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { isUnlocated } from '../../model/containment.ts';
import { isCrn } from '../../model/crn.ts';
import { CloudRefused } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import { sourceInWords, targetInWords, writtenSource, writtenTarget } from './declare.ts';
import { type LivePolicy, toObserved } from './facts.ts';
import { serviceOf } from './read.ts';

/** Source and target as they are live; whatever is not declared is named by its CRN. */
export function tombstone(
  { relations, facts }: Observed<LivePolicy>,
  named: (id: LiveId) => string | undefined,
  snapshot: Snapshot,
): JsonObject {
  const [grant] = relations.grants;
  const roles = [...facts.roles];
  if (grant === undefined || grant.opaque !== undefined)
    return { source: 'unknown', target: { service: KEY_PROTECT }, roles };
  const refer = (_pointer: string, id: LiveId): string | undefined => named(id) ?? (isCrn(id) ? id : undefined);
  const writer = { refer, remark: () => undefined };
  const [instance = grant.target, ring] = grant.target.split('#');
  // A ring is referred to by a declared name alone; its instance brings it into scope as well.
  const target = ring !== undefined && named(grant.target) === undefined ? instance : grant.target;
  const service = serviceOf(facts.policy.resource?.attributes ?? []);
  return {
    source: writtenSource(sourceInWords(grant.source, snapshot), writer),
    // Its instance could not be asked for its CRN.
    target: isUnlocated(target)
      ? { service: KEY_PROTECT }
      : (writtenTarget(targetInWords(target, service), writer) ?? null),
    roles,
  };
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
  return toObserved(live.facts.policy, {
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
