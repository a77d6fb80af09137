import type { Reader } from '../../cloud/reader.ts';
import type { OddInstance, RcInstance, RcReclamation } from '../../cloud/resource-controller/shapes.ts';
import { type LiveId, sameMark } from '../../model/address.ts';
import { parseCrn } from '../../model/crn.ts';
import { CloudError } from '../../model/errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { given } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { indexedBy } from '../index-rows.ts';
import type { ManifestWriter, Observer } from '../kind.ts';
import { type InstanceFacts, marksOfTags } from './facts.ts';
import { confirmedTags, isOwnershipPlain, namesOf, type Sought, type Tagged, tagReader } from './tag-reading.ts';

/** The state in which Resource Controller lists what is being made. */
const PROVISIONING = 'provisioning';

/** Which instances are of a kind, and how it sees them. */
export interface InstanceView<Spec, Facts extends InstanceFacts> {
  /** Whether instances of this service are of this kind: all are marked in the same way. */
  isOwn(service: string): boolean;
  /** The catalog name of the service that is declared. */
  serviceOf(spec: Spec): string;
  /**
   * How instances of one list are seen; what is the same for all of them is worked out once.
   *
   * @param asked what they may be; absent: they are looked at without anything being declared
   * @returns what sees one, given the catalog name of its service
   */
  viewer(
    read: Reader,
    snapshot: Snapshot,
    asked?: readonly Desired<Spec>[],
  ): (facts: InstanceFacts, service: string) => Promise<Observed<Facts>>;
  /** With all that was known of it before. */
  seeAgain(read: Reader, facts: InstanceFacts, before: Facts): Promise<Observed<Facts>>;
}

/** How instances are observed, and surveyed for an export. */
export function instanceObserver<Spec extends Tagged, Facts extends InstanceFacts>({
  isOwn,
  serviceOf,
  viewer,
  seeAgain,
}: InstanceView<Spec, Facts>) {
  const isOwnCrn = (crn: LiveId): boolean => isOwn(serviceIn(crn));
  /** Its service's catalog name stands in the CRN. */
  const seeAny = async (
    read: Reader,
    found: readonly InstanceFacts[],
    snapshot: Snapshot,
    asked: readonly Desired<Spec>[],
  ) => {
    const see = viewer(read, snapshot, asked);
    return await Promise.all(found.map((facts) => see(facts, serviceIn(facts.instance.crn))));
  };
  return {
    async list(read, asked, snapshot) {
      const services = [...groupBy(asked, ({ spec }) => serviceOf(spec))];
      const lists = await Promise.all(
        services.map(async ([service, some]) => {
          const found = await observeInstances(read, service, some, snapshot);
          const see = viewer(read, snapshot, some);
          return await Promise.all(found.map((facts) => see(facts, service)));
        }),
      );
      const listed = new Set(lists.flat().map(({ id }) => id));
      // Ours, though not declared any more, or of another service by now: it must not be taken for missing.
      const left = (await ownedBy(read, snapshot.stacks)).filter((crn) => isOwnCrn(crn) && !listed.has(crn));
      const others = await Promise.all(left.map((crn) => confirmInstance(read, crn, snapshot)));
      const found = others.flatMap((facts) => facts ?? []);
      const objects = [...lists.flat(), ...(await seeAny(read, found, snapshot, asked))];
      const incomplete = oddAmong(read.oddInstances(), isOwnCrn);
      return { objects, uses: [], ...given({ incomplete }) };
    },
    async reread(read, live, snapshot) {
      const { id, facts } = live;
      const known = isOwnershipPlain(live, snapshot) ? facts.tags : undefined;
      const now = await (known === undefined ? confirmInstance(read, id, snapshot) : rereadInstance(read, id, known));
      return now && (await seeAgain(read, now, facts));
    },
    follow(read, settling) {
      const provisioning = provisioningAmong(read, settling);
      return settling.map(async (live) => {
        if ((await provisioning).has(live.id)) return live;
        // Its tags stay as they are while it is being made or changed.
        const now = await rereadInstance(read, live.id, live.facts.tags);
        return now && (await seeAgain(read, now, live.facts));
      });
    },
    async search(read, desired, snapshot) {
      const found = await lookForInstance(read, desired, {
        service: serviceOf(desired.spec),
        isOwn: isOwnCrn,
        snapshot,
      });
      return await seeAny(read, found, snapshot, [desired]);
    },
    owned: async (read, stack) => (await ownedBy(read, new Set([stack]))).filter(isOwnCrn),
    async survey(read, place, snapshot) {
      if (place.is !== 'service' || !isOwn(place.name)) return { objects: [], uses: [] };
      // Whose each is, is told by the search alone: nothing is done to it, and a plan of what is written down asks again.
      const found = await surveyInstances(read, snapshot.catalog.service(place.name));
      const see = viewer(read, snapshot);
      return { objects: await Promise.all(found.map((facts) => see(facts, place.name))), uses: [] };
    },
  } satisfies Omit<Observer<Spec, Facts>, 'usesOf'> & Pick<ManifestWriter<Facts>, 'survey'>;
}

