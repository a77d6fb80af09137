import type { Kind } from '../kinds/kind.ts';
import { type Containers, containersAmongLive, isWithin, wholeService } from '../model/containment.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import type { Ref } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';

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
export function onlyStack(
  kinds: readonly Kind[],
  objects: readonly Observed[],
  subjects: readonly Ref[] | 'all',
): string | undefined {
  const containers = containersAmongLive(objects);
  const bearers = objects.filter(
    (object) =>
      kinds.some(({ name, marks }) => name === object.kind && marks !== 'none') &&
      (object.life.is === 'active' || object.life.is === 'settling') &&
      object.managedBy === undefined &&
      isAbout(object, subjects, containers),
  );
  const stacks = new Set(bearers.flatMap(({ marks }) => (marks.length === 0 ? [''] : marks.map(({ stack }) => stack))));
  const [only] = stacks;
  return stacks.size === 1 && only !== '' ? only : undefined;
}
