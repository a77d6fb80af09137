import type { Reader } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/wire.ts';
import { type Mark, sameMark } from '../../model/address.ts';
import type { InstanceFacts } from './facts.ts';
import { marksOfTags } from './marks.ts';

/**
 * Instances of one service, in all five states and every group, with their tags.
 *
 * Tags come from one search, whose index lags; the tagging API itself is asked for an instance that bears a wanted
 * name and no mark, since that is where a missing mark would mislead.
 *
 * @param names names that declared resources go by
 */
export async function observeInstances(
  read: Reader,
  serviceId: string,
  names: ReadonlySet<string>,
): Promise<readonly InstanceFacts[]> {
  const [instances, tagged] = await Promise.all([read.instancesOf(serviceId), read.taggedInstances()]);
  const tagsOf = new Map(tagged.map((item) => [item.crn, item.tags]));
  return await Promise.all(
    instances.filter(isThere).map(async (instance) => {
      const indexed = tagsOf.get(instance.crn) ?? [];
      const doubtful = names.has(instance.name) && marksOfTags(indexed).length === 0;
      return await withReclamation(read, instance, doubtful ? await read.tagsOf(instance.crn) : indexed);
    }),
  );
}

/** Every instance of one service. The tagging API is asked about each that the search knows no mark of: its index lags. */
export async function surveyInstances(read: Reader, serviceId: string): Promise<readonly InstanceFacts[]> {
  const names = (await read.instancesOf(serviceId)).map(({ name }) => name);
  return await observeInstances(read, serviceId, new Set(names));
}

/** One instance by its CRN, its tags from the tagging API itself; `undefined` once it is removed. */
export async function rereadInstance(read: Reader, crn: string): Promise<InstanceFacts | undefined> {
  const instance = await read.instance(crn);
  if (instance === undefined || !isThere(instance)) return undefined;
  return await withReclamation(read, instance, await read.tagsOf(crn));
}

/**
 * Instances of exactly this name and service, asked for by name in all five states and every group.
 *
 * @param mark with it, those of any service that carry it as well
 */
export async function lookForInstances(
  read: Reader,
  serviceId: string,
  name: string,
  mark?: Mark,
): Promise<readonly InstanceFacts[]> {
  const isOf = ({ resource_id }: RcInstance): boolean => resource_id === serviceId;
  const found = (await read.instancesNamed(name)).filter((item) => isThere(item) && (mark !== undefined || isOf(item)));
  const seen = await Promise.all(
    found.map(async (item) => await withReclamation(read, item, await read.tagsOf(item.crn))),
  );
  return seen.filter(({ instance, tags }) => isOf(instance) || (mark !== undefined && carries(tags, [mark])));
}

/** Instances that carry one of these marks, of whatever service, as far as the search knows: one read each. */
export async function markedInstances(
  read: Reader,
  marks: readonly Mark[],
  isSought: (crn: string) => boolean,
): Promise<readonly InstanceFacts[]> {
  if (marks.length === 0) return [];
  const tagged = (await read.taggedInstances()).filter(({ crn, tags }) => isSought(crn) && carries(tags, marks));
  const found = await Promise.all(tagged.map(({ crn }) => rereadInstance(read, crn)));
  return found.flatMap((facts) => facts ?? []);
}

function carries(tags: readonly string[], marks: readonly Mark[]): boolean {
  return marksOfTags(tags).some((mark) => marks.some((other) => sameMark(mark, other)));
}

/** Every instance, of whatever service, that bears a mark of this stack. */
export async function ownedInstances(read: Reader, stack: string): Promise<readonly string[]> {
  const tagged = await read.taggedInstances();
  return tagged.filter(({ tags }) => marksOfTags(tags).some((mark) => mark.stack === stack)).map(({ crn }) => crn);
}

/** A removed instance keeps answering for a while; it is not there any more. */
function isThere(instance: RcInstance): boolean {
  return instance.state !== 'removed' && instance.state !== 'pending_removal';
}

async function withReclamation(read: Reader, instance: RcInstance, tags: readonly string[]): Promise<InstanceFacts> {
  if (instance.state !== 'pending_reclamation') return { instance, tags };
  const row = (await read.reclamations()).find((item) => item.resource_instance_id === instance.guid);
  const until = row?.target_time ?? instance.scheduled_reclaim_at ?? undefined;
  const by = row?.created_by ?? instance.deleted_by ?? undefined;
  const at = row?.created_at ?? instance.deleted_at ?? undefined;
  return {
    instance,
    tags,
    reclamation: {
      ...(until === undefined ? {} : { until }),
      ...(by === undefined ? {} : { by }),
      ...(at === undefined ? {} : { at }),
    },
  };
}
