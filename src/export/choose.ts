import type { Kinds } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import { isWithin, wholeService } from '../model/containment.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import type { Ref } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isStanding, stateInWords } from '../model/state.ts';

/** What is live, and which of it was asked for. */
export interface Surveyed {
  readonly kinds: Kinds;
  readonly snapshot: Snapshot;
  /** Instances, and services as a whole. */
  readonly subjects: readonly Ref[] | 'all';
  /** Instances that refuse to be looked into. */
  readonly closed: ReadonlySet<LiveId>;
}

export interface ExportInput extends Surveyed {
  /** Who is to own it. */
  readonly stack: string;
}

/** A plan lists what is in every instance that its manifest names: one refusal would block everything of that sort. */
const CLOSED = 'what is in it may not be read by this login, and without that nothing can be planned around it';

/** Whether a live object was asked for: it is the subject, lies in it, or lets something use it or it something. */
export function isAbout(object: Observed, { subjects, snapshot }: Surveyed): boolean {
  if (subjects === 'all') return true;
  const { id, relations } = object;
  const { containers } = snapshot.live;
  const service = isCrn(id) ? wholeService(parseCrn(id)?.service ?? '') : undefined;
  return subjects.some(
    (subject) =>
      isWithin(subject, id, containers) ||
      subject === service ||
      relations.grants.some(
        ({ source, target }) =>
          isWithin(subject, target, containers) ||
          subject === source.instance ||
          subject === wholeService(source.service ?? ''),
      ),
  );
}

/** The stack whose mark all of it carries that could carry one; `undefined`: there is none, or there are several. */
export function onlyStack(found: Surveyed): string | undefined {
  const stacks = new Set<string>();
  for (const object of found.snapshot.live.all()) {
    const canBear =
      found.kinds.of(object).ownership.marks !== 'none' && isStanding(object) && object.managedBy === undefined;
    if (!canBear || !isAbout(object, found)) continue;
    if (object.marks.length === 0) stacks.add('');
    for (const { stack } of object.marks) stacks.add(stack);
  }
  const [only] = stacks;
  return stacks.size === 1 && only !== '' ? only : undefined;
}

/** @returns why this stack cannot own it; `undefined`: it can */
export function whyNotOwned(object: Observed, input: ExportInput): string | undefined {
  const { managedBy, marks, relations } = object;
  const { snapshot, stack } = input;
  const kind = input.kinds.of(object);
  if (isStanding(object) && managedBy !== undefined) return `it is kept by ${managedBy}, which made it`;
  const why = whyNotLookedUp(object, input);
  if (why !== undefined) return why;
  const [other] = marks.some((mark) => mark.stack === stack) ? [] : marks;
  if (other !== undefined) return `it carries the mark of stack ${other.stack} (${other.name})`;
  if (kind.ownership.marks === 'none') {
    // What bears no mark belongs to whoever owns what holds it.
    const holders = relations.inside.flatMap((id) => snapshot.live.get(id)?.marks ?? []);
    const owner = holders.find((mark) => mark.stack !== stack);
    return owner && `it is in what stack ${owner.stack} owns (${owner.name})`;
  }
  // A plan would find these in its way, whatever the manifest says.
  const gate = marks.length > 0 ? undefined : kind.lifecycle.gate('adopt', object, snapshot.now, {});
  return gate?.is === 'blocked' ? gate.message : kind.lifecycle.cancelDeletion(object)?.standing;
}

/** @returns why no manifest can look it up, whoever owns it; `undefined`: one can */
export function whyNotLookedUp(object: Observed, { kinds, snapshot, closed }: Surveyed): string | undefined {
  const { id, life, impaired, relations } = object;
  if (!isStanding(object)) return stateInWords(life, impaired);
  if (closed.has(id)) return CLOSED;
  const odd = kinds.of(object).toManifest.undeclarable(object, snapshot);
  if (odd !== undefined) return `no manifest can say this: ${odd}`;
  const sides = relations.grants.flatMap(({ source, target }) => [target, source.instance ?? target]);
  return sides.map((ref) => whyClosed(ref, closed)).find((why) => why !== undefined);
}

/** @returns why nothing may be said of what lies in an instance that refuses to be looked into */
export function whyClosed(ref: Ref, closed: ReadonlySet<LiveId>): string | undefined {
  const instance = instanceCrnOf(ref);
  return closed.has(instance) ? `it lies in ${instance}: ${CLOSED}` : undefined;
}
