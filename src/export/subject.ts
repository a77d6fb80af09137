import type { Kinds } from '../kinds/kind.ts';
import { type Containers, isWithin, wholeService } from '../model/containment.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import { isStanding } from '../model/phase.ts';
import type { Ref } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * Whether a live object was asked for: it is the subject, lies in it, or lets something use it or it something.
 *
 * @param subjects instances, and services as a whole
 */
export function isAbout(object: Observed, subjects: readonly Ref[] | 'all', containers: Containers): boolean {
  if (subjects === 'all') return true;
  const { id, relations } = object;
  const service = isCrn(id) ? wholeService(parseCrn(id)?.service ?? '') : undefined;
  return subjects.some(
    (subject) =>
      isWithin(subject, id, containers) ||
      subject === service ||
      relations.grants.some(
        ({ source, target }) =>
          isWithin(subject, target, containers) ||
          subject === source.instance ||
          subject === wholeService(source.service),
      ),
  );
}

/** The stack whose mark all of it carries that could carry one; `undefined`: there is none, or there are several. */
export function onlyStack(kinds: Kinds, { live }: Snapshot, subjects: readonly Ref[] | 'all'): string | undefined {
  const stacks = new Set<string>();
  for (const object of live.all()) {
    const canBear = kinds.of(object).ownership.marks !== 'none' && isStanding(object) && object.managedBy === undefined;
    if (!canBear || !isAbout(object, subjects, live.containers)) continue;
    if (object.marks.length === 0) stacks.add('');
    for (const { stack } of object.marks) stacks.add(stack);
  }
  const [only] = stacks;
  return stacks.size === 1 && only !== '' ? only : undefined;
}