/** What rows could not be read that may be of a kind; `undefined`: none. */
function oddAmong(rows: readonly OddInstance[], isOwn: (crn: LiveId) => boolean): string | undefined {
  const own = rows.filter(({ crn }) => crn === undefined || parseCrn(crn) === undefined || isOwn(crn));
  if (own.length === 0) return undefined;
  const names = own.map(({ name, crn, why }) => `${name === undefined ? 'one' : `"${name}"`} (${crn ?? why})`);
  return `the list of instances has rows that cannot be read: ${names.sort().join(', ')}`;
}

function serviceIn(crn: LiveId): string {
  return parseCrn(crn)?.service ?? '';
}

/** Instances of one service, in all six states and every group, with their tags. */
async function observeInstances(
  read: Reader,
  service: string,
  asked: readonly Sought[],
  snapshot: Snapshot,
): Promise<readonly InstanceFacts[]> {
  const [instances, tagsOf] = await Promise.all([
    read.instancesOf(snapshot.catalog.service(service)),
    tagReader(read, asked, snapshot),
  ]);
  return await Promise.all(
    instances.filter(isThere).map(async (one) => await withReclamation(read, one, await tagsOf(one))),
  );
}

/** All of one service, with the tags that one search has of them. */
async function surveyInstances(read: Reader, serviceId: string): Promise<readonly InstanceFacts[]> {
  const [instances, tagged] = await Promise.all([read.instancesOf(serviceId), read.taggedInstances()]);
  const tagsOf = new Map(tagged.map((item) => [item.crn, item.tags]));
  return await Promise.all(
    instances.filter(isThere).map((instance) => withReclamation(read, instance, tagsOf.get(instance.crn) ?? [])),
  );
}

/** One instance by its CRN, with these tags; `undefined` once it is removed. */
export async function rereadInstance(
  read: Reader,
  crn: LiveId,
  tags: readonly string[],
): Promise<InstanceFacts | undefined> {
  const instance = await read.instance(crn);
  return instance !== undefined && isThere(instance) ? await withReclamation(read, instance, tags) : undefined;
}

/** The same with the tags that the tagging API itself has: before it is decided whose it is. */
export async function confirmInstance(
  read: Reader,
  crn: LiveId,
  snapshot: Snapshot,
): Promise<InstanceFacts | undefined> {
  const instance = await read.instance(crn);
  return instance !== undefined && isThere(instance) ? await confirmed(read, instance, snapshot) : undefined;
}

/** With the tags that the tagging API itself has. */
async function confirmed(read: Reader, instance: RcInstance, snapshot: Snapshot): Promise<InstanceFacts> {
  return await withReclamation(read, instance, await confirmedTags(read, instance, snapshot));
}

/**
 * Which of these are still being provisioned, by one list for each service of which several wait. Who waits alone, or for
 * something else, is not told of: asking for it by its id takes as few requests and tells more.
 */
async function provisioningAmong(
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
 * Looks for what would be created for want of it: by its pin, and by its name, in all six states and every group. One of
 * another service counts when it carries the mark. What was called otherwise before is in the list, by its mark.
 *
 * @param options.isOwn whether an instance is of the kind that looks for it
 */
async function lookForInstance(
  read: Reader,
  sought: Sought,
  options: {
    readonly service: string;
    readonly isOwn: (crn: LiveId) => boolean;
    readonly snapshot: Snapshot;
  },
): Promise<readonly InstanceFacts[]> {
  const { mark, spec } = sought;
  const { isOwn, snapshot } = options;
  const serviceId = snapshot.catalog.service(options.service);
  const [named, pinned] = await Promise.all([
    Promise.all(namesOf(sought).map((name) => read.instancesNamed(name))),
    spec.crn === undefined || !isOwn(spec.crn) ? undefined : confirmInstance(read, spec.crn, snapshot),
  ]);
  const found = named.flat().filter((one) => isThere(one) && isOwn(one.crn));
  const seen = await Promise.all(found.map((one) => confirmed(read, one, snapshot)));
  const carries = (tags: readonly string[]): boolean => marksOfTags(tags).some((own) => sameMark(own, mark));
  const meant = seen.filter(({ instance, tags }) => instance.resource_id === serviceId || carries(tags));
  return [...meant, ...(pinned === undefined ? [] : [pinned])];
}

/** Instances of whatever service that bear any mark of these stacks, declared or not, as far as the search knows. */
async function ownedBy(read: Reader, stacks: ReadonlySet<string>): Promise<readonly LiveId[]> {
  const marked = await read.markedInstances();
  return marked.filter(({ tags }) => marksOfTags(tags).some(({ stack }) => stacks.has(stack))).map(({ crn }) => crn);
}

/** A removed instance keeps answering for a while; it is not there any more. */
export function isThere(instance: RcInstance): boolean {
  return instance.state !== 'removed' && instance.state !== 'pending_removal';
}

const byInstance = indexedBy(({ resource_instance_id }: RcReclamation) => [resource_instance_id]);

async function withReclamation(read: Reader, instance: RcInstance, tags: readonly string[]): Promise<InstanceFacts> {
  if (instance.state !== 'pending_reclamation') return { instance, tags };
  const [row] = byInstance(await read.reclamations()).get(instance.guid) ?? [];
  const until = row?.target_time ?? instance.scheduled_reclaim_at ?? undefined;
  const by = row?.created_by ?? instance.deleted_by ?? undefined;
  const since = row?.created_at ?? instance.deleted_at ?? undefined;
  return { instance, tags, reclamation: { until, by, since } };
}
