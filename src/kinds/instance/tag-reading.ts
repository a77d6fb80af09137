import type { Reader } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import { type Mark, sameMark } from '../../model/address.ts';
import { isRefused } from '../../model/errors.ts';
import { marksOf } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isPresent } from '../../model/wanted.ts';
import { type InstanceFacts, marksOfTags, tagOf } from './facts.ts';
import { type InstanceSpec, strayTags } from './identity.ts';
import { isUnknownYet } from './tags.ts';

export type Tagged = Pick<InstanceSpec, 'name' | 'tags' | 'exclusiveTags'>;

/** What a declared instance is looked for by. */
export type Sought = Pick<Desired<Tagged>, 'spec' | 'mark' | 'formerMarks'>;

/** How long the search may not know of a new instance's mark; no number is published, so this one is judged. */
const INDEX_LAG_MS = 3_600_000;

/** The names that it may go by: the one written, else its map key, of now or before. */
export function namesOf(sought: Sought): readonly string[] {
  return sought.spec.name === undefined ? marksOf(sought).map(({ name }) => name) : [sought.spec.name];
}

/**
 * What tells the tags of the instances of a service.
 *
 * They come from one search, whose index lags: to list a resource's tags is "strictly rate limited", and Search is what IBM
 * Cloud docs, "Working with tags", point to. The tagging API itself is asked where an outdated mark would mislead: of an
 * instance that bears a mark of these stacks that nothing declared bears or bore, and of each new one without a mark, since
 * under another name, or not declared any more, only its mark tells what it is. What bears a wanted name and no mark is asked
 * for itself before anything is planned about it: see `confirmedTags`.
 */
export async function tagReader(
  read: Reader,
  asked: readonly Sought[],
  snapshot: Snapshot,
): Promise<(instance: RcInstance) => Promise<readonly string[]>> {
  const existing = new Set(asked.flatMap((one) => (one.spec.existing ? namesOf(one) : [])));
  const pins = new Set(asked.flatMap(({ spec }) => spec.crn ?? []));
  const known = asked.flatMap(marksOf);
  const stacks = new Set(known.map(({ stack }) => stack));
  const knownTags = new Set(known.map(tagOf));
  const isOutdated = (marks: readonly Mark[]): boolean =>
    marks.some((mark) => stacks.has(mark.stack) && !knownTags.has(tagOf(mark)));
  const indexed = new Map((await read.markedInstances()).map(({ crn, tags }) => [crn, tags]));
  return async (instance) => {
    const { crn, name } = instance;
    const tags = indexed.get(crn) ?? [];
    const marks = marksOfTags(tags);
    if (marks.length > 0) return isOutdated(marks) ? await confirmedTags(read, instance, snapshot) : tags;
    if (ageOf(instance, snapshot) < INDEX_LAG_MS) {
      // Most likely somebody else's: what its tags are is not worth failing for.
      return await read.tagsOf(crn).catch((error: unknown) => {
        if (!isRefused(error, 401, 403, 404)) throw error;
        return tags;
      });
    }
    // Whose an existing one is does not matter: only its other tags are of interest.
    return pins.has(crn) || existing.has(name) ? ((await read.indexedTags(crn)) ?? []) : tags;
  };
}

/**
 * The tags that the tagging API itself has. It refuses to tell of an instance that it does not know yet (see
 * `isUnknownYet`): then the search's count, if any. Without a mark in them nothing is done to it but what somebody consents
 * to, or what this login made.
 */
export async function confirmedTags(
  read: Reader,
  instance: RcInstance,
  snapshot: Snapshot,
): Promise<readonly string[]> {
  try {
    return await read.tagsOf(instance.crn);
  } catch (error) {
    if (!isUnknownYet(error, ageOf(instance, snapshot))) throw error;
    return (await read.indexedTags(instance.crn)) ?? [];
  }
}

/**
 * Whether there is nothing to be asked about whose it is: it bears one mark, that of a declared resource that is to stay as
 * it is called, and the tags that are declared. What is to be created in its place, adopted or deleted is not among those.
 */
export function isOwnershipPlain({ kind, marks, life, facts }: Observed<InstanceFacts>, { wanted }: Snapshot): boolean {
  const [mark, ...others] = marks;
  if (mark === undefined || others.length > 0 || (life.is !== 'active' && life.is !== 'settling')) return false;
  const [desired, ...more] = wanted.withMark(kind, mark) as readonly Sought[];
  if (desired === undefined || more.length > 0 || !isPresent(desired) || !sameMark(desired.mark, mark)) return false;
  const { spec } = desired;
  const hasAll = (spec.tags ?? []).every((tag) => facts.tags.includes(tag.toLowerCase()));
  return hasAll && strayTags(spec, facts.tags).length === 0;
}

/** Milliseconds; of one that does not say when it was made, it is old. */
function ageOf({ created_at }: RcInstance, { now }: Pick<Snapshot, 'now'>): number {
  const ms = Date.parse(created_at ?? '');
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : now.getTime() - ms;
}
