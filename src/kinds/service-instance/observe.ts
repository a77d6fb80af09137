import type { Reader } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import { type LiveId, type Mark, sameMark } from '../../model/address.ts';
import { CloudError } from '../../model/errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { marksOf } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { InstanceFacts } from './facts.ts';
import { marksOfTags, tagOf } from './marks.ts';

/** The state in which Resource Controller lists what is being made. */
const PROVISIONING = 'provisioning';

/** What a declared instance is looked for by. */
export type Sought = Pick<Desired<{ readonly name?: string }>, 'spec' | 'mark' | 'formerMarks'>;

/** The names that it may go by: the one written, else its map key, of now or before. */
function namesOf(sought: Sought): readonly string[] {
  return sought.spec.name === undefined ? marksOf(sought).map(({ name }) => name) : [sought.spec.name];
}

/**
 * Instances of one service, in all five states and every group, with their tags.
 *
 * Tags come from one search, whose index lags; the tagging API itself is asked where an outdated mark would mislead: of an
 * instance that bears a wanted name and no mark, or a mark of these stacks that nothing declared bears or bore.
 */
export async function observeInstances(
  read: Reader,
  serviceId: string,
  asked: readonly Sought[],
): Promise<readonly InstanceFacts[]> {
  const names = new Set(asked.flatMap(namesOf));
  const known = asked.flatMap(marksOf);
  const stacks = new Set(known.map(({ stack }) => stack));
  const knownTags = new Set(known.map(tagOf));
  return await listWithTags(read, serviceId, ({ name }, marks) =>
    marks.length === 0 ? names.has(name) : marks.some((mark) => stacks.has(mark.stack) && !knownTags.has(tagOf(mark))),
  );
}

/** Every instance of one service; the tagging API is asked for each that the search shows without a mark. */
export async function surveyInstances(read: Reader, serviceId: string): Promise<readonly InstanceFacts[]> {
  return await listWithTags(read, serviceId, (_instance, marks) => marks.length === 0);
}

/** @param isDoubtful whether the tagging API itself is asked, given the marks that the search shows */
async function listWithTags(
  read: Reader,
  serviceId: string,
  isDoubtful: (instance: RcInstance, marks: readonly Mark[]) => boolean,
): Promise<readonly InstanceFacts[]> {
  const [instances, tagged] = await Promise.all([read.instancesOf(serviceId), read.taggedInstances()]);
  const tagsOf = new Map(tagged.map((item) => [item.crn, item.tags]));
  return await Promise.all(
    instances.filter(isThere).map(async (instance) => {
      const indexed = tagsOf.get(instance.crn) ?? [];
      const doubtful = isDoubtful(instance, marksOfTags(indexed));
      return await withReclamation(read, instance, doubtful ? await read.tagsOf(instance.crn) : indexed);
    }),
  );
}

/** One instance by its CRN, its tags from the tagging API itself; `undefined` once it is removed. */
export async function rereadInstance(read: Reader, crn: string): Promise<InstanceFacts | undefined> {
  const instance = await read.instance(crn);
  if (instance === undefined || !isThere(instance)) return undefined;
  return await withReclamation(read, instance, await read.tagsOf(crn));
}

/** The same of one that is being made or changed: its tags stay as they are. */
export async function followInstance(
  read: Reader,
  { id, facts }: Observed<InstanceFacts>,
): Promise<InstanceFacts | undefined> {
  const instance = await read.instance(id);
  if (instance === undefined || !isThere(instance)) return undefined;
  return await withReclamation(read, instance, facts.tags);
}

/**
 * Which of these are still being provisioned, by one list for each service of which several wait. Who waits alone, or for
 * something else, is not told of: asking for it by its id takes as few requests and tells more.
 */
export async function provisioningAmong(
  read: Reader,
  waiting: readonly Observed<InstanceFacts>[],
): Promise<ReadonlySet<LiveId>> {
  const isProvisioning = ({ facts }: Observed<InstanceFacts>): boolean => facts.instance.state === PROVISIONING;
  const services = groupBy(waiting.filter(isProvisioning), ({ facts }) => facts.instance.resource_id);
  const lists = await Promise.all(
    [...services].map(async ([service, own]) => {
      if (own.length === 1) return [];
      return await read.instancesInState(service, PROVISIONING).catch((error: unknown) => {
        // Then each of them is asked for itself, and what goes wrong there is its own.
        if (error instanceof CloudError) return [];
        throw error;
      });
    }),
  );
  return new Set(lists.flat().map(({ crn }) => crn));
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

/**
 * Looks for what would be created for want of it: by its pin, by its name, and, of what was called otherwise before, by
 * its marks, for which each instance of the service is asked: the search may not know them yet.
 *
 * @param isAnyService whether one that carries its mark counts whatever its service
 */
export async function lookForInstance(
  read: Reader,
  serviceId: string,
  sought: Sought,
  isAnyService: boolean,
): Promise<readonly InstanceFacts[]> {
  const { mark, formerMarks, spec } = sought;
  const names = namesOf(sought);
  const [named, marked, pinned] = await Promise.all([
    Promise.all(names.map((name) => lookForInstances(read, serviceId, name, isAnyService ? mark : undefined))),
    formerMarks === undefined ? [] : bearersOf(read, serviceId, marksOf(sought)),
    spec.crn === undefined ? undefined : rereadInstance(read, spec.crn),
  ]);
  return [...named.flat(), ...marked, ...(pinned === undefined ? [] : [pinned])];
}

async function bearersOf(read: Reader, serviceId: string, marks: readonly Mark[]): Promise<readonly InstanceFacts[]> {
  const instances = (await read.instancesOf(serviceId)).filter(isThere);
  const asked = await Promise.all(instances.map(async (item) => ({ item, tags: await read.tagsOf(item.crn) })));
  const bearers = asked.filter(({ tags }) => carries(tags, marks));
  return await Promise.all(bearers.map(({ item, tags }) => withReclamation(read, item, tags)));
}

/** Instances that carry one of these marks, of whatever service, as far as the search knows: one read each. */
export async function markedInstances(
  read: Reader,
  marks: readonly Mark[],
  isSought: (crn: string) => boolean,
): Promise<readonly InstanceFacts[]> {
  if (marks.length === 0) return [];
  const sought = new Set(marks.map(tagOf));
  const tagged = (await read.taggedInstances()).filter(
    ({ crn, tags }) => isSought(crn) && tags.some((tag) => sought.has(tag)),
  );
  const found = await Promise.all(tagged.map(({ crn }) => rereadInstance(read, crn)));
  return found.flatMap((facts) => facts ?? []);
}

/** Instances of whatever service that bear any mark of these stacks, declared or not: one search, and one read each. */
export async function instancesOfStacks(
  read: Reader,
  stacks: ReadonlySet<string>,
  isSought: (crn: string) => boolean,
): Promise<readonly InstanceFacts[]> {
  if (stacks.size === 0) return [];
  const crns = (await Promise.all([...stacks].map((stack) => ownedInstances(read, stack)))).flat().filter(isSought);
  const found = await Promise.all([...new Set(crns)].map((crn) => rereadInstance(read, crn)));
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
